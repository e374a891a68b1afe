import { describe, expect, test } from "vitest";
import type { Member, Task } from "$data/types";
import { daysOf, dueOn, endOn, monthsAfter, movedBy, offOn, startOn, weekOf, weeksOfMonth } from "./dates";

const due = (date: string, time: string | null = null) => ({ date, time, zone: "Asia/Tokyo", at: `${date}T09:00:00Z` });
const task = (
	starts_on: string | null,
	end: string | null,
	time: string | null = null,
): Pick<Task, "due" | "starts_on"> => ({
	starts_on,
	due: end === null ? null : due(end, time),
});

test("a task lies from its start to when it is due, or on the one day that it has", () => {
	expect(daysOf(task("2026-12-01", "2026-12-04"))).toEqual({ from: "2026-12-01", to: "2026-12-04" });
	expect(daysOf(task(null, "2026-12-04"))).toEqual({ from: "2026-12-04", to: "2026-12-04" });
	expect(daysOf(task("2026-12-01", null))).toEqual({ from: "2026-12-01", to: "2026-12-01" });
	expect(daysOf(task(null, null))).toBeNull();
});

describe("moving", () => {
	test("to another day keeps the time of the day and the length", () => {
		expect(dueOn(task("2026-12-01", "2026-12-04", "15:30"), "2026-12-11")).toEqual({
			due: { date: "2026-12-11", time: "15:30" },
			starts_on: "2026-12-08",
		});
		expect(dueOn(task(null, "2026-12-04", "15:30"), "2027-01-01")).toEqual({
			due: { date: "2027-01-01", time: "15:30" },
		});
	});
	test("what had no end begins at the latest on that day", () => {
		expect(dueOn(task("2026-12-09", null), "2026-12-04")).toEqual({
			due: { date: "2026-12-04", time: null },
			starts_on: "2026-12-04",
		});
		expect(dueOn(task("2026-12-01", null), "2026-12-04")).toEqual({ due: { date: "2026-12-04", time: null } });
	});
	test("by days, across the end of a month and of February", () => {
		expect(movedBy(task("2028-02-28", "2028-02-29"), 1)).toEqual({
			due: { date: "2028-03-01", time: null },
			starts_on: "2028-02-29",
		});
		expect(movedBy(task("2026-12-31", null), 1)).toEqual({ starts_on: "2027-01-01" });
		expect(movedBy(task(null, null), 1)).toBeUndefined();
	});
	test("of one end never passes the other", () => {
		expect(startOn(task("2026-12-01", "2026-12-04"), "2026-12-09")).toEqual({ starts_on: "2026-12-04" });
		expect(endOn(task("2026-12-01", "2026-12-04", "09:00"), "2026-11-20")).toEqual({
			due: { date: "2026-12-01", time: "09:00" },
		});
		expect(endOn(task(null, "2026-12-04"), "2026-11-20")).toEqual({ due: { date: "2026-11-20", time: null } });
	});
});

test("weeks begin as the reader's calendar says", () => {
	expect(weekOf("2026-12-06", { firstWeekday: 1 })).toBe("2026-11-30");
	expect(weekOf("2026-12-06", { firstWeekday: 7 })).toBe("2026-12-06");
	const december = weeksOfMonth("2026-12-17", { firstWeekday: 1 });
	expect(december.map(([first]) => first)).toEqual([
		"2026-11-30",
		"2026-12-07",
		"2026-12-14",
		"2026-12-21",
		"2026-12-28",
	]);
	expect(december.at(-1)?.at(-1)).toBe("2027-01-03");
	expect(weeksOfMonth("2026-02-10", { firstWeekday: 7 })).toHaveLength(4);
});

test("a month further is the same day, or the last that there is", () => {
	expect(monthsAfter("2026-12-31", 1)).toBe("2027-01-31");
	expect(monthsAfter("2027-01-31", 1)).toBe("2027-02-28");
	expect(monthsAfter("2027-01-15", -3)).toBe("2026-10-15");
});

describe("days off", () => {
	const day: [string, string][] = [["09:00", "17:00"]];
	const tokyo = {
		zone: "Asia/Tokyo",
		week: [day, day, day, day, day, [], []],
		away: { from: "2026-12-06T15:00:00Z", until: "2026-12-08T15:00:00Z", cover: null },
		holidays: [{ from: "2026-12-10T15:00:00Z", until: "2026-12-11T15:00:00Z", name: "Some day" }],
	} as unknown as Member["schedule"];

	test("are those of the owner's own calendar", () => {
		expect(offOn(tokyo, "2026-12-04")).toBeUndefined();
		expect(offOn(tokyo, "2026-12-05")).toEqual({ kind: "week" });
		// In Tokyo the time off begins on Monday, though it is Sunday in London.
		expect(offOn(tokyo, "2026-12-07")).toEqual({ kind: "away" });
		expect(offOn(tokyo, "2026-12-09")).toBeUndefined();
		expect(offOn(tokyo, "2026-12-11")).toEqual({ kind: "holiday", name: "Some day" });
	});
	test("are not known of whom nobody knows the hours", () => {
		expect(offOn({ ...tokyo, week: null }, "2026-12-05")).toBeUndefined();
		expect(offOn(undefined, "2026-12-05")).toBeUndefined();
	});
});
