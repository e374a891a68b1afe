import type { Database, Draft } from "./idb";

/** At most this long between a keystroke and the disk, in milliseconds. */
const WITHIN = 250;

/** Texts that are being written. Each keystroke may be handed over; each is on the device within 300 ms. */
export class Drafts {
	#latest = new Map<string, Draft>();
	#timers = new Map<string, ReturnType<typeof setTimeout>>();

	constructor(
		private readonly database: () => Database | undefined,
		private readonly now: () => string = () => new Date().toISOString(),
	) {}

	/** The draft of a place, if there is one. Rejects when the device's storage cannot be read. */
	async read(key: string): Promise<Draft | undefined> {
		return this.#latest.get(key) ?? (await this.database()?.draft(key));
	}

	/** All drafts, newest first. */
	async all(): Promise<Draft[]> {
		await this.flush();
		const drafts = (await this.database()?.drafts()) ?? [];
		return drafts.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
	}

	/** Keeps the text as it is now. An empty one without anything else is no draft. */
	write(key: string, source: string, more?: Record<string, unknown>): void {
		const plain = more && (JSON.parse(JSON.stringify(more)) as Record<string, unknown>);
		this.#latest.set(key, { key, source, more: plain, at: this.now() });
		if (this.#timers.has(key)) return;
		this.#timers.set(
			key,
			setTimeout(() => void this.#save(key), WITHIN),
		);
	}

	/** Throws the draft away. */
	async discard(key: string): Promise<void> {
		this.forget(key);
		await this.database()?.removeDraft(key);
	}

	/** Stops keeping what was written so far: an operation takes it over. */
	forget(key: string): void {
		clearTimeout(this.#timers.get(key));
		this.#timers.delete(key);
		this.#latest.delete(key);
	}

	/** Resolves to whether everything handed over is on the device. */
	async flush(): Promise<boolean> {
		const saved = await Promise.all([...this.#latest.keys()].map((key) => this.#save(key)));
		return saved.every(Boolean);
	}

	/** What is not on the disk yet. */
	unsaved(): Draft[] {
		return [...this.#latest.values()];
	}

	/** Texts that a page left behind when it went away: on the disk now, unless that has newer ones. */
	async restore(left: readonly Draft[]): Promise<void> {
		for (const draft of left) {
			const there =
				this.#latest.get(draft.key) ??
				(await this.database()
					?.draft(draft.key)
					.catch(() => undefined));
			if (there && Date.parse(there.at) >= Date.parse(draft.at)) continue;
			this.#latest.set(draft.key, draft);
			await this.#save(draft.key);
		}
	}

	/** What could not be saved stays at hand and is tried again at the next keystroke or flush. */
	async #save(key: string): Promise<boolean> {
		clearTimeout(this.#timers.get(key));
		this.#timers.delete(key);
		const draft = this.#latest.get(key);
		const database = this.database();
		if (!draft || !database) return !draft;
		const empty = draft.source.trim() === "" && !draft.more;
		try {
			await (empty ? database.removeDraft(key) : database.putDraft(draft));
		} catch {
			return false;
		}
		if (this.#latest.get(key) === draft) this.#latest.delete(key);
		return true;
	}
}
