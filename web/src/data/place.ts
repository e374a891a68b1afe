/**
 * Where a row stands among others, as a text: between any two there is room for another, so that moving one changes one.
 * The server makes the ones that last; these show a move until its answer is here. Texts sort by their code points.
 */

/** Every sign that can be printed; a text is read as digits after the point, and what it lacks is the first of them. */
const FIRST = 0x20;
const COUNT = 0x7f - FIRST;

/** A text after `before` and before `after`; null stands for the ends. Without room, right after `before`. */
export function placeBetween(before: string | null, after: string | null): string {
	const low = before ?? "";
	return after !== null && after <= low ? `${low}${middle("", null)}` : middle(low, after);
}

function middle(low: string, high: string | null): string {
	let shared = 0;
	if (high !== null) while (shared < high.length && digit(low, shared) === digit(high, shared)) shared++;
	if (shared > 0 && high !== null) return high.slice(0, shared) + middle(low.slice(shared), high.slice(shared));
	const from = digit(low, 0);
	const to = high === null || high === "" ? COUNT : digit(high, 0);
	if (to - from > 1) return String.fromCharCode(FIRST + Math.floor((from + to) / 2));
	if (high !== null && high.length > 1) return high.slice(0, 1);
	return String.fromCharCode(FIRST + from) + middle(low.slice(1), null);
}

function digit(text: string, at: number): number {
	const code = text.charCodeAt(at);
	return Number.isNaN(code) ? 0 : Math.min(Math.max(code - FIRST, 0), COUNT - 1);
}

/** The order of places. */
export const byPlace = (a: { place: string }, b: { place: string }): number =>
	a.place < b.place ? -1 : a.place > b.place ? 1 : 0;
