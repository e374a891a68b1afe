/** Geometry of the day glyph and the day strip: numbers in, paths and percentages out. */

/** Minutes of a day on the viewer's axis, start before end: [540, 1050] is 09:00 to 17:30. */
export type Span = readonly [start: number, end: number];

/** What part of a person's working day it is. `unknown` is a person who has set no hours, `away` one on time off. */
export type DayState = { kind: "working"; progress: number } | { kind: "off" } | { kind: "away" } | { kind: "unknown" };

/** Beyond this the crescent would be too thin to see. */
const MOST_DRAWN = 0.8;

/**
 * The lit part of a day glyph around (`centre`, `centre`): what is left of the working day.
 * `progress` is 0 when the day starts (full disc) and 1 when it ends; at most 0.8 is drawn.
 */
export function glyphPath(radius: number, progress: number, centre: number): string {
	const drawn = Math.min(MOST_DRAWN, Math.max(0, progress));
	const bulge = radius * (2 * drawn - 1);
	const sweep = bulge < 0 ? 1 : 0;
	const top = round(centre - radius);
	const bottom = round(centre + radius);
	return (
		`M${centre} ${top}A${radius} ${radius} 0 0 1 ${centre} ${bottom}` +
		`A${round(Math.abs(bulge))} ${radius} 0 0 ${sweep} ${centre} ${top}Z`
	);
}

/** The state of a day from its working spans: between the first start and the last end of the working time around `now`, a pause counts as part of the day. */
export function dayState(spans: readonly Span[], now: number): DayState {
	const working = spans.find(([start, end]) => now >= start && now < end);
	if (!working) return { kind: "off" };
	const total = spans.reduce((sum, [start, end]) => sum + (end - start), 0);
	const done = spans.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(now, end) - start), 0);
	return { kind: "working", progress: total === 0 ? 0 : done / total };
}

/** A span as percentages of an axis that runs from minute `from` to minute `to`; null when it lies outside. */
export function onAxis([start, end]: Span, from: number, to: number): { start: string; end: string } | null {
	const first = Math.max(start, from);
	const last = Math.min(end, to);
	if (first >= last) return null;
	return { start: percent(first, from, to), end: percent(last, from, to) };
}

/** Where a minute lies on an axis, as a percentage; null when it lies outside. */
export function pointOnAxis(minute: number, from: number, to: number): string | null {
	return minute < from || minute > to ? null : percent(minute, from, to);
}

function percent(minute: number, from: number, to: number): string {
	return `${round(((minute - from) / (to - from)) * 100)}%`;
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}
