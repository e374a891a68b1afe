/** The layout of a timeline, from days alone. */
import type { Id, Task } from "$data/types";
import type { TimeStyle } from "$design/time";
import { daysFrom, daysOf, monthsAfter, weekOf } from "./dates";
import { dayAfter, daysTo } from "./due";

/** How much is shown at once. */
export type Span = "week" | "month" | "quarter";

/** How many days each shows: whole weeks, with some room for what is near. */
const DAYS: Record<Span, number> = { week: 14, month: 42, quarter: 98 };
/** How many of them lie before the day that is asked for, in weeks. */
const BEFORE: Record<Span, number> = { week: 0, month: 1, quarter: 2 };
/** The least width of a day, in pixels: narrower, the timeline scrolls. */
const LEAST: Record<Span, number> = { week: 44, month: 17, quarter: 7 };

/** The days that are shown, and how wide each is. */
export interface Axis {
	from: string;
	days: number;
	/** Pixels. */
	day: number;
}

export function axisOf(span: Span, on: string, width: number, style: Pick<TimeStyle, "firstWeekday">): Axis {
	const from = dayAfter(weekOf(on, style), -7 * BEFORE[span]);
	return { from, days: DAYS[span], day: Math.max(LEAST[span], width / DAYS[span]) };
}

/** The day that the next stretch shows, or the one before. */
export function onwards(span: Span, on: string, steps: number): string {
	return span === "week" ? dayAfter(on, 7 * steps) : monthsAfter(on, (span === "month" ? 1 : 3) * steps);
}

/** What stands over the days: months, and weeks or days below them. `at`, `width`: pixels. */
export interface Tick {
	date: string;
	at: number;
	width: number;
}

export function months(axis: Axis): Tick[] {
	const ticks: Tick[] = [];
	for (const [n, date] of daysFrom(axis.from, axis.days).entries()) {
		const last = ticks.at(-1);
		if (last && last.date.slice(0, 7) === date.slice(0, 7)) last.width += axis.day;
		else ticks.push({ date, at: n * axis.day, width: axis.day });
	}
	return ticks;
}

export function ticks(axis: Axis, span: Span): Tick[] {
	const step = span === "week" ? 1 : 7;
	return daysFrom(axis.from, axis.days).flatMap((date, n) =>
		n % step === 0 ? [{ date, at: n * axis.day, width: axis.day * step }] : [],
	);
}

/** Where a task lies. Whoever has only one day is a point. `cutStart`, `cutEnd`: it goes on beyond what is shown. */
export interface Bar {
	at: number;
	width: number;
	point: boolean;
	cutStart: boolean;
	cutEnd: boolean;
}

/** Undefined: nothing of it lies in these days. */
export function barOf(task: Pick<Task, "due" | "starts_on">, axis: Axis): Bar | undefined {
	const days = daysOf(task);
	if (!days) return undefined;
	const first = daysTo(axis.from, days.from);
	const last = daysTo(axis.from, days.to);
	if (last < 0 || first >= axis.days) return undefined;
	const from = Math.max(0, first);
	const to = Math.min(axis.days - 1, last);
	return {
		at: from * axis.day,
		width: (to - from + 1) * axis.day,
		point: first === last,
		cutStart: first < 0,
		cutEnd: last >= axis.days,
	};
}

/** What lies in these days, the earliest first. */
export function inAxis<T extends Pick<Task, "id" | "due" | "starts_on">>(tasks: readonly T[], axis: Axis): T[] {
	const days = new Map(tasks.map((task) => [task.id, daysOf(task)]));
	const from = (task: T) => days.get(task.id)?.from ?? "";
	const to = (task: T) => days.get(task.id)?.to ?? "";
	const end = dayAfter(axis.from, axis.days);
	return tasks
		.filter((task) => from(task) !== "" && to(task) >= axis.from && from(task) < end)
		.sort((a, b) => (from(a) < from(b) ? -1 : from(a) > from(b) ? 1 : to(a) < to(b) ? -1 : to(a) > to(b) ? 1 : 0));
}

/**
 * The tasks of the critical chain, from the first to the last: each waits for the one before it, and the last is the one that is
 * due last of those in `shown`. Of several chains that lead there it is the longest; of those that are as long, the one that
 * begins first, and then the one whose tasks stand first in `tasks`. What is done holds nothing up, and what is not among
 * `tasks` (an ask, a person, what nobody here may see) is no part of it. Empty where the last one waits for no open task.
 */
export function criticalChain<T extends Pick<Task, "id" | "due" | "starts_on" | "done_at">>(
	tasks: readonly T[],
	shown: ReadonlySet<Id>,
	waitsFor: (task: Id) => readonly Id[],
): Id[] {
	const open = new Map(tasks.filter(({ done_at }) => done_at === null).map((task) => [task.id, task]));
	const place = new Map([...open.keys()].map((id, n) => [id, n]));
	const chains = new Map<Id, Chain>();
	/** The longest one that leads to that task. A task that waits for itself over others is passed over: it would never end. */
	const under = new Set<Id>();
	const chainTo = (id: Id): Chain => {
		const known = chains.get(id);
		if (known) return known;
		under.add(id);
		const before = waitsFor(id)
			.filter((other) => open.has(other) && !under.has(other))
			.map(chainTo)
			.sort((a, b) => inOrder(a, b, place))[0];
		under.delete(id);
		const chain = { ids: [...(before?.ids ?? []), id], from: before?.from ?? beginOf(open.get(id)) };
		chains.set(id, chain);
		return chain;
	};
	const dueOf = (task: T) => (shown.has(task.id) ? (task.due?.date ?? "") : "");
	const last = [...open.values()].reduce((latest, task) => (dueOf(task) > latest ? dueOf(task) : latest), "");
	if (last === "") return [];
	const longest = [...open.values()]
		.filter((task) => dueOf(task) === last)
		.map(({ id }) => chainTo(id))
		.sort((a, b) => inOrder(a, b, place))[0];
	return longest && longest.ids.length > 1 ? longest.ids : [];
}

interface Chain {
	ids: Id[];
	/** The day on which it begins; where nobody said one, after all days. */
	from: string;
}

const beginOf = (task: Pick<Task, "due" | "starts_on"> | undefined): string =>
	(task && daysOf(task)?.from) ?? "9999-12-31";

/** The longer one, then the earlier one, then as the tasks stand. */
function inOrder(a: Chain, b: Chain, place: ReadonlyMap<Id, number>): number {
	if (a.ids.length !== b.ids.length) return b.ids.length - a.ids.length;
	if (a.from !== b.from) return a.from < b.from ? -1 : 1;
	const at = a.ids.findIndex((id, n) => id !== b.ids[n]);
	return at < 0 ? 0 : (place.get(a.ids[at] ?? "") ?? 0) - (place.get(b.ids[at] ?? "") ?? 0);
}

/** A line from the end of what is waited for to the beginning of what waits. */
export interface Link {
	from: Id;
	to: Id;
	/** For an SVG path, in pixels. */
	path: string;
}

/** Pixels that a line leaves a bar before it turns. */
const OUT = 9;

/** The lines between rows of that height, of what is shown. */
export function linksOf(
	waits: ReadonlyMap<Id, readonly Id[]>,
	rows: ReadonlyMap<Id, { row: number; bar: Bar }>,
	height: number,
): Link[] {
	return [...waits].flatMap(([waiting, others]) => {
		const end = rows.get(waiting);
		if (!end) return [];
		return others.flatMap((other) => {
			const begin = rows.get(other);
			if (!begin) return [];
			const middle = ({ row }: { row: number }) => row * height + height / 2;
			return [
				{
					from: other,
					to: waiting,
					path: path(begin.bar.at + begin.bar.width, middle(begin), end.bar.at, middle(end)),
				},
			];
		});
	});
}

function path(x1: number, y1: number, x2: number, y2: number): string {
	const [a, b, c, d] = [x1, y1, x2, y2].map((number) => Math.round(number * 10) / 10) as [
		number,
		number,
		number,
		number,
	];
	if (c >= a + 2 * OUT) return `M${a} ${b}H${c - OUT}V${d}H${c}`;
	// It begins before the other ends: around, between the rows.
	const between = (b + d) / 2;
	return `M${a} ${b}h${OUT}V${between}H${c - OUT}V${d}H${c}`;
}
