/**
 * What the page asked the server before this script was there (`app/start.ts`): over a far network that is a quarter of
 * a second earlier.
 */
import { onRemembered, stored } from "./remembered";

/** The page leaves it as `meridianAhead`. */
export interface Ahead {
	/** Who was remembered as signed in then, as it is stored. */
	who: string | null;
	/** By this device's clock, in milliseconds. */
	at: number;
	/** By path below `/api/v1`. `undefined`: no answer came. */
	answers: Record<string, Promise<Response | undefined>>;
}

declare global {
	var meridianAhead: Ahead | undefined;
}

/** An answer that is older than this is asked for again. Milliseconds. */
const FRESH = 10_000;

/** The answers that are on their way; each may be taken once. */
export class OnTheirWay {
	#ahead: Ahead | undefined;

	/** `who` is who is remembered now: what was asked as somebody else is void. */
	constructor(ahead = globalThis.meridianAhead, who = stored()) {
		this.#ahead = ahead?.who === who ? ahead : undefined;
		onRemembered(() => this.drop());
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

	/** What was asked before is not true any more: something is written, or somebody else is signed in. */
	drop(): void {
		this.#ahead = undefined;
	}
}
