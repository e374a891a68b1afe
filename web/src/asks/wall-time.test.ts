import { expect, it } from "vitest";
import { fromWall, toWall } from "./wall-time";

it.each([
	["2026-11-25T12:00", "America/Bogota", "2026-11-25T17:00:00.000Z"],
	["2026-11-25T12:00", "Asia/Kolkata", "2026-11-25T06:30:00.000Z"],
	["2026-07-01T09:00", "Europe/Lisbon", "2026-07-01T08:00:00.000Z"],
	// The night in which summer time ends: 03:00 comes once.
	["2026-10-25T04:00", "Europe/Warsaw", "2026-10-25T03:00:00.000Z"],
	// The hour that is left out in spring: the time after it.
	["2026-03-29T02:30", "Europe/Warsaw", "2026-03-29T01:30:00.000Z"],
])("%s in %s is %s", (local, zone, at) => {
	expect(fromWall(local, zone)).toBe(at);
});

it("goes both ways", () => {
	expect(toWall("2026-11-25T17:00:00Z", "America/Bogota")).toBe("2026-11-25T12:00");
	expect(fromWall("", "UTC")).toBeNull();
	expect(fromWall("tomorrow", "UTC")).toBeNull();
});
