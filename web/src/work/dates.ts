/** Days of tasks: which they stand on, and what moving them changes. A day is a date on the clock of whoever owns the task. */
import type { TaskPatch } from "$data/index";
import type { Member, Task } from "$data/types";
import { offsetMinutes, type TimeStyle } from "$design/time";
import { dayAfter, daysTo } from "./due";

const MINUTE = 60_000;

type Dated = Pick<Task, "due" | "starts_on">;

/** The first and the last day of a task; null where it has none of both. A single day is both. */
export function daysOf({ due, starts_on }: Dated): { from: string; to: string } | null {
	const from = starts_on ?? due?.date;
	const to = due?.date ?? starts_on;
	if (!from || !to) return null;
	return { from, to: [from, to].toSorted()[1] ?? to };
}

/** The task due on that day, at the time of the day at which it was due. Its start comes along, so that it stays as long. */
export function dueOn(task: Dated, date: string): TaskPatch {
	const due = { date, time: task.due?.time ?? null };
	if (!task.starts_on) return { due };
	const starts_on = task.due
		? dayAfter(task.starts_on, daysTo(task.due.date, date))
		: task.starts_on > date
			? date
			: task.starts_on;
	return starts_on === task.starts_on ? { due } : { due, starts_on };
}

/** All of it some days later, or earlier; undefined where it has no day. */
export function movedBy(task: Dated, days: number): TaskPatch | undefined {
	if (task.due) return dueOn(task, dayAfter(task.due.date, days));
	return task.starts_on ? { starts_on: dayAfter(task.starts_on, days) } : undefined;
}

/** Begins on that day, at the latest on the day on which it is due. */
export function startOn(task: Dated, date: string): TaskPatch {
	return { starts_on: task.due && date > task.due.date ? task.due.date : date };
}

/** Ends on that day, at the earliest on the day on which it begins; what begins on it stays. */
export function endOn(task: Dated, date: string): TaskPatch {
	const first = task.starts_on;
	return { due: { date: first && date < first ? first : date, time: task.due?.time ?? null } };
}

/** The first day of the week of a date, as the reader's calendar has it. */
export function weekOf(date: string, { firstWeekday }: Pick<TimeStyle, "firstWeekday">): string {
	const weekday = new Date(Date.parse(date)).getUTCDay() || 7;
	return dayAfter(date, -((weekday - firstWeekday + 7) % 7));
}

/** The weeks that a month touches, each as seven dates. */
export function weeksOfMonth(date: string, style: Pick<TimeStyle, "firstWeekday">): string[][] {
	const month = date.slice(0, 7);
	const weeks: string[][] = [];
	for (let day = weekOf(`${month}-01`, style); day.slice(0, 7) <= month; day = dayAfter(day, 7))
		weeks.push(daysFrom(day, 7));
	return weeks;
}

/** So many dates from one on. */
export const daysFrom = (date: string, count: number): string[] =>
	Array.from({ length: count }, (_, n) => dayAfter(date, n));

/** The same day of another month; where that one is shorter, its last. */
export function monthsAfter(date: string, months: number): string {
	const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
	const first = new Date(Date.UTC(year, month - 1 + months, 1));
	const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
	return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(day, last)))
		.toISOString()
		.slice(0, 10);
}

/** Why a person does not work on a date of their calendar. `week`: they never do on that day. Undefined: they work, or nobody knows. */
export type OffReason = { kind: "away" } | { kind: "holiday"; name: string } | { kind: "week" };

/** As far as it is known here: time off and holidays reach only some days ahead. */
export function offOn(time: Member["schedule"] | undefined, date: string): OffReason | undefined {
	if (!time?.zone || !time.week) return undefined;
	const midnight = Date.parse(date);
	const noon = midnight + 12 * 60 * MINUTE - offsetMinutes(midnight, time.zone) * MINUTE;
	const at = (from: string, until: string) => Date.parse(from) <= noon && noon < Date.parse(until);
	if (time.away && at(time.away.from, time.away.until)) return { kind: "away" };
	const holiday = time.holidays.find(({ from, until }) => at(from, until));
	if (holiday) return { kind: "holiday", name: holiday.name };
	const weekday = new Date(midnight).getUTCDay() || 7;
	return time.week[weekday - 1]?.length === 0 ? { kind: "week" } : undefined;
}
