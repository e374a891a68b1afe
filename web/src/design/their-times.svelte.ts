import { now } from "./now.svelte";
import { utcOffset } from "./time";

/** From this long a press on, letting go of the key brings the reader's own times back; milliseconds. */
const HELD = 400;

/** Whether times are shown where the other person is, with the zone, in place of the reader's own. */
class TheirTimes {
	shown = $state(false);

	/** A short press of the key changes it, a long one for as long as it is held. */
	press({ code, repeat }: Pick<KeyboardEvent, "code" | "repeat">): void {
		if (repeat) return;
		this.shown = !this.shown;
		const from = performance.now();
		const letGo = new AbortController();
		const release = (event: KeyboardEvent) => {
			if (event.code !== code) return;
			letGo.abort();
			if (performance.now() - from > HELD) this.shown = false;
		};
		addEventListener("keyup", release, { signal: letGo.signal });
	}

	/** "Tokyo, UTC+9" while it is shown, else the place alone. */
	place(place: string, zone: string | null): string {
		return this.shown && zone && place ? `${place}, ${utcOffset(now.minute, zone)}` : place;
	}
}

export const theirTimes = new TheirTimes();
