import { client, type Id, mutate, newId, row, type SendWhen, type ServerDraft } from "$data/index";
import { thisDevice } from "./device";
import { askForm, isWorth, sameText, standingOf, type Written } from "./server-draft";

/** How long after the last change the text goes to the server, and how long at most while one goes on. Milliseconds. */
const AFTER = 2_000;
const AT_MOST = 12_000;

/** What ties the text on this device to its copy on the server. Kept with the device's draft. */
export interface Tie {
	id: Id;
	version: number;
	/** The text that both had last. */
	base: string;
}

/**
 * The copy on the server of one text that is being written here. The device's own copy is made at each change; this one
 * follows a little later, through the outbox. What another device made of the text is in `other` until somebody chooses.
 */
export class ServerCopy {
	/** Another version: to go on from (`offer`), or beside the one here (`clash`). */
	other = $state.raw<{ draft: ServerDraft; standing: "offer" | "clash" } | null>(null);
	readonly #device = thisDevice();
	#id: Id | null = null;
	#version = 0;
	#base = "";
	/** The copy was among the drafts that are there. */
	#seen = false;
	/** What waits to be handed over. */
	#next: Written | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#since = 0;
	/** Versions that the person saw and left. */
	#left = new Set<string>();

	/** `tied`: the tie changed, and belongs into the device's draft. */
	constructor(private readonly tied: () => void) {}

	/** For the device's draft. */
	get tie(): Tie | undefined {
		return this.#id ? { id: this.#id, version: this.#version, base: this.#base } : undefined;
	}

	get id(): Id | null {
		return this.#id;
	}

	/** The device's draft knew its copy. */
	restore(tie: Tie | undefined): void {
		if (!tie || this.#id) return;
		this.#id = tie.id;
		this.#version = tie.version;
		this.#base = tie.base;
	}

	/** The text as it is now. An empty one takes the copy away. */
	write(written: Written): void {
		this.#next = written;
		const now = Date.now();
		if (this.#since === 0) this.#since = now;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(AFTER, this.#since + AT_MOST - now)));
	}

	/** Hands over what waits. */
	flush(): void {
		clearTimeout(this.#timer);
		this.#since = 0;
		const written = this.#next;
		this.#next = null;
		// While two versions of one draft wait for a choice, nothing is written over either of them.
		if (!written || this.other?.draft.id === (this.#id ?? "") || client.session !== "signed_in") return;
		if (!isWorth(written)) {
			this.remove();
			return;
		}
		if (!this.#changed(written)) return;
		this.#put(written);
	}

	/**
	 * What the server has of this place. `here`: the text at this moment. Answers the draft that takes the place of an
	 * empty or equal text, if there is one; what is to be chosen from is in `other`.
	 */
	meet(drafts: readonly ServerDraft[], here: { source: string; worth: boolean }): ServerDraft | null {
		const mine = this.#id ? drafts.find((draft) => draft.id === this.#id) : undefined;
		// What is on its way already is mine; another device's word is looked at even then, since mine will be refused.
		if (mine && mine.device === this.#device && isUnsent(mine.id)) return null;
		if (mine && mine.device === this.#device && mine.version > this.#version) {
			// My own word has arrived: the next one is written over it.
			this.#version = mine.version;
			this.#base = mine.source;
			this.tied();
		}
		if (mine) this.#seen = true;
		const others = drafts.filter((draft) => !this.#isWrittenBeside(draft));
		const there = [...(mine ? [mine] : []), ...others].find((draft) => !this.#isSettled(draft, here));
		if (!there) {
			this.other = null;
			return null;
		}
		const standing = this.#standing(there, here);
		if (standing === "take") {
			this.take(there);
			return here.worth ? null : there;
		}
		// What was offered stays an offer while the person writes beside it.
		const offered = this.other?.draft.id === there.id && this.other.standing === "offer";
		this.other = { draft: there, standing: offered || standing === "offer" ? "offer" : "clash" };
		return null;
	}

	/** Another tab of this browser writes it at this moment. */
	#isWrittenBeside(draft: ServerDraft): boolean {
		return draft.id !== this.#id && draft.device === this.#device && isUnsent(draft.id);
	}

	#standing(there: ServerDraft, here: { source: string; worth: boolean }) {
		return standingOf({ ...here, id: this.#id, version: this.#version, base: this.#base }, there, this.#device);
	}

	/** Nothing is to be done about it: it is mine as it is here, or the person left it. */
	#isSettled(there: ServerDraft, here: { source: string; worth: boolean }): boolean {
		return this.#left.has(`${there.id} ${there.version}`) || this.#standing(there, here) === "same";
	}

	/**
	 * The copy is no longer there, as a fresh look says, or as it went before our eyes: it was sent or thrown away on
	 * another device or in another tab. Answers whether the text here is that same text, which then has nothing to stay for.
	 */
	lost(drafts: readonly ServerDraft[], source: string, fresh: boolean): boolean {
		const id = this.#id;
		if (!id || this.#version === 0 || !(fresh || this.#seen)) return false;
		if (drafts.some((draft) => draft.id === id) || isUnsent(id, "draft.put") || isUnsent(id, "draft.send"))
			return false;
		const same = sameText(source, this.#base);
		this.forget();
		return same && source.trim() !== "";
	}

	/** Goes on from a draft: what is written from here on is written over it. */
	take(draft: ServerDraft): void {
		this.#id = draft.id;
		this.#version = draft.version;
		this.#base = draft.source;
		this.#seen = true;
		this.other = null;
		this.tied();
	}

	/** Whether the text here is what both had last. */
	isUntouched(source: string): boolean {
		return this.#id !== null && sameText(source, this.#base);
	}

	/** Both texts become one: the draft here, if there is one, or the other one. The one that is left over is thrown away. */
	merge(other: ServerDraft): void {
		if (this.#id === null || this.#id === other.id) {
			this.take(other);
			return;
		}
		this.other = null;
		mutate("draft.remove", { id: other.id });
	}

	/** Throws the other version away; where both are versions of one draft, the one here takes its place. */
	discardOther(): void {
		const other = this.other?.draft;
		if (!other) return;
		this.other = null;
		if (other.id === this.#id) this.#version = other.version;
		else mutate("draft.remove", { id: other.id });
	}

	/** Leaves another version as it is: the text here goes on as a draft of its own, or over it if they are one. */
	keepMine(written: Written): void {
		const other = this.other?.draft;
		if (!other) return;
		this.#left.add(`${other.id} ${other.version}`);
		this.other = null;
		if (other.id === this.#id) {
			this.#version = other.version;
			this.#put(written);
		}
	}

	/** Posts it by itself later. `expected`: when that will be, as far as it is known. */
	schedule(written: Written, when: SendWhen, ids: { post: Id; topic?: Id; ask?: Id }, expected?: string): () => void {
		clearTimeout(this.#timer);
		this.#next = null;
		this.#put(written);
		const id = this.#id ?? "";
		const { undo } = mutate("draft.send", { id, when, ...ids, ...(expected ? { expected } : {}) });
		this.forget();
		return () => void undo?.();
	}

	/** The text was sent or thrown away: the copy goes with it. */
	remove(): void {
		clearTimeout(this.#timer);
		this.#next = null;
		const id = this.#id;
		this.forget();
		if (id && row("drafts", id)) mutate("draft.remove", { id });
	}

	/** What is written from here on is another draft. */
	forget(): void {
		this.#id = null;
		this.#version = 0;
		this.#base = "";
		this.#seen = false;
		this.other = null;
	}

	/** Whether the copy there, as it will be, differs from what is written. */
	#changed(written: Written): boolean {
		const there = this.#id ? row("drafts", this.#id) : undefined;
		if (!there) return true;
		const plain = (value: unknown) => JSON.stringify(value);
		return (
			!sameText(there.source, written.source) ||
			(there.title ?? "") !== (written.title ?? "") ||
			plain(there.to) !== plain(written.to ?? []) ||
			plain(there.ask) !== plain(askForm(written.ask)) ||
			plain(there.files) !== plain(written.files) ||
			plain(there.place) !== plain(written.place)
		);
	}

	#put({ place, title, source, to, ask, files }: Written): void {
		this.#id ??= newId("draft");
		mutate("draft.put", {
			id: this.#id,
			place,
			title,
			source,
			to: [...(to ?? [])],
			ask: askForm(ask),
			files: [...files],
			device: this.#device,
			version: this.#version,
		});
		this.tied();
	}
}

/** Whether something about a draft is still to be sent. */
const isUnsent = (id: Id, name = "draft."): boolean =>
	client.store.pending.some((op) => op.name.startsWith(name) && (op.args as { id?: Id }).id === id);
