import { createSubscriber } from "svelte/reactivity";

const MINUTE = 60_000;

class Now {
	#offset = 0;
	#update = () => {};
	#subscribe = createSubscriber((update) => {
		const tick = () => {
			update();
			timer = setTimeout(tick, this.#untilNextMinute());
		};
		let timer = setTimeout(tick, this.#untilNextMinute());
		// The device's clock was put right: the next minute begins at another moment.
		this.#update = () => {
			clearTimeout(timer);
			tick();
		};
		// A laptop that slept must not show the time at which it fell asleep.
		document.addEventListener("visibilitychange", update);
		return () => {
			clearTimeout(timer);
			this.#update = () => {};
			document.removeEventListener("visibilitychange", update);
		};
	});

	/** The current minute, in milliseconds since 1970. Read in a component it renders again each minute; the timer runs only while someone reads. */
	get minute(): number {
		this.#subscribe();
		return Math.floor(this.instant() / MINUTE) * MINUTE;
	}

	/** This moment, in milliseconds since 1970; not reactive. Screens use it in place of `Date.now()`. */
	instant(): number {
		return Date.now() + this.#offset;
	}

	/** This device's clock is wrong by so much: what to add to it, in milliseconds. */
	correct(offset: number): void {
		if (this.#offset === offset) return;
		this.#offset = offset;
		this.#update();
	}

	#untilNextMinute(): number {
		return MINUTE - (this.instant() % MINUTE);
	}
}

/** The one clock of the interface. */
export const now = new Now();
