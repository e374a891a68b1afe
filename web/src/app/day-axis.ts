import type { Span } from "$design/day";

const HOUR = 60;

/** The hours that the card of one's own day shows: an hour around the working time and now, in whole hours; at least eleven. */
export function dayAxis(working: readonly Span[], now: number): { from: number; to: number } {
	const starts = working.map(([start]) => start);
	const ends = working.map(([, end]) => end);
	const first = Math.min(now, ...starts);
	const last = Math.max(now, ...ends);
	const from = Math.max(0, Math.floor(first / HOUR - 1) * HOUR);
	const to = Math.min(24 * HOUR, Math.ceil(last / HOUR + 1) * HOUR);
	const missing = 11 * HOUR - (to - from);
	if (missing <= 0) return { from, to };
	const widened = Math.max(0, Math.min(from - Math.ceil(missing / 2 / HOUR) * HOUR, 13 * HOUR));
	return { from: widened, to: Math.max(to, widened + 11 * HOUR) };
}
