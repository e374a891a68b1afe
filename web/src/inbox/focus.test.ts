import { expect, test } from "vitest";
import * as make from "$data/testing/rows";
import { focusEnds } from "./focus";

const time = make.unknownTime({
	zone: "America/Bogota",
	week: [[], [], [], [], [], [], []],
	working: [
		["2026-11-25T14:00:00Z", "2026-11-25T17:30:00Z"],
		["2026-11-25T18:30:00Z", "2026-11-25T22:30:00Z"],
	],
	working_until: "2026-11-28T14:00:00Z",
});
const at = (clock: string, now: string) =>
	focusEnds(clock ? time : make.unknownTime(), Date.parse(now)).map((end) => new Date(end).toISOString().slice(11, 16));

test("an hour, two, the pause, the end of the day, in whole steps", () => {
	expect(at("known", "2026-11-25T15:22:00Z")).toEqual(["16:25", "17:25", "17:30", "22:30"]);
	expect(at("known", "2026-11-25T15:30:00Z")).toEqual(["16:30", "17:30", "22:30"]);
});

test("what ends at once is not offered", () => {
	expect(at("known", "2026-11-25T17:20:00Z")).toEqual(["18:20", "19:20", "22:30"]);
});

test("outside of working time and without hours, an hour or two", () => {
	expect(at("known", "2026-11-26T01:00:00Z")).toEqual(["02:00", "03:00"]);
	expect(at("", "2026-11-25T15:22:00Z")).toEqual(["16:25", "17:25"]);
});
