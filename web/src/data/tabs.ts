import type { DeviceAhead } from "./ahead";
import { channelOf } from "./kept";
import type { LiveStatus } from "./live";
import type { Operation } from "./operations";
import type { Entry } from "./types";

/** What the tabs of one member tell each other. */
export type Message =
	/** An operation was written. */
	| { kind: "operation"; operation: Operation }
	/** Rows arrived; `cursor` is set when they came through the stream. */
	| { kind: "entries"; entries: Entry[]; cursor: number | undefined }
	/** Operations were refused. */
	| { kind: "refused"; operations: string[] }
	/** A refusal was dismissed. */
	| { kind: "dismissed" }
	/** The log before `seq` is gone: read again, then forget older rows. */
	| { kind: "reload"; seq: number }
	/** The leader says how it stands. */
	| { kind: "status"; live: LiveStatus; ended: boolean }
	/** A tab opened and asks the leader for its status. */
	| { kind: "hello" }
	/** Something may work now: try at once. */
	| { kind: "wake" };

const locks = () => (globalThis.navigator as Partial<Navigator> | undefined)?.locks;

/**
 * The tabs of one member at one browser. One of them leads: it sends the outbox and listens to the server. Where the
 * browser cannot choose one (no Web Locks or no BroadcastChannel) every tab leads for itself: the server takes each
 * operation once however often it is sent.
 */
export class Tabs {
	#channel: BroadcastChannel | undefined;
	readonly #name: string;
	readonly #heard: Message[];

	/** Keeps what the others say until `listen`. `ahead`: the channel that the page opened, with what was said so far. */
	constructor(member: string, ahead?: Pick<DeviceAhead, "channel" | "heard">) {
		this.#name = channelOf(member);
		this.#heard = ahead?.heard ?? [];
		if (typeof BroadcastChannel === "undefined" || !locks()) {
			ahead?.channel?.close();
			return;
		}
		this.#channel = ahead?.channel ?? new BroadcastChannel(this.#name);
		this.#channel.onmessage = (event) => this.#heard.push(event.data as Message);
	}

	/** Passes on what was said so far, and from now on everything. */
	listen(heard: (message: Message) => void): void {
		for (const message of this.#heard.splice(0)) heard(message);
		if (this.#channel) this.#channel.onmessage = (event) => heard(event.data as Message);
	}

	say(message: Message): void {
		this.#channel?.postMessage(message);
	}

	/** Runs `lead` once this tab is the leader. The lock is held until `lead` resolves, so it must when `signal` aborts. */
	async lead(signal: AbortSignal, lead: () => Promise<void>): Promise<void> {
		const manager = this.#channel && locks();
		if (!manager) return lead();
		try {
			await manager.request(this.#name, { signal }, lead);
		} catch (error) {
			if (!signal.aborted) throw error;
		}
	}

	close(): void {
		this.#channel?.close();
		this.#channel = undefined;
	}
}
