import { describe, expect, it } from "vitest";
import type { MemberTime } from "$data/index";
import { nextCommon } from "./common";

const NOW = Date.parse("2026-11-25T10:00:00Z");

function works(...working: [string, string][]): MemberTime {
	const day = "2026-11-25T";
	return {
		zone: "UTC",
		week: [[], [], [], [], [], [], []],
		working: working.map(([start, end]) => [
			`${start.length > 5 ? start : day + start}:00Z`,
			`${end.length > 5 ? end : day + end}:00Z`,
		]),
		working_until: "2026-11-28T10:00:00Z",
		next_start: null,
		away: null,
		focus: [],
		holidays: [],
		clock_change: null,
		home: null,
	};
}

describe("the next common hour", () => {
	it("is where everybody works, from now on", () => {
		const common = nextCommon([works(["08:00", "16:00"]), works(["09:00", "12:00"])], NOW, "UTC");
		expect(common).toEqual({ from: NOW, to: Date.parse("2026-11-25T12:00:00Z") });
	});

	it("is not what is left of less than an hour", () => {
		const people = [
			works(["08:00", "10:40"], ["2026-11-26T08:00", "2026-11-26T10:00"]),
			works(["08:00", "18:00"], ["2026-11-26T09:00", "2026-11-26T11:00"]),
		];
		expect(nextCommon(people, NOW, "UTC")).toEqual({
			from: Date.parse("2026-11-26T09:00:00Z"),
			to: Date.parse("2026-11-26T10:00:00Z"),
		});
	});

	it("is not there when two never meet, or when there is only one", () => {
		expect(nextCommon([works(["08:00", "12:00"]), works(["13:00", "18:00"])], NOW, "UTC")).toBeNull();
		expect(nextCommon([works(["08:00", "18:00"])], NOW, "UTC")).toBeNull();
	});
});
