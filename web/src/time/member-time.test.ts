import { describe, expect, it } from "vitest";
import type { MemberTime } from "$data/types";
import { daysOn, hoursOn, hoursThere, usualDaysOn, weekOf } from "./axis";
import { headcount, Workforce, windowsOf } from "./headcount";
import { axisOf, backAfter, focusOn, glyphOf, offOn, spansOn, timeAt } from "./member-time";

const at = (text: string) => Date.parse(text);

function known(working: [string, string][], more: Partial<MemberTime> = {}): MemberTime {
	return {
		zone: "Europe/Lisbon",
		week: [[["09:00", "17:00"]], [], [], [], [], [], []],
		working,
		working_until: "2026-10-20T00:00:00Z",
		next_start: null,
		away: null,
		focus: [],
		holidays: [],
		clock_change: null,
		home: null,
		...more,
	};
}

describe("a person's time", () => {
	const split = known([
		["2026-10-14T08:00:00Z", "2026-10-14T12:00:00Z"],
		["2026-10-14T15:00:00Z", "2026-10-14T19:00:00Z"],
		["2026-10-15T08:00:00Z", "2026-10-15T12:00:00Z"],
	]);

	it("is working until the end of the stretch, with the part of the day that is done", () => {
		expect(timeAt(split, at("2026-10-14T10:00:00Z"))).toEqual({
			kind: "working",
			until: at("2026-10-14T12:00:00Z"),
			progress: 0.25,
			focusUntil: null,
		});
		expect(timeAt(split, at("2026-10-14T17:00:00Z"))).toMatchObject({ progress: 0.75 });
	});

	it("is off at the very end, until the next start", () => {
		expect(timeAt(split, at("2026-10-14T12:00:00Z"))).toEqual({ kind: "off", next: at("2026-10-14T15:00:00Z") });
		expect(timeAt(split, at("2026-10-14T19:30:00Z"))).toEqual({ kind: "off", next: at("2026-10-15T08:00:00Z") });
	});

	it("names a start beyond the intervals when the server did", () => {
		const far = known([], { next_start: "2026-11-02T09:00:00Z" });
		expect(timeAt(far, at("2026-10-14T12:00:00Z"))).toEqual({ kind: "off", next: at("2026-11-02T09:00:00Z") });
		expect(timeAt(known([]), at("2026-10-14T12:00:00Z"))).toEqual({ kind: "off", next: null });
	});

	it("makes one stretch of two that touch", () => {
		const touching = known([
			["2026-10-14T08:00:00Z", "2026-10-14T12:00:00Z"],
			["2026-10-14T12:00:00Z", "2026-10-14T16:00:00Z"],
		]);
		expect(timeAt(touching, at("2026-10-14T09:00:00Z"))).toMatchObject({ until: at("2026-10-14T16:00:00Z") });
	});

	it("is unknown without hours and past what is known, never off", () => {
		expect(timeAt(known([], { zone: null, week: null, working_until: null }), at("2026-10-14T12:00:00Z"))).toEqual({
			kind: "unknown",
		});
		expect(timeAt(split, at("2026-10-21T10:00:00Z"))).toEqual({ kind: "unknown" });
		expect(glyphOf({ kind: "unknown" })).toEqual({ kind: "unknown" });
	});

	it("is away inside time off only", () => {
		const away = known([], { away: { from: "2026-10-14T00:00:00Z", until: "2026-10-16T00:00:00Z", cover: "mem_1" } });
		expect(timeAt(away, at("2026-10-15T10:00:00Z"))).toEqual({
			kind: "away",
			until: at("2026-10-16T00:00:00Z"),
			back: at("2026-10-16T00:00:00Z"),
			cover: "mem_1",
		});
		expect(timeAt(away, at("2026-10-16T00:00:00Z")).kind).toBe("off");
		expect(timeAt(away, at("2026-10-13T23:59:00Z")).kind).toBe("off");
	});
});

describe("focus and holidays", () => {
	const day = known([["2026-10-14T08:00:00Z", "2026-10-14T16:00:00Z"]], {
		focus: [["2026-10-14T09:00:00Z", "2026-10-14T11:00:00Z"]],
		holidays: [{ from: "2026-10-14T23:00:00Z", until: "2026-10-15T23:00:00Z", name: "Liberation Day" }],
		next_start: "2026-10-16T08:00:00Z",
	});

	it("counts focus as working time", () => {
		expect(timeAt(day, at("2026-10-14T10:00:00Z"))).toMatchObject({
			kind: "working",
			focusUntil: at("2026-10-14T11:00:00Z"),
		});
		expect(timeAt(day, at("2026-10-14T11:00:00Z"))).toMatchObject({ kind: "working", focusUntil: null });
		expect(focusOn(day, axisOf(at("2026-10-14T12:00:00Z"), "UTC"))).toEqual([[540, 660]]);
	});

	it("names a holiday and when they work again", () => {
		expect(timeAt(day, at("2026-10-15T12:00:00Z"))).toEqual({
			kind: "holiday",
			name: "Liberation Day",
			next: at("2026-10-16T08:00:00Z"),
		});
		expect(glyphOf(timeAt(day, at("2026-10-15T12:00:00Z")))).toEqual({ kind: "away" });
		expect(offOn(day, axisOf(at("2026-10-15T12:00:00Z"), "UTC"))).toEqual([
			{ span: [0, 1380], name: "Liberation Day", until: at("2026-10-15T23:00:00Z") },
		]);
	});

	it("reads rows of an older client, which know neither", () => {
		const { focus: _, holidays: __, ...old } = day;
		expect(timeAt(old as MemberTime, at("2026-10-14T10:00:00Z"))).toMatchObject({ kind: "working", focusUntil: null });
	});
});

describe("coming back", () => {
	const until = at("2026-10-16T00:00:00Z");

	it("is the first start after the time off, also beyond the intervals", () => {
		expect(backAfter(known([["2026-10-16T08:00:00Z", "2026-10-16T16:00:00Z"]]), until)).toBe(
			at("2026-10-16T08:00:00Z"),
		);
		expect(backAfter(known([], { next_start: "2026-10-19T08:00:00Z" }), until)).toBe(at("2026-10-19T08:00:00Z"));
	});

	it("is the end of it in the middle of a shift, or where no start is known", () => {
		expect(backAfter(known([["2026-10-16T00:00:00Z", "2026-10-16T06:00:00Z"]]), until)).toBe(until);
		expect(backAfter(known([], { next_start: "2026-10-12T08:00:00Z" }), until)).toBe(until);
	});
});

describe("a week as an axis", () => {
	it("begins on the reader's first weekday", () => {
		const wednesday = at("2026-10-14T12:00:00Z");
		expect(weekOf(wednesday, "UTC", 1)).toMatchObject({ start: at("2026-10-12T00:00:00Z"), length: 7 * 1440 });
		expect(weekOf(wednesday, "UTC", 7).start).toBe(at("2026-10-11T00:00:00Z"));
		expect(weekOf(at("2026-10-11T12:00:00Z"), "UTC", 1).start).toBe(at("2026-10-05T00:00:00Z"));
	});

	it("has the days where midnight is, also when the clock changes", () => {
		const week = weekOf(at("2026-10-25T12:00:00Z"), "Europe/Lisbon", 6);
		expect(week.length).toBe(7 * 1440 + 60);
		expect(daysOn(week).map(({ minute }) => minute)).toEqual([0, 1440, 2940, 4380, 5820, 7260, 8700]);
	});
});

describe("a day as an axis", () => {
	it("begins and ends at midnight of the zone", () => {
		const axis = axisOf(at("2026-10-14T14:20:00Z"), "America/Bogota");
		expect(axis).toEqual({
			zone: "America/Bogota",
			start: at("2026-10-14T05:00:00Z"),
			end: at("2026-10-15T05:00:00Z"),
			length: 1440,
		});
		expect(axisOf(at("2026-10-14T02:00:00Z"), "America/Bogota", 1).start).toBe(at("2026-10-14T05:00:00Z"));
	});

	it("has 23 and 25 hours where the clock changes", () => {
		expect(axisOf(at("2026-03-29T12:00:00Z"), "Europe/Lisbon").length).toBe(23 * 60);
		expect(axisOf(at("2026-10-25T12:00:00Z"), "Europe/Lisbon").length).toBe(25 * 60);
		expect(axisOf(at("2026-10-24T12:00:00Z"), "Europe/Lisbon", 1).length).toBe(25 * 60);
	});

	it("shows the hours where the clock shows them", () => {
		expect(hoursOn(axisOf(at("2026-10-14T12:00:00Z"), "Europe/Lisbon"), 6).map(({ minute }) => minute)).toEqual([
			0, 360, 720, 1080, 1440,
		]);
		expect(hoursOn(axisOf(at("2026-10-25T12:00:00Z"), "Europe/Lisbon"), 12).map(({ minute }) => minute)).toEqual([
			0, 780, 1500,
		]);
	});

	it("shows where the clock of another zone has its hours", () => {
		const axis = axisOf(at("2026-10-14T14:20:00Z"), "America/Bogota");
		expect(hoursThere(axis, "Asia/Kolkata", 6)).toEqual([
			{ hour: 12, minute: 90 },
			{ hour: 18, minute: 450 },
			{ hour: 0, minute: 810 },
			{ hour: 6, minute: 1170 },
		]);
	});

	it("assumes usual hours on working days of the zone", () => {
		const friday = axisOf(at("2026-10-16T14:20:00Z"), "America/Bogota");
		expect(usualDaysOn(friday, "Asia/Tokyo", 9, 18)).toEqual([[-300, 240]]);
		expect(usualDaysOn(friday, "Europe/Lisbon", 9, 18)).toEqual([[180, 720]]);
		expect(usualDaysOn(axisOf(at("2026-10-17T14:20:00Z"), "America/Bogota"), "Europe/Lisbon", 9, 18)).toEqual([]);
	});

	it("places working time of another zone, also over its ends", () => {
		const tokyo = known([["2026-10-14T00:30:00Z", "2026-10-14T09:30:00Z"]]);
		const axis = axisOf(at("2026-10-14T14:20:00Z"), "America/Bogota");
		expect(spansOn(tokyo, axis)).toEqual([[-270, 270]]);
		expect(spansOn(tokyo, axisOf(at("2026-10-14T14:20:00Z"), "America/Bogota", -1))).toEqual([[1170, 1710]]);
		expect(spansOn(tokyo, axisOf(at("2026-10-14T14:20:00Z"), "America/Bogota", 2))).toEqual([]);
	});

	it("places time off, cut to the day", () => {
		const away = known([], { away: { from: "2026-10-14T17:00:00Z", until: "2026-10-20T00:00:00Z", cover: null } });
		expect(offOn(away, axisOf(at("2026-10-14T12:00:00Z"), "UTC"))).toEqual([
			{ span: [1020, 1440], name: null, until: at("2026-10-20T00:00:00Z") },
		]);
		expect(offOn(away, axisOf(at("2026-10-13T12:00:00Z"), "UTC"))).toEqual([]);
	});
});

describe("common hours", () => {
	const axis = axisOf(at("2026-10-14T12:00:00Z"), "UTC");
	const people = [
		known([["2026-10-14T08:00:00Z", "2026-10-14T16:00:00Z"]]),
		known([["2026-10-14T10:00:00Z", "2026-10-14T18:00:00Z"]]),
		known([["2026-10-14T20:00:00Z", "2026-10-14T23:00:00Z"]]),
	];

	it("counts who works the whole of each half hour", () => {
		const counts = headcount(people, axis);
		expect(counts).toHaveLength(48);
		expect(counts.map(({ count }) => count).slice(15, 22)).toEqual([0, 1, 1, 1, 1, 2, 2]);
		expect(counts[41]?.count).toBe(1);
	});

	it("counts them at any instant, and where the number changes", () => {
		const force = new Workforce(people, axis);
		expect(force.at(at("2026-10-14T07:59:00Z"))).toBe(0);
		expect(force.at(at("2026-10-14T10:00:00Z"))).toBe(2);
		expect(force.at(at("2026-10-14T16:00:00Z"))).toBe(1);
		expect(force.at(at("2026-10-14T23:30:00Z"))).toBe(0);
		expect(force.on(axis)).toEqual([
			{ from: 480, to: 600, count: 1 },
			{ from: 600, to: 960, count: 2 },
			{ from: 960, to: 1080, count: 1 },
			{ from: 1200, to: 1380, count: 1 },
		]);
	});

	it("finds the stretches in which most people work, and none of one person alone", () => {
		expect(windowsOf(people, axis)).toEqual([{ from: 600, to: 960, people: [0, 1] }]);
		expect(windowsOf(people.slice(1), axis)).toEqual([]);
	});
});
