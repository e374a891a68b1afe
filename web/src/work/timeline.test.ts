import { expect, test } from "vitest";
import type { Task } from "$data/types";
import { type Axis, axisOf, type Bar, barOf, criticalChain, inAxis, linksOf, months, onwards, ticks } from "./timeline";

const style = { firstWeekday: 1 } as const;
const task = (id: string, starts_on: string | null, end: string | null): Pick<Task, "id" | "due" | "starts_on"> => ({
	id,
	starts_on,
	due: end === null ? null : { date: end, time: null, zone: "UTC", at: `${end}T18:00:00Z` },
});
const axis: Axis = { from: "2026-11-30", days: 14, day: 10 };

test("an axis is whole weeks around the day, as wide as there is room and never too narrow", () => {
	expect(axisOf("week", "2026-12-03", 1400, style)).toEqual({ from: "2026-11-30", days: 14, day: 100 });
	expect(axisOf("month", "2026-12-03", 100, style)).toEqual({ from: "2026-11-23", days: 42, day: 17 });
	expect(axisOf("quarter", "2026-12-03", 980, style)).toEqual({ from: "2026-11-16", days: 98, day: 10 });
	expect(onwards("week", "2026-12-31", 1)).toBe("2027-01-07");
	expect(onwards("month", "2026-12-31", -1)).toBe("2026-11-30");
	expect(onwards("quarter", "2026-11-30", 1)).toBe("2027-02-28");
});

test("months and days stand over the days that they are", () => {
	expect(months(axis)).toEqual([
		{ date: "2026-11-30", at: 0, width: 10 },
		{ date: "2026-12-01", at: 10, width: 130 },
	]);
	expect(ticks(axis, "week")).toHaveLength(14);
	expect(ticks(axis, "month")).toEqual([
		{ date: "2026-11-30", at: 0, width: 70 },
		{ date: "2026-12-07", at: 70, width: 70 },
	]);
});

test("a bar covers its first and its last day, cut where it goes on", () => {
	expect(barOf(task("a", "2026-12-01", "2026-12-03"), axis)).toEqual({
		at: 10,
		width: 30,
		point: false,
		cutStart: false,
		cutEnd: false,
	});
	expect(barOf(task("a", null, "2026-12-03"), axis)).toMatchObject({ at: 30, width: 10, point: true });
	expect(barOf(task("a", "2026-11-01", "2027-01-01"), axis)).toEqual({
		at: 0,
		width: 140,
		point: false,
		cutStart: true,
		cutEnd: true,
	});
	expect(barOf(task("a", null, "2026-11-29"), axis)).toBeUndefined();
	expect(barOf(task("a", "2026-12-14", null), axis)).toBeUndefined();
	expect(barOf(task("a", null, null), axis)).toBeUndefined();
});

test("rows are what lies in these days, the earliest first", () => {
	const tasks = [
		task("late", "2026-12-10", "2026-12-12"),
		task("none", null, null),
		task("early", null, "2026-12-01"),
		task("over", "2026-10-01", "2027-10-01"),
		task("past", null, "2026-11-01"),
	];
	expect(inAxis(tasks, axis).map(({ id }) => id)).toEqual(["over", "early", "late"]);
});

test("a line goes from the end of what is waited for to what waits, around where that begins before", () => {
	const bar = (at: number, width: number): Bar => ({ at, width, point: false, cutStart: false, cutEnd: false });
	const rows = new Map([
		["a", { row: 0, bar: bar(0, 30) }],
		["b", { row: 2, bar: bar(60, 20) }],
		["c", { row: 1, bar: bar(10, 20) }],
	]);
	const waits = new Map([
		["b", ["a", "hidden"]],
		["c", ["a"]],
		["gone", ["a"]],
	]);
	expect(linksOf(waits, rows, 40)).toEqual([
		{ from: "a", to: "b", path: "M30 20H51V100H60" },
		{ from: "a", to: "c", path: "M30 20h9V40H1V60H10" },
	]);
});

type Waits = Record<string, readonly string[]>;
/** The chain of tasks that are due on that day of December; "-" is a task without one, "x" one that is done. */
function chainOf(tasks: Record<string, string>, waits: Waits, shown = Object.keys(tasks)) {
	const rows = Object.entries(tasks).map(([id, said]) => {
		const [from = "", to = ""] = said.replace("x", "").split(">");
		const date = (text: string) => (text === "-" || text === "" ? null : `2026-12-${text}`);
		return {
			...task(id, to ? date(from) : null, date(to || from)),
			done_at: said.startsWith("x") ? "2026-12-01T09:00:00Z" : null,
		};
	});
	return criticalChain(rows, new Set(shown), (id) => waits[id] ?? []).join(" ");
}

test.each<[string, string, Record<string, string>, Waits]>([
	["no task at all", "", {}, {}],
	["nothing waits", "", { a: "03", b: "09" }, {}],
	["nothing is due", "", { a: "-", b: "-" }, { b: ["a"] }],
	["one waits for another", "a b", { a: "03", b: "09" }, { b: ["a"] }],
	["the longest, however short its days", "a b c", { a: "07", b: "08", c: "09", d: "01" }, { c: ["b", "d"], b: ["a"] }],
	["what is in between may have no day", "a b c", { a: "03", b: "-", c: "09" }, { c: ["b"], b: ["a"] }],
	["what is done holds nothing up", "b c", { a: "x03", b: "05", c: "09" }, { c: ["b"], b: ["a"] }],
	["a done one in between ends it", "", { a: "03", b: "x05", c: "09" }, { c: ["b"], b: ["a"] }],
	["a done one that is due last is not the last", "a b", { a: "03", b: "05", c: "x09" }, { b: ["a"], c: ["b"] }],
	["what is due last waits for nothing", "", { a: "03", b: "05", c: "09" }, { b: ["a"] }],
	["of two that are due last, the longer chain", "a c", { a: "03", b: "09", c: "09" }, { c: ["a"] }],
	["as long: the one that begins first", "b c", { a: "04", b: "02>05", c: "09" }, { c: ["a", "b"] }],
	["as long and as early: as the tasks stand", "a c", { a: "04", b: "04", c: "09" }, { c: ["b", "a"] }],
	["an ask, a person and what nobody may see are no part", "", { a: "03" }, { a: ["ask_1", "mem_ana", "top_hidden"] }],
	["a ring ends", "b a", { a: "09", b: "03" }, { a: ["b"], b: ["a"] }],
])("critical chain: %s", (_, ids, tasks, waits) => expect(chainOf(tasks, waits)).toBe(ids));

test("the critical chain leads to what is due last of what is shown, from as far back as it goes", () => {
	const tasks = { before: "01", a: "03", b: "09", later: "24" };
	const waits = { later: ["b"], b: ["a"], a: ["before"] };
	expect(chainOf(tasks, waits)).toBe("before a b later");
	expect(chainOf(tasks, waits, ["a", "b"])).toBe("before a b");
});
