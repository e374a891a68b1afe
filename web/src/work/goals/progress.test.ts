import { expect, test } from "vitest";
import type { KeyResult } from "$data/index";
import { isLineDue, monthBeside, partOf, progress } from "./progress";

const number = (from: number, to: number, value: number): KeyResult => ({
	id: "krs_1",
	name: "Sign-in",
	kind: "number",
	unit: "s",
	from,
	to,
	value,
	done_at: null,
});
const counts = { deliverables: 0, accepted: 0, tasks: 0, done: 0 };

test("a number goes either way and no further than its end", () => {
	expect(partOf(number(0, 10, 5))).toBe(0.5);
	expect(partOf(number(45, 20, 20))).toBe(1);
	expect(partOf(number(45, 20, 18))).toBe(1);
	expect(partOf(number(45, 20, 60))).toBe(0);
});

test("a goal is told by its results, else by what was accepted, else by what is done", () => {
	const open = { state: "open" as const, results: [] };
	expect(progress({ ...open, results: [number(0, 10, 5), number(0, 10, 10)] }, counts)).toBe(0.75);
	expect(progress(open, { ...counts, deliverables: 4, accepted: 1, tasks: 9, done: 9 })).toBe(0.25);
	expect(progress(open, { ...counts, tasks: 4, done: 3 })).toBe(0.75);
	expect(progress(open, counts)).toBeNull();
	expect(progress({ ...open, state: "reached" }, counts)).toBe(1);
});

test("a line is of its week", () => {
	const now = Date.parse("2026-11-23T09:00:00Z");
	const line = (at: string) => ({ state: "open" as const, line: { text: "", by: "mem_1", at } });
	expect(isLineDue(line("2026-11-20T09:00:00Z"), now)).toBe(false);
	expect(isLineDue(line("2026-11-16T09:00:00Z"), now)).toBe(true);
	expect(isLineDue({ state: "open", line: null }, now)).toBe(true);
	expect(isLineDue({ state: "dropped", line: null }, now)).toBe(false);
});

test("months follow each other over the year", () => {
	expect(monthBeside("2026-12", 1)).toBe("2027-01");
	expect(monthBeside("2026-01", -1)).toBe("2025-12");
	expect(monthBeside("2026-10", 1)).toBe("2026-11");
});
