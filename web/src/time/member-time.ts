/** What a person's time is at an instant, read from the intervals that the server computed. Nothing here knows a schedule. */
import type { Id, MemberTime } from "$data/types";
import type { DayState, Span } from "$design/day";
import { offsetMinutes } from "$design/time";

const MINUTE = 60_000;
/** Two working intervals that are less apart than this belong to one day: the pause of split hours. */
const PAUSE = 6 * 60 * MINUTE;

/** Milliseconds since 1970, start before end. */
export type Stretch = readonly [start: number, end: number];

/**
 * `working`: until the end of this stretch, and in focus until that instant. `off`: until the next one; null where none is
 * ahead. `away`: on time off until then, and `back` at work. `holiday`: a public one; `next` is when they work again. `unknown`: no hours are set, or what
 * this device knows has run out.
 */
export type TimeNow =
	| { kind: "working"; until: number; progress: number; focusUntil: number | null }
	| { kind: "off"; next: number | null }
	| { kind: "away"; until: number; back: number; cover: Id | null }
	| { kind: "holiday"; name: string; next: number | null }
	| { kind: "unknown" };

/** A stretch without work for a reason that others may know. `name`: a public holiday's; null for time off. */
export interface Off {
	from: number;
	until: number;
	name: string | null;
	cover: Id | null;
}

/** A person's time, for other days than their row tells of: then `off` is all that is known to be off. */
export type KnownTime = MemberTime & { off?: readonly Off[] };

/** A person's time at the instant `at`. */
export function timeAt(time: KnownTime, at: number): TimeNow {
	const off = offOf(time).find(({ from, until }) => from <= at && at < until);
	if (off && off.name === null)
		return { kind: "away", until: off.until, back: backAfter(time, off.until), cover: off.cover };
	if (!time.zone || !time.week || !isKnown(time, at)) return { kind: "unknown" };
	const stretches = stretchesOf(time);
	if (off?.name) return { kind: "holiday", name: off.name, next: nextStart(time, stretches, at) };
	const current = stretches.find(([start, end]) => start <= at && at < end);
	if (!current) return { kind: "off", next: nextStart(time, stretches, at) };
	const focus = parsed(time.focus).find(([start, end]) => start <= at && at < end);
	return {
		kind: "working",
		until: current[1],
		progress: progressOf(dayAround(stretches, current), at),
		focusUntil: focus ? Math.min(focus[1], current[1]) : null,
	};
}

/** The glyph for it. */
export function glyphOf(now: TimeNow): DayState {
	if (now.kind === "working") return { kind: "working", progress: now.progress };
	return { kind: now.kind === "holiday" ? "away" : now.kind };
}

const offs = new WeakMap<KnownTime, readonly Off[]>();

/** Time off and public holidays that are known, by their beginning; time off first where both begin together. */
export function offOf(time: KnownTime): readonly Off[] {
	const known = time.off ?? offs.get(time);
	if (known) return known;
	const { away } = time;
	const list = (time.holidays ?? []).map(
		({ from, until, name }): Off => ({ from: Date.parse(from), until: Date.parse(until), name, cover: null }),
	);
	if (away) list.push({ from: Date.parse(away.from), until: Date.parse(away.until), name: null, cover: away.cover });
	const sorted = sortedOff(list);
	offs.set(time, sorted);
	return sorted;
}

export function sortedOff(list: readonly Off[]): Off[] {
	return list.toSorted((a, b) => a.from - b.from || Number(a.name !== null) - Number(b.name !== null));
}

/** When a person is back at work after they were off until `until`: the first start that is known, else its end. */
export function backAfter(time: MemberTime, until: number): number {
	const stretches = stretchesOf(time);
	if (stretches.some(([start, end]) => start <= until && until < end)) return until;
	return nextStart(time, stretches, until - 1) ?? until;
}

/** Whether the intervals say anything about `at`. */
export function isKnown(time: MemberTime, at: number): boolean {
	return time.working_until !== null && at < Date.parse(time.working_until);
}

/** The first start after `at` that is known; the server names one also beyond its intervals. */
function nextStart(time: MemberTime, stretches: readonly Stretch[], at: number): number | null {
	const near = stretches.find(([start]) => start > at)?.[0];
	if (near !== undefined) return near;
	const named = time.next_start ? Date.parse(time.next_start) : null;
	return named !== null && named > at ? named : null;
}

const stretches = new WeakMap<readonly unknown[], readonly Stretch[]>();

/** The working intervals, those that touch made one. */
export function stretchesOf({ working }: MemberTime): readonly Stretch[] {
	return parsed(working);
}

/** Intervals as numbers, those that touch made one. Read once for each answer: a map asks for them at every step of its line. */
function parsed(intervals: MemberTime["working"] | undefined): readonly Stretch[] {
	if (!intervals) return [];
	const known = stretches.get(intervals);
	if (known) return known;
	const made: [number, number][] = [];
	for (const [start, end] of intervals.map(([start, end]) => [Date.parse(start), Date.parse(end)] as const)) {
		const last = made.at(-1);
		if (last && start <= last[1]) last[1] = Math.max(last[1], end);
		else made.push([start, end]);
	}
	stretches.set(intervals, made);
	return made;
}

/** The stretches of the working day that one of them belongs to, pauses between them. */
function dayAround(stretches: readonly Stretch[], current: Stretch): Stretch[] {
	const at = stretches.indexOf(current);
	let first = at;
	let last = at;
	while (close(stretches[first - 1], stretches[first])) first -= 1;
	while (close(stretches[last], stretches[last + 1])) last += 1;
	return stretches.slice(first, last + 1);
}

function close(before: Stretch | undefined, after: Stretch | undefined): boolean {
	return before !== undefined && after !== undefined && after[0] - before[1] < PAUSE;
}

function progressOf(day: readonly Stretch[], at: number): number {
	const total = day.reduce((sum, [start, end]) => sum + end - start, 0);
	const done = day.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(at, end) - start), 0);
	return total === 0 ? 0 : done / total;
}

/** One calendar day or week of one zone as an axis of minutes; an hour shorter or longer where the clock changes. */
export interface Axis {
	zone: string;
	/** Milliseconds since 1970. */
	start: number;
	end: number;
	/** Minutes. */
	length: number;
}

/** The calendar day that holds `at`, or the one `days` later, in `zone`. */
export function axisOf(at: number, zone: string, days = 0): Axis {
	const wall = at + offsetMinutes(at, zone) * MINUTE;
	const day = Math.floor(wall / (1440 * MINUTE)) + days;
	const start = instantOf(day * 1440 * MINUTE, zone);
	const end = instantOf((day + 1) * 1440 * MINUTE, zone);
	return { zone, start, end, length: (end - start) / MINUTE };
}

/** The instant at which a clock in `zone` shows that wall time; in a gap the first after it, in an overlap the earlier. */
export function instantOf(wall: number, zone: string): number {
	const before = wall - offsetMinutes(wall - 1440 * MINUTE, zone) * MINUTE;
	const after = wall - offsetMinutes(wall + 1440 * MINUTE, zone) * MINUTE;
	const fits = (at: number) => at + offsetMinutes(at, zone) * MINUTE === wall;
	if (fits(before)) return before;
	return fits(after) ? after : Math.max(before, after);
}

/** Working time on an axis, in its minutes. A span may reach beyond both ends: then the strip is cut there. */
export function spansOn(time: MemberTime, axis: Axis): Span[] {
	return onMinutes(stretchesOf(time), axis);
}

/** Focus on an axis, in its minutes. */
export function focusOn(time: MemberTime, axis: Axis): Span[] {
	return onMinutes(parsed(time.focus), axis);
}

function onMinutes(stretches: readonly Stretch[], axis: Axis): Span[] {
	return stretches
		.filter(([start, end]) => end > axis.start && start < axis.end)
		.map(([start, end]) => [(start - axis.start) / MINUTE, (end - axis.start) / MINUTE]);
}

/** A stretch of an axis, in its minutes, without work for a reason that others may know. */
export interface OffSpan {
	span: Span;
	/** Of a public holiday; null for time off. */
	name: string | null;
	/** When it ends, beyond the axis too. */
	until: number;
}

/** Time off and holidays on an axis, cut at its ends. */
export function offOn(time: KnownTime, axis: Axis): OffSpan[] {
	return offOf(time)
		.filter(({ from, until }) => until > axis.start && from < axis.end)
		.map(({ from, until, name }) => ({
			span: [(Math.max(from, axis.start) - axis.start) / MINUTE, (Math.min(until, axis.end) - axis.start) / MINUTE],
			name,
			until,
		}));
}
