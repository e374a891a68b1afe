/** Below this a difference is that of the network, not of the clock. Milliseconds. */
const ENOUGH = 30_000;
const PLACE = "meridian.clock";

/**
 * The server's time, as far as this device knows it. What a person sees and writes is in that time: a device whose
 * clock is an hour wrong still says rightly what is due, and when something was written.
 */
export class Clock {
	/** What to add to the device's clock, in milliseconds; 0 while it is right. */
	offset = 0;

	constructor(
		private readonly changed: (offset: number) => void = () => {},
		private readonly device: () => number = Date.now,
	) {
		this.offset = kept();
	}

	/** Milliseconds since 1970. */
	now(): number {
		return this.device() + this.offset;
	}

	/** RFC 3339. */
	instant(): string {
		return new Date(this.now()).toISOString();
	}

	/** An answer said what time it was at the server; it was asked for at `sent` of this device's clock. */
	heard(server: string | null, sent: number): void {
		const there = Date.parse(server ?? "");
		if (Number.isNaN(there)) return;
		const here = this.device();
		// An answer that took long says little about when it was written.
		if (here - sent > ENOUGH || here < sent) return;
		const apart = there - (sent + here) / 2;
		const offset = Math.abs(apart) < ENOUGH ? 0 : Math.round(apart);
		if (Math.abs(offset - this.offset) < 1000) return;
		this.offset = offset;
		keep(offset);
		this.changed(offset);
	}
}

/** The clock is as wrong without a network, so what was found out outlives the page. */
function kept(): number {
	try {
		const offset = Number(localStorage.getItem(PLACE) ?? 0);
		return Number.isFinite(offset) ? offset : 0;
	} catch {
		return 0;
	}
}

function keep(offset: number): void {
	try {
		if (offset === 0) localStorage.removeItem(PLACE);
		else localStorage.setItem(PLACE, String(offset));
	} catch {
		// It holds until the page is closed.
	}
}
