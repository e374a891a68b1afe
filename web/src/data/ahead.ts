/**
 * What the page asked the server and read from the device before this script was there (`app/start.ts`): over a far
 * network that is a quarter of a second earlier, and the device has answered when the script has run.
 */
import type { Kept } from "./kept";
import { onRemembered, stored } from "./remembered";
import type { Message } from "./tabs";

/** The page leaves it as `meridianAhead`. */
export interface Ahead {
	/** Who was remembered as signed in then, as it is stored. */
	who: string | null;
	/** By this device's clock, in milliseconds. */
	at: number;
	/** By path below `/api/v1`. `undefined`: no answer came. */
	answers: Record<string, Promise<Response | undefined>>;
	/** What the device keeps for them; absent where nobody is remembered. */
	device?: DeviceAhead;
}

/** What was read from the device, and everything that other tabs have said since before. */
export interface DeviceAhead {
	/** `undefined`: the data layer must read it itself. */
	kept: Promise<Kept | undefined>;
	/** Open since before the reading, so that nothing is missed between the two. */
	channel: BroadcastChannel | undefined;
	heard: Message[];
}

declare global {
	var meridianAhead: Ahead | undefined;
}

/** An answer that is older than this is asked for again. Milliseconds. */
const FRESH = 10_000;

/** The answers that are on their way; each may be taken once. */
export class OnTheirWay {
	#ahead: Ahead | undefined;
	#device: DeviceAhead | undefined;

	/** `who` is who is remembered now: what was asked as somebody else is void. */
	constructor(ahead = globalThis.meridianAhead, who = stored()) {
		this.#ahead = ahead?.who === who ? ahead : undefined;
		this.#device = this.#ahead?.device;
		if (!this.#ahead) ahead?.device?.channel?.close();
		onRemembered(() => {
			this.drop();
			this.takeDevice()?.channel?.close();
		});
	}

	has(path: string): boolean {
		return this.#ahead?.answers[path] !== undefined;
	}

	/** The answer to this path and since when it is on its way, by this device's clock. */
	take(path: string, now = Date.now()): { sent: number; response: Promise<Response | undefined> } | undefined {
		const ahead = this.#ahead;
		const response = ahead?.answers[path];
		if (!ahead || !response) return undefined;
		delete ahead.answers[path];
		return now - ahead.at <= FRESH && now >= ahead.at ? { sent: ahead.at, response } : undefined;
	}

	/** What the device keeps for who is remembered, once. */
	takeDevice(): DeviceAhead | undefined {
		const device = this.#device;
		this.#device = undefined;
		return device;
	}

	/** What was asked before is not true any more: something is written, or somebody else is signed in. */
	drop(): void {
		this.#ahead = undefined;
	}
}
