import { describe, expect, it } from "vitest";
import { endOfWork, nextStart, spansOfDay, startOfDay, stateOf } from "./member-day";

/** Tuesday 14 October 2025, 09:20 in Bogotá, 23:20 in Tokyo. */
const now = Date.parse("2025-10-14T14:20:00Z");
const yuki = {
	zone: "Asia/Tokyo",
	away: null,
	working: [
		["2025-10-14T00:30:00Z", "2025-10-14T09:30:00Z"],
		["2025-10-15T00:30:00Z", "2025-10-15T09:30:00Z"],
	] as [string, string][],
};

describe("a person's day on my axis", () => {
	it("is cut to my today", () => {
		expect(spansOfDay(yuki, now, "America/Bogota")).toEqual([
			[0, 270],
			[1170, 1440],
		]);
		expect(startOfDay(now, "America/Bogota")).toBe(Date.parse("2025-10-14T05:00:00Z"));
	});

	it("knows off, working, away and unknown", () => {
		expect(stateOf(yuki, now)).toEqual({ kind: "off" });
		expect(stateOf(yuki, Date.parse("2025-10-14T05:00:00Z"))).toEqual({ kind: "working", progress: 0.5 });
		expect(stateOf({ ...yuki, zone: null, working: [] }, now)).toEqual({ kind: "unknown" });
		const away = { from: "2025-10-13T00:00:00Z", until: "2025-10-16T00:00:00Z", cover: null };
		expect(stateOf({ ...yuki, away }, now)).toEqual({ kind: "away" });
	});

	it("counts the shifts of one day together", () => {
		const split = {
			zone: "UTC",
			away: null,
			working: [
				["2025-10-14T08:00:00Z", "2025-10-14T12:00:00Z"],
				["2025-10-14T14:00:00Z", "2025-10-14T18:00:00Z"],
			] as [string, string][],
		};
		expect(stateOf(split, Date.parse("2025-10-14T16:00:00Z"))).toEqual({ kind: "working", progress: 0.75 });
	});

	it("knows when they end and next start", () => {
		expect(endOfWork(yuki, Date.parse("2025-10-14T05:00:00Z"))).toBe("2025-10-14T09:30:00Z");
		expect(endOfWork(yuki, now)).toBeNull();
		expect(nextStart(yuki, now)).toBe("2025-10-15T00:30:00Z");
		expect(nextStart({ working: [], next_start: "2025-11-03T00:30:00Z" }, now)).toBe("2025-11-03T00:30:00Z");
		expect(nextStart({ working: [] }, now)).toBeNull();
	});
});
