/** Time off in local wall time: whole days or exact times, and what waits to be sent. */
import type { Arguments, TimeOff } from "$data/index";
import { clock, shortDate, type TimeStyle } from "$design/time";
import { m } from "$paraglide/messages";

const DAY = 86_400_000;

/** What a person writes: whole days have a first and a last day, times a beginning and an end. */
export interface Written {
	whole: boolean;
	/** "YYYY-MM-DD". */
	firstDay: string;
	lastDay: string;
	/** "YYYY-MM-DDTHH:MM". */
	from: string;
	to: string;
}

/** The wall times of what was written; null while something is missing or the end is not after the beginning. */
export function wallTimes(written: Written): { from: string; to: string } | null {
	const { whole, firstDay, lastDay } = written;
	const from = whole ? `${firstDay}T00:00` : written.from.slice(0, 16);
	const to = whole ? dayAfter(lastDay) : written.to.slice(0, 16);
	return valid(from) && valid(to) && from < to ? { from, to } : null;
}

/** What the server takes of a note, in bytes of UTF-8. */
const LONGEST_NOTE = 500;

/** The longest time off, in years. */
const MOST_YEARS = 2;

/** What is wrong with a time off that the server would not take; null when it is as it should be. */
export type TimeOffProblem = "times" | "long" | "twice" | "note";

/** `others`: my other times off. */
export function problemOf(
	written: Written,
	note: string,
	others: readonly Pick<TimeOff, "from" | "to">[],
): TimeOffProblem | null {
	const times = wallTimes(written);
	if (!times) return "times";
	const last = `${Number(times.from.slice(0, 4)) + MOST_YEARS}${times.from.slice(4)}`;
	if (times.to > last) return "long";
	if (others.some(({ from, to }) => from.slice(0, 16) === times.from && to.slice(0, 16) === times.to)) return "twice";
	return new TextEncoder().encode(note.trim()).length > LONGEST_NOTE ? "note" : null;
}

/** What to show in the form for a time off. */
export function writtenOf({ from, to }: Pick<TimeOff, "from" | "to">): Written {
	const whole = isWholeDays({ from, to });
	return {
		whole,
		firstDay: from.slice(0, 10),
		lastDay: whole ? dayBefore(to) : to.slice(0, 10),
		from: from.slice(0, 16),
		to: to.slice(0, 16),
	};
}

export function isWholeDays({ from, to }: Pick<TimeOff, "from" | "to">): boolean {
	return from.slice(11, 16) === "00:00" && to.slice(11, 16) === "00:00";
}

/** "Mon 21 Dec to Fri 25 Dec", "Mon 21 Dec", "Mon 21 Dec, 09:00 to 12:30". */
export function spanOf(off: Pick<TimeOff, "from" | "to">, style: TimeStyle): string {
	const utc = { ...style, zone: "UTC" };
	const day = (wall: string) => shortDate(instant(wall), utc);
	const time = (wall: string) => m.settings_day_time({ day: day(wall), time: clock(instant(wall), utc) });
	if (isWholeDays(off)) {
		const last = dayBefore(off.to);
		return last === off.from.slice(0, 10)
			? day(off.from)
			: m.design_span({ start: day(off.from), end: day(`${last}T00:00`) });
	}
	if (off.from.slice(0, 10) === off.to.slice(0, 10))
		return m.design_span({ start: time(off.from), end: clock(instant(off.to), utc) });
	return m.design_span({ start: time(off.from), end: time(off.to) });
}

/** Calendar days of whole days off. */
export function daysOf({ from, to }: Pick<TimeOff, "from" | "to">): number {
	return Math.round((instant(to) - instant(from)) / DAY);
}

type TimeOffCall = { [N in "time_off.add" | "time_off.patch" | "time_off.remove"]: { name: N; args: Arguments[N] } }[
	| "time_off.add"
	| "time_off.patch"
	| "time_off.remove"];

/** The list as it will be once these are done, by beginning. Doing one twice changes nothing. */
export function withCalls(items: readonly TimeOff[], calls: readonly TimeOffCall[]): TimeOff[] {
	const known = new Map(items.map((off) => [off.id, off]));
	for (const call of calls) {
		const had = known.get(call.args.id);
		if (call.name === "time_off.add") known.set(call.args.id, { cover: null, note: null, ...defined(call.args) });
		else if (call.name === "time_off.remove") known.delete(call.args.id);
		else if (had) known.set(had.id, { ...had, ...defined(call.args) });
	}
	return [...known.values()].sort((a, b) => a.from.localeCompare(b.from) || a.id.localeCompare(b.id));
}

/** Those of some operations that are about time off. */
export function timeOffCalls(operations: readonly { name: string }[]): TimeOffCall[] {
	return operations.filter((operation): operation is TimeOffCall => operation.name.startsWith("time_off."));
}

function defined<T extends object>(args: T): T {
	return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T;
}

/** A wall time as milliseconds, read as UTC: only to format it and to count days. */
function instant(wall: string): number {
	return Date.parse(`${wall.slice(0, 16)}Z`);
}

function valid(wall: string): boolean {
	return wall.length === 16 && !Number.isNaN(instant(wall));
}

function dayAfter(day: string): string {
	const at = Date.parse(`${day}T00:00Z`);
	return Number.isNaN(at) ? "" : new Date(at + DAY).toISOString().slice(0, 16);
}

function dayBefore(wall: string): string {
	return new Date(instant(wall) - DAY).toISOString().slice(0, 10);
}
