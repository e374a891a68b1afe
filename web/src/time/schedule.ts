/** Editing a weekly pattern, in local wall time alone: reading what was typed, what is wrong with it, what to draw. Instants are the server's work. */
import type { Shifts, Week } from "$data/types";
import type { Span } from "$design/day";

/** Minutes of a day. */
export const DAY = 1440;
const WEEK = 7 * DAY;

export const NO_HOURS: Week = [[], [], [], [], [], [], []];
/** What a new person is offered: Monday to Friday, 09:00 to 17:00. */
export const USUAL_WEEK: Week = [
	[["09:00", "17:00"]],
	[["09:00", "17:00"]],
	[["09:00", "17:00"]],
	[["09:00", "17:00"]],
	[["09:00", "17:00"]],
	[],
	[],
];

/** `start` and `end`: not a time. `same`: both are the same time, which is neither nothing nor a whole day. `overlap`: it begins before another one ends. */
export type ShiftProblem = "start" | "end" | "same" | "overlap";

/** Names a shift of a week: its day (0 is Monday) and its place in that day. */
export interface ShiftPlace {
	day: number;
	index: number;
}

/** What is wrong with one shift. */
export interface Wrong extends ShiftPlace {
	problem: ShiftProblem;
}

/** The minute of the day of "HH:MM", 0 to 1440; null for anything else. */
export function minuteOf(time: string): number | null {
	const found = /^(\d\d):(\d\d)$/.exec(time);
	if (!found) return null;
	const minute = Number(found[1]) * 60 + Number(found[2]);
	return Number(found[2]) < 60 && minute <= DAY ? minute : null;
}

/** "HH:MM" of a minute of the day. */
export function timeOf(minute: number): string {
	return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/**
 * A time as people type it, as "HH:MM": "9", "930", "9:30", "17.30", "17h30", "5 pm", "noon" in digits only. Null when it
 * is not a time. 24 and 24:00 are midnight at the end of the day.
 */
export function readTime(text: string): string | null {
	const plain = text
		.normalize("NFKC")
		.trim()
		.toLowerCase()
		.replace(/\s+/g, "")
		.replaceAll(".m", "m")
		.replace(/m\.$/, "m");
	const found = /^(\d{1,2})(?:[:.h,]?(\d{2}))?h?([ap])?m?$/.exec(plain);
	if (!found || (plain.endsWith("m") && !found[3])) return null;
	const hour = hourOf(Number(found[1]), found[3]);
	const minute = Number(found[2] ?? 0);
	if (hour === null || minute > 59 || hour > 24 || (hour === 24 && minute > 0)) return null;
	return timeOf(hour * 60 + minute);
}

function hourOf(hour: number, half: string | undefined): number | null {
	if (!half) return hour;
	if (hour < 1 || hour > 12) return null;
	return (hour % 12) + (half === "p" ? 12 : 0);
}

/** Minutes that a shift lasts. An end that is not after its start is on the next day; midnight to midnight is a whole day. Null when a time cannot be read. */
export function lengthOf([start, end]: readonly [string, string]): number | null {
	const from = minuteOf(start);
	const to = minuteOf(end);
	if (from === null || to === null || from === DAY) return null;
	return to > from ? to - from : to + DAY - from;
}

/** Whether a shift ends on the day after the one it begins on. */
export function overnight([start, end]: readonly [string, string]): boolean {
	const from = minuteOf(start);
	const to = minuteOf(end);
	return from !== null && to !== null && to <= from && to > 0;
}

/** What is wrong, in the order of the week. Nothing: it can be saved. */
export function problemsOf(week: Week): Wrong[] {
	const alone = each(week).flatMap(({ day, index, shift }) => {
		const problem = problemAlone(shift);
		return problem ? [{ day, index, problem }] : [];
	});
	const wrong = new Set(alone.map(placeKey));
	const crossing = overlaps(each(week).filter((place) => !wrong.has(placeKey(place))));
	return [...alone, ...crossing].sort((a, b) => a.day - b.day || a.index - b.index);
}

function problemAlone([start, end]: readonly [string, string]): ShiftProblem | null {
	const from = minuteOf(start);
	const to = minuteOf(end);
	if (from === null || from === DAY) return "start";
	if (to === null) return "end";
	return from === to && from !== 0 ? "same" : null;
}

interface Placed extends ShiftPlace {
	shift: readonly [string, string];
}

function each(week: Week): Placed[] {
	return week.flatMap((shifts, day) => shifts.map((shift, index) => ({ day, index, shift })));
}

const placeKey = ({ day, index }: ShiftPlace) => `${day}/${index}`;

/** The shifts that begin before an earlier one ends, over the turn of the week as well. */
function overlaps(places: readonly Placed[]): Wrong[] {
	const lines = places
		.map(({ day, index, shift }) => ({
			day,
			index,
			from: day * DAY + (minuteOf(shift[0]) ?? 0),
			length: lengthOf(shift) ?? 0,
		}))
		.sort((a, b) => a.from - b.from);
	return lines
		.filter((line, at) => {
			const before = lines[(at + lines.length - 1) % lines.length];
			if (!before || before === line) return false;
			const distance = at === 0 ? line.from + WEEK - before.from : line.from - before.from;
			return before.length > distance;
		})
		.map(({ day, index }) => ({ day, index, problem: "overlap" as const }));
}

/** What each day's strip shows, Monday first: minutes of that day, with what reaches over from the day before. Shifts that cannot be read are left out. */
export function spansOfWeek(week: Week): Span[][] {
	const days: [number, number][][] = week.map(() => []);
	for (const { day, shift } of each(week)) {
		const from = minuteOf(shift[0]);
		const length = lengthOf(shift);
		if (from === null || length === null) continue;
		days[day]?.push([from, Math.min(DAY, from + length)]);
		if (from + length > DAY) days[(day + 1) % 7]?.push([0, from + length - DAY]);
	}
	return days.map((spans) => joined(spans));
}

/** Spans in order, those that touch made one. */
export function joined(spans: readonly Span[]): Span[] {
	const made: [number, number][] = [];
	for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
		const last = made.at(-1);
		if (last && start <= last[1]) last[1] = Math.max(last[1], end);
		else made.push([start, end]);
	}
	return made;
}

/** Minutes of work in a week. Shifts that cannot be read count nothing. */
export function minutesOfWeek(week: Week): number {
	return each(week).reduce((sum, { shift }) => sum + (lengthOf(shift) ?? 0), 0);
}

/** Days that follow each other and have the same hours. */
export interface DayGroup {
	/** 0 is Monday. In the reader's order. */
	days: number[];
	shifts: Shifts;
}

/** The days of a week in an order of their own (0 is Monday), neighbours with the same hours together, days without hours left out. */
export function groupsOf(week: Week, order: readonly number[]): DayGroup[] {
	const groups: DayGroup[] = [];
	let neighbour = false;
	for (const day of order) {
		const shifts = week[day] ?? [];
		const last = groups.at(-1);
		if (shifts.length === 0) neighbour = false;
		else if (neighbour && last && sameShifts(last.shifts, shifts)) last.days.push(day);
		else {
			groups.push({ days: [day], shifts });
			neighbour = true;
		}
	}
	return groups;
}

export function sameShifts(a: Shifts, b: Shifts): boolean {
	return a.length === b.length && a.every((shift, index) => shift[0] === b[index]?.[0] && shift[1] === b[index]?.[1]);
}

export function sameWeek(a: Week, b: Week): boolean {
	return a.every((shifts, day) => sameShifts(shifts, b[day] ?? []));
}

/** The hours that all working days share; null when days differ. Nobody works: the usual hours, to begin with. */
export function commonShifts(week: Week): Shifts | null {
	const working = week.filter((shifts) => shifts.length > 0);
	const [first] = working;
	if (!first) return USUAL_WEEK[0];
	return working.every((shifts) => sameShifts(shifts, first)) ? first : null;
}

/** The week with other hours on one day. */
export function withDay(week: Week, day: number, shifts: Shifts): Week {
	return week.map((had, index) => (index === day ? copyOf(shifts) : had)) as Week;
}

/** The week with the same hours on every day that has any. */
export function withCommon(week: Week, shifts: Shifts): Week {
	return week.map((had) => (had.length > 0 ? copyOf(shifts) : had)) as Week;
}

/** The week with the hours of one day on all days that have hours. */
export function copiedToAll(week: Week, day: number): Week {
	return withCommon(week, week[day] ?? []);
}

/** A shift after the others of a day: an hour after the last one ends, four hours long, or until midnight. */
export function nextShift(shifts: Shifts): [string, string] {
	const last = shifts.at(-1);
	const end = last ? minuteOf(last[1]) : null;
	if (!last || end === null || overnight(last)) return ["09:00", "17:00"];
	const from = Math.min(end + 60, DAY - 60);
	const to = from + 240;
	return [timeOf(from), to >= DAY ? "00:00" : timeOf(to)];
}

function copyOf(shifts: Shifts): Shifts {
	return shifts.map(([start, end]) => [start, end]);
}
