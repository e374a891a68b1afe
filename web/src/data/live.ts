import { backoff, Pause } from "./pause";
import type { Change } from "./types";

/** `live`: every change arrives as it happens. `offline`: the server cannot be reached; it is tried again. */
export type LiveStatus = "connecting" | "live" | "offline";

export interface LivePorts {
	/** Up to where changes are known. */
	cursor(): number | undefined;
	/** Changes in order; afterwards the cursor is that of the last one. */
	arrived(changes: Change[]): void;
	/** The log no longer reaches back to the cursor: read everything again and set the cursor. Rejects when it cannot. */
	reload(signal: AbortSignal): Promise<void>;
	/** Asked before each connection, because a stream cannot say why it was refused. */
	check(): Promise<"ready" | "unreachable" | "ended">;
	status(status: LiveStatus): void;
	connect?(url: string): EventSource;
	random?(): number;
}

/** How the stream ended. */
type End = "lost" | "reload" | "woken" | "stopped";

/** The server says `alive` after 20 s without a change. A stream that was silent for so long is dead. Milliseconds. */
const SILENCE = 50_000;

/** Listens to the server's changes, from the cursor on, for as long as it runs. It never polls. */
export class Live {
	#pause = new Pause();
	#end: ((end: End) => void) | undefined;
	/** When the connection at hand was begun. */
	#since = 0;

	constructor(
		private readonly ports: LivePorts,
		private readonly base = "/api/v1",
	) {}

	/** The network may be back or the stream may be dead without knowing: connect anew. */
	wake(): void {
		// Every tab says so when the network is back: one new connection is enough.
		if (performance.now() - this.#since > 1000) this.#end?.("woken");
		this.#pause.wake();
	}

	/** The device says that there is no network: do not wait for the stream to notice. */
	cut(): void {
		this.#end?.("lost");
	}

	/** Listens until `signal` aborts. */
	async run(signal: AbortSignal): Promise<void> {
		for (let tries = 0; !signal.aborted; ) {
			this.ports.status(tries === 0 ? "connecting" : "offline");
			const ready = await this.ports.check();
			if (ready === "ended" || signal.aborted) return;
			let end: End = "lost";
			if (ready === "ready")
				end = await this.#listen(signal, () => {
					tries = 0;
				});
			if (end === "reload") end = await this.#reload(signal);
			if (end === "woken") continue;
			if (signal.aborted) return;
			this.ports.status("offline");
			await this.#pause.sleep(backoff(tries++, this.ports.random), signal);
		}
	}

	async #reload(signal: AbortSignal): Promise<End> {
		try {
			await this.ports.reload(signal);
			return "woken";
		} catch {
			return "lost";
		}
	}

	#listen(signal: AbortSignal, opened: () => void): Promise<End> {
		const url = `${this.base}/changes?after=${this.ports.cursor() ?? 0}`;
		const source = this.ports.connect?.(url) ?? new EventSource(url);
		this.#since = performance.now();
		const batch = new Batch<Change>((changes) => this.ports.arrived(changes));
		let stopped = () => {};
		let silence: ReturnType<typeof setTimeout> | undefined;
		const ended = new Promise<End>((resolve) => {
			this.#end = resolve;
			stopped = () => resolve("stopped");
			const heard = () => {
				clearTimeout(silence);
				silence = setTimeout(() => resolve("woken"), SILENCE);
			};
			heard();
			source.onopen = () => {
				heard();
				opened();
				this.ports.status("live");
			};
			source.addEventListener("change", (event) => {
				heard();
				batch.add(JSON.parse((event as MessageEvent<string>).data));
			});
			source.addEventListener("alive", heard);
			source.addEventListener("reload", () => resolve("reload"));
			source.onerror = () => resolve("lost");
			signal.addEventListener("abort", stopped);
		});
		return ended.finally(() => {
			source.close();
			clearTimeout(silence);
			signal.removeEventListener("abort", stopped);
			this.#end = undefined;
			batch.flush();
		});
	}
}

/** Gathers what arrives in one burst, so that a long catch-up is a few steps and not thousands. */
class Batch<T> {
	#items: T[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(private readonly out: (items: T[]) => void) {}

	add(item: T): void {
		this.#items.push(item);
		this.#timer ??= setTimeout(() => this.flush(), 0);
	}

	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const items = this.#items;
		this.#items = [];
		if (items.length > 0) this.out(items);
	}
}
