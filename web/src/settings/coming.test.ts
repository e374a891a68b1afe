import { describe, expect, it } from "vitest";
import type { TimeStyle } from "$design/time";
import { byDay, timesOf, usualTimes } from "./coming";

const style: TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
const coming = [
	"2026-11-25T21:30:00Z",
	"2026-11-26T14:00:00Z",
	"2026-11-26T18:00:00Z",
	"2026-11-27T04:00:00Z",
	"2026-11-27T14:00:00Z",
];
const NOW = Date.parse("2026-11-25T19:00:00Z");

describe("deliveries to come", () => {
	it("stand by day of the reader", () => {
		expect(byDay(coming, style).map(({ clocks }) => clocks)).toEqual([
			["16:30"],
			["09:00", "13:00", "23:00"],
			["09:00"],
		]);
	});

	it("show a usual day, not the rest of this one", () => {
		expect(usualTimes(coming, NOW, style)).toEqual(["09:00", "13:00", "23:00"]);
		expect(usualTimes(coming.slice(0, 1), NOW, style)).toEqual(["16:30"]);
		expect(usualTimes([], NOW, style)).toEqual([]);
	});
});

describe("times that a person chose", () => {
	it("are kept in order", () => {
		expect(timesOf(["16:30", "09:00"])).toEqual(["09:00", "16:30"]);
	});

	it("wait while they are wrong", () => {
		for (const wrong of [
			[],
			["9"],
			["24:00"],
			["09:00", "09:00"],
			["09:00", ""],
			["01:00", "02:00", "03:00", "04:00", "05:00", "06:00", "07:00"],
		])
			expect(timesOf(wrong)).toBeNull();
	});
});
