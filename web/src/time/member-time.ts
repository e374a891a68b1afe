/** What a person's time is at an instant, read from the intervals that the server computed. Nothing here knows a schedule. */
import type { Id, MemberTime } from "$data/types";
import type { DayState, Span } from "$design/day";
import { offsetMinutes } from "$design/time";

const MINUTE = 60_000;
/** Two working intervals that are less apart than this belong to one day: the pause of split hours. */
const PAUSE = 6 * 60 * MINUTE;

/** Milliseconds since 1970, start before end. */
type Stretch = readonly [start: number, end: number];

/**
 * `working`: until the end of this stretch. `off`: until the next one; null where none is ahead. `away`: on time off.
 * `unknown`: no hours are set, or what this device knows has run out.
 */
export type TimeNow =
	| { kind: "working"; until: number; progress: number }
	| { kind: "off"; next: number | null }
	| { kind: "away"; until: number; cover: Id | null }
	| { kind: "unknown" };

/** A person's time at the instant `at`. */
export function timeAt(time: MemberTime, at: number): TimeNow {
	const away = awayAt(time, at);
	if (away) return away;
	if (!time.zone || !time.week || !isKnown(time, at)) return { kind: "unknown" };
	const stretches = stretchesOf(time);
	const current = stretches.find(([start, end]) => start <= at && at < end);
	if (!current) return { kind: "off", next: nextStart(time, stretches, at) };
	return { kind: "working", until: current[1], progress: progressOf(dayAround(stretches, current), at) };
}

/** The glyph for it. */
export function glyphOf(now: TimeNow): DayState {
	return now.kind === "working" ? { kind: "working", progress: now.progress } : { kind: now.kind };
}

function awayAt({ away }: MemberTime, at: number): TimeNow | null {
	if (!away || at < Date.parse(away.from) || at >= Date.parse(away.until)) return null;
	return { kind: "away", until: Date.parse(away.until), cover: away.cover };
}

/** When a person is back at work after the time off they have: the first start that is known, else its end. Null without time off. */
export function returnOf(time: MemberTime): number | null {
	if (!time.away) return null;
	const until = Date.parse(time.away.until);
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

/** The working intervals, those that touch made one. */
function stretchesOf({ working }: MemberTime): Stretch[] {
	const made: [number, number][] = [];
	for (const [start, end] of working.map(([start, end]) => [Date.parse(start), Date.parse(end)] as const)) {
		const last = made.at(-1);
		if (last && start <= last[1]) last[1] = Math.max(last[1], end);
		else made.push([start, end]);
	}
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

/** One calendar day of one zone as an axis of minutes; 23 or 25 hours long where the clock changes. */
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
function instantOf(wall: number, zone: string): number {
	const before = wall - offsetMinutes(wall - 1440 * MINUTE, zone) * MINUTE;
	const after = wall - offsetMinutes(wall + 1440 * MINUTE, zone) * MINUTE;
	const fits = (at: number) => at + offsetMinutes(at, zone) * MINUTE === wall;
	if (fits(before)) return before;
	return fits(after) ? after : Math.max(before, after);
}

/** Where the clock on the axis shows each hour: its minute on the axis, every `step` hours from 0 to 24. */
export function hoursOn(axis: Axis, step: number): { hour: number; minute: number }[] {
	const wallStart = axis.start + offsetMinutes(axis.start, axis.zone) * MINUTE;
	return Array.from({ length: 24 / step + 1 }, (_, index) => {
		const hour = index * step;
		const at = hour === 24 ? axis.end : instantOf(wallStart + hour * 60 * MINUTE, axis.zone);
		return { hour, minute: (at - axis.start) / MINUTE };
	});
}

/** Working time on an axis, in its minutes. A span may reach beyond both ends: then the strip is cut there. */
export function spansOn(time: MemberTime, axis: Axis): Span[] {
	return stretchesOf(time)
		.filter(([start, end]) => end > axis.start && start < axis.end)
		.map(([start, end]) => [(start - axis.start) / MINUTE, (end - axis.start) / MINUTE]);
}

/** Time off on an axis, in its minutes; null when there is none on that day. */
export function awayOn({ away }: MemberTime, axis: Axis): Span | null {
	if (!away) return null;
	const start = Math.max(Date.parse(away.from), axis.start);
	const end = Math.min(Date.parse(away.until), axis.end);
	return start < end ? [(start - axis.start) / MINUTE, (end - axis.start) / MINUTE] : null;
}

/** How many people work in each half hour of an axis, and of how many it is known. */
export function headcount(
	times: readonly MemberTime[],
	axis: Axis,
	step = 30,
): { count: number; from: number; to: number }[] {
	const people = times.map((time) => spansOn(time, axis));
	return Array.from({ length: Math.ceil(axis.length / step) }, (_, index) => {
		const from = index * step;
		const to = Math.min(axis.length, from + step);
		return {
			from,
			to,
			count: people.filter((spans) => spans.some(([start, end]) => start <= from && end >= to)).length,
		};
	});
}

/** A stretch of the day in which the same people work. */
export interface Window {
	/** Minutes of the axis. */
	from: number;
	to: number;
	/** Who works, by their place in the list that was given. */
	people: number[];
}

/** The stretches of a day of at least `shortest` minutes in which all of the same people work, most people first, then longest, then earliest. */
export function windowsOf(times: readonly MemberTime[], axis: Axis, shortest = 30): Window[] {
	const people = times.map((time) => spansOn(time, axis));
	const edges = [...new Set([0, axis.length, ...people.flat(2).filter((edge) => edge > 0 && edge < axis.length)])].sort(
		(a, b) => a - b,
	);
	const windows: Window[] = [];
	for (const [index, from] of edges.entries()) {
		const to = edges[index + 1];
		if (to === undefined) break;
		const working = people.flatMap((spans, person) =>
			spans.some(([start, end]) => start <= from && end >= to) ? [person] : [],
		);
		windows.push({ from, to, people: working });
	}
	return windows
		.filter((window) => window.to - window.from >= shortest && window.people.length > 1)
		.sort((a, b) => b.people.length - a.people.length || b.to - b.from - (a.to - a.from) || a.from - b.from);
}
