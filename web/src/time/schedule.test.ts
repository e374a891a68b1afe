import { describe, expect, it } from "vitest";
import type { Shifts, Week } from "$data/types";
import {
	commonShifts,
	copiedToAll,
	groupsOf,
	lengthOf,
	minutesOfWeek,
	NO_HOURS,
	nextShift,
	overnight,
	problemsOf,
	readTime,
	sameWeek,
	spansOfWeek,
	USUAL_WEEK,
	withDay,
} from "./schedule";

const on = (days: Record<number, Shifts>): Week => NO_HOURS.map((_, day) => days[day] ?? []) as Week;

describe("a time as people type it", () => {
	it.each([
		["9", "09:00"],
		["09:30", "09:30"],
		["930", "09:30"],
		["1730", "17:30"],
		["17.30", "17:30"],
		["17h30", "17:30"],
		["17h", "17:00"],
		["5 pm", "17:00"],
		["5:15 p.m.", "17:15"],
		["12 am", "00:00"],
		["12pm", "12:00"],
		["24:00", "24:00"],
		["９：３０", "09:30"],
	])("%s is %s", (text, time) => {
		expect(readTime(text)).toBe(time);
	});

	it.each(["", "noon", "25", "24:30", "9:60", "13 pm", "0 am", "9m", "-3", "9:3"])("%s is not a time", (text) => {
		expect(readTime(text)).toBeNull();
	});
});

describe("the length of a shift", () => {
	it("counts to the next day when it ends at or before its start", () => {
		expect(lengthOf(["22:00", "06:00"])).toBe(480);
		expect(lengthOf(["18:00", "24:00"])).toBe(360);
		expect(lengthOf(["18:00", "00:00"])).toBe(360);
		expect(lengthOf(["00:00", "24:00"])).toBe(1440);
		expect(lengthOf(["00:00", "00:00"])).toBe(1440);
	});

	it("is unknown when a time is not one", () => {
		expect(lengthOf(["", "06:00"])).toBeNull();
		expect(lengthOf(["09:00", "6"])).toBeNull();
		expect(lengthOf(["24:00", "06:00"])).toBeNull();
	});

	it("ends on the next day only past midnight", () => {
		expect(overnight(["22:00", "06:00"])).toBe(true);
		expect(overnight(["18:00", "00:00"])).toBe(false);
		expect(overnight(["18:00", "24:00"])).toBe(false);
		expect(overnight(["09:00", "17:00"])).toBe(false);
	});
});

describe("what is wrong with a week", () => {
	it("is nothing for usual, split and night hours", () => {
		expect(problemsOf(USUAL_WEEK)).toEqual([]);
		expect(problemsOf(NO_HOURS)).toEqual([]);
		expect(
			problemsOf(
				on({
					0: [
						["07:00", "11:00"],
						["16:00", "20:00"],
					],
					4: [["22:00", "06:00"]],
				}),
			),
		).toEqual([]);
	});

	it("names the field that is not a time", () => {
		const week = on({ 1: [["", "17:00"]], 2: [["09:00", "later"]], 3: [["24:00", "06:00"]] });
		expect(problemsOf(week)).toEqual([
			{ day: 1, index: 0, problem: "start" },
			{ day: 2, index: 0, problem: "end" },
			{ day: 3, index: 0, problem: "start" },
		]);
	});

	it("refuses the same time twice, and takes midnight to midnight as a whole day", () => {
		expect(problemsOf(on({ 0: [["09:00", "09:00"]] }))).toEqual([{ day: 0, index: 0, problem: "same" }]);
		expect(problemsOf(on({ 0: [["00:00", "00:00"]] }))).toEqual([]);
	});

	it("finds a shift that begins before another one ends, in whatever order they were typed", () => {
		expect(
			problemsOf(
				on({
					0: [
						["09:00", "13:00"],
						["12:30", "17:00"],
					],
				}),
			),
		).toEqual([{ day: 0, index: 1, problem: "overlap" }]);
		expect(
			problemsOf(
				on({
					0: [
						["12:30", "17:00"],
						["09:00", "13:00"],
					],
				}),
			),
		).toEqual([{ day: 0, index: 0, problem: "overlap" }]);
		expect(
			problemsOf(
				on({
					0: [
						["09:00", "13:00"],
						["13:00", "17:00"],
					],
				}),
			),
		).toEqual([]);
	});

	it("finds a night that reaches into the next morning, from Sunday into Monday as well", () => {
		expect(problemsOf(on({ 0: [["22:00", "07:00"]], 1: [["06:00", "12:00"]] }))).toEqual([
			{ day: 1, index: 0, problem: "overlap" },
		]);
		expect(problemsOf(on({ 6: [["22:00", "07:00"]], 0: [["06:00", "12:00"]] }))).toEqual([
			{ day: 0, index: 0, problem: "overlap" },
		]);
	});

	it("finds that one shift a week can not overlap itself", () => {
		expect(problemsOf(on({ 0: [["00:00", "24:00"]] }))).toEqual([]);
	});
});

describe("the drawing of a week", () => {
	it("puts what passes midnight on the next day", () => {
		const days = spansOfWeek(
			on({
				6: [["22:00", "06:00"]],
				2: [
					["09:00", "12:00"],
					["13:00", "17:30"],
				],
			}),
		);
		expect(days[6]).toEqual([[1320, 1440]]);
		expect(days[0]).toEqual([[0, 360]]);
		expect(days[2]).toEqual([
			[540, 720],
			[780, 1050],
		]);
	});

	it("joins what touches and leaves out what cannot be read", () => {
		expect(
			spansOfWeek(
				on({
					0: [
						["13:00", "17:00"],
						["09:00", "13:00"],
						["x", "18:00"],
					],
				}),
			)[0],
		).toEqual([[540, 1020]]);
	});

	it("ends at midnight without a trace on the next day", () => {
		const days = spansOfWeek(on({ 0: [["18:00", "24:00"]], 3: [["18:00", "00:00"]] }));
		expect(days[0]).toEqual([[1080, 1440]]);
		expect(days[1]).toEqual([]);
		expect(days[4]).toEqual([]);
	});
});

describe("editing", () => {
	it("knows whether all working days share their hours", () => {
		expect(commonShifts(USUAL_WEEK)).toEqual([["09:00", "17:00"]]);
		expect(commonShifts(withDay(USUAL_WEEK, 2, [["07:00", "13:00"]]))).toBeNull();
		expect(commonShifts(NO_HOURS)).toEqual([["09:00", "17:00"]]);
	});

	it("copies one day to all working days and leaves free days free", () => {
		const week = copiedToAll(withDay(USUAL_WEEK, 2, [["07:00", "13:00"]]), 2);
		expect(week.map((shifts) => shifts.length)).toEqual([1, 1, 1, 1, 1, 0, 0]);
		expect(week[4]).toEqual([["07:00", "13:00"]]);
		expect(sameWeek(week, USUAL_WEEK)).toBe(false);
	});

	it("offers a second shift after the first", () => {
		expect(nextShift([])).toEqual(["09:00", "17:00"]);
		expect(nextShift([["07:00", "11:00"]])).toEqual(["12:00", "16:00"]);
		expect(nextShift([["09:00", "19:30"]])).toEqual(["20:30", "00:00"]);
	});

	it("groups neighbours with the same hours in the reader's order", () => {
		const week = withDay(USUAL_WEEK, 2, [["07:00", "13:00"]]);
		expect(groupsOf(week, [0, 1, 2, 3, 4, 5, 6]).map((group) => group.days)).toEqual([[0, 1], [2], [3, 4]]);
		expect(groupsOf(USUAL_WEEK, [6, 0, 1, 2, 3, 4, 5]).map((group) => group.days)).toEqual([[0, 1, 2, 3, 4]]);
		const apart = on({ 0: [["09:00", "17:00"]], 2: [["09:00", "17:00"]] });
		expect(groupsOf(apart, [0, 1, 2, 3, 4, 5, 6]).map((group) => group.days)).toEqual([[0], [2]]);
	});

	it("counts the minutes of a week", () => {
		expect(minutesOfWeek(USUAL_WEEK)).toBe(5 * 480);
		expect(
			minutesOfWeek(
				on({
					0: [
						["22:00", "06:00"],
						["?", "1"],
					],
				}),
			),
		).toBe(480);
	});
});
