import { describe, expect, it } from "vitest";
import type { MemberTime } from "$data/types";
import { awayOn, axisOf, glyphOf, headcount, hoursOn, returnOf, spansOn, timeAt, windowsOf } from "./member-time";

const at = (text: string) => Date.parse(text);

function known(working: [string, string][], more: Partial<MemberTime> = {}): MemberTime {
	return {
		zone: "Europe/Lisbon",
		week: [[["09:00", "17:00"]], [], [], [], [], [], []],
		working,
		working_until: "2026-10-20T00:00:00Z",
		next_start: null,
		away: null,
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
			cover: "mem_1",
		});
		expect(timeAt(away, at("2026-10-16T00:00:00Z")).kind).toBe("off");
		expect(timeAt(away, at("2026-10-13T23:59:00Z")).kind).toBe("off");
	});
});

describe("coming back", () => {
	const away = { from: "2026-10-13T00:00:00Z", until: "2026-10-16T00:00:00Z", cover: null };

	it("is the first start after the time off, also beyond the intervals", () => {
		expect(returnOf(known([["2026-10-16T08:00:00Z", "2026-10-16T16:00:00Z"]], { away }))).toBe(
			at("2026-10-16T08:00:00Z"),
		);
		expect(returnOf(known([], { away, next_start: "2026-10-19T08:00:00Z" }))).toBe(at("2026-10-19T08:00:00Z"));
	});

	it("is the end of it in the middle of a shift, or where no start is known", () => {
		expect(returnOf(known([["2026-10-16T00:00:00Z", "2026-10-16T06:00:00Z"]], { away }))).toBe(
			at("2026-10-16T00:00:00Z"),
		);
		expect(returnOf(known([], { away, next_start: "2026-10-12T08:00:00Z" }))).toBe(at("2026-10-16T00:00:00Z"));
		expect(returnOf(known([]))).toBeNull();
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

	it("places working time of another zone, also over its ends", () => {
		const tokyo = known([["2026-10-14T00:30:00Z", "2026-10-14T09:30:00Z"]]);
		const axis = axisOf(at("2026-10-14T14:20:00Z"), "America/Bogota");
		expect(spansOn(tokyo, axis)).toEqual([[-270, 270]]);
		expect(spansOn(tokyo, axisOf(at("2026-10-14T14:20:00Z"), "America/Bogota", -1))).toEqual([[1170, 1710]]);
		expect(spansOn(tokyo, axisOf(at("2026-10-14T14:20:00Z"), "America/Bogota", 2))).toEqual([]);
	});

	it("places time off, cut to the day", () => {
		const away = known([], { away: { from: "2026-10-14T17:00:00Z", until: "2026-10-20T00:00:00Z", cover: null } });
		expect(awayOn(away, axisOf(at("2026-10-14T12:00:00Z"), "UTC"))).toEqual([1020, 1440]);
		expect(awayOn(away, axisOf(at("2026-10-13T12:00:00Z"), "UTC"))).toBeNull();
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

	it("finds the stretches in which most people work, and none of one person alone", () => {
		expect(windowsOf(people, axis)).toEqual([{ from: 600, to: 960, people: [0, 1] }]);
		expect(windowsOf(people.slice(1), axis)).toEqual([]);
	});
});
