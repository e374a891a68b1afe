import { createSubscriber } from "svelte/reactivity";

const MINUTE = 60_000;

class Now {
	#subscribe = createSubscriber((update) => {
		let timer = setTimeout(function tick() {
			update();
			timer = setTimeout(tick, untilNextMinute());
		}, untilNextMinute());
		// A laptop that slept must not show the time at which it fell asleep.
		document.addEventListener("visibilitychange", update);
		return () => {
			clearTimeout(timer);
			document.removeEventListener("visibilitychange", update);
		};
	});

	/** The current minute, in milliseconds since 1970. Read in a component it renders again each minute; the timer runs only while someone reads. */
	get minute(): number {
		this.#subscribe();
		return Math.floor(Date.now() / MINUTE) * MINUTE;
	}
}

function untilNextMinute(): number {
	return MINUTE - (Date.now() % MINUTE);
}

/** The one clock of the interface. */
export const now = new Now();
