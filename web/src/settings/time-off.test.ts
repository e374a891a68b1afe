import { describe, expect, it } from "vitest";
import type { TimeOff } from "$data/index";
import type { TimeStyle } from "$design/time";
import { middleSquare } from "./picture";
import { daysOf, problemOf, spanOf, wallTimes, withCalls, writtenOf } from "./time-off";

const style: TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
const written = { whole: true, firstDay: "2026-12-21", lastDay: "2026-12-25", from: "", to: "" };

describe("what a person writes", () => {
	it("is whole days with the last one inside", () => {
		expect(wallTimes(written)).toEqual({ from: "2026-12-21T00:00", to: "2026-12-26T00:00" });
		expect(wallTimes({ ...written, lastDay: "2026-12-21" })).toEqual({
			from: "2026-12-21T00:00",
			to: "2026-12-22T00:00",
		});
		expect(wallTimes({ ...written, firstDay: "2026-12-31", lastDay: "2026-12-31" })?.to).toBe("2027-01-01T00:00");
	});

	it("is nothing yet while it is missing or upside down", () => {
		expect(wallTimes({ ...written, lastDay: "" })).toBeNull();
		expect(wallTimes({ ...written, lastDay: "2026-12-20" })).toBeNull();
		expect(wallTimes({ ...written, whole: false, from: "2026-12-21T09:00", to: "2026-12-21T09:00" })).toBeNull();
		expect(wallTimes({ ...written, whole: false, from: "", to: "2026-12-21T09:00" })).toBeNull();
	});

	it("is held against what the server takes, before it is sent", () => {
		const times = { ...written, whole: false, from: "2026-12-21T09:00" };
		expect(problemOf(written, "", [])).toBeNull();
		expect(problemOf({ ...written, firstDay: "" }, "", [])).toBe("times");
		expect(problemOf({ ...times, to: "2028-12-21T09:00" }, "", [])).toBeNull();
		expect(problemOf({ ...times, to: "2028-12-21T09:01" }, "", [])).toBe("long");
		expect(problemOf(written, "é".repeat(250), [])).toBeNull();
		expect(problemOf(written, "é".repeat(251), [])).toBe("note");
		expect(problemOf(written, "", [{ from: "2026-12-21T00:00", to: "2026-12-26T00:00" }])).toBe("twice");
		expect(problemOf(written, "", [{ from: "2026-12-21T00:00", to: "2026-12-25T00:00" }])).toBeNull();
	});

	it("comes back the same when it is edited", () => {
		expect(writtenOf({ from: "2026-12-21T00:00", to: "2026-12-26T00:00" })).toMatchObject({
			whole: true,
			firstDay: "2026-12-21",
			lastDay: "2026-12-25",
		});
		expect(writtenOf({ from: "2026-12-21T09:00", to: "2026-12-21T12:30" })).toMatchObject({
			whole: false,
			from: "2026-12-21T09:00",
			to: "2026-12-21T12:30",
		});
	});
});

describe("in words", () => {
	it("names days, and times where they matter, by the wall of the person", () => {
		expect(spanOf({ from: "2026-12-21T00:00", to: "2026-12-26T00:00" }, style)).toBe("Mon 21 Dec to Fri 25 Dec");
		expect(spanOf({ from: "2026-12-21T00:00", to: "2026-12-22T00:00" }, style)).toBe("Mon 21 Dec");
		expect(spanOf({ from: "2026-12-21T09:00", to: "2026-12-21T12:30" }, style)).toBe("Mon 21 Dec, 09:00 to 12:30");
		expect(spanOf({ from: "2026-12-21T12:00", to: "2026-12-23T09:00" }, style)).toBe(
			"Mon 21 Dec, 12:00 to Wed 23 Dec, 09:00",
		);
	});

	it("counts calendar days", () => {
		expect(daysOf({ from: "2026-12-21T00:00", to: "2026-12-26T00:00" })).toBe(5);
	});
});

describe("what waits to be sent", () => {
	const off = (id: string, from: string): TimeOff => ({
		id,
		member: "mem_1",
		from,
		to: "2027-01-01T00:00",
		cover: null,
		note: null,
	});

	it("is shown over what the server has, in order", () => {
		const items = withCalls(
			[off("off_a", "2026-12-21T00:00"), off("off_b", "2026-12-23T00:00")],
			[
				{
					name: "time_off.add",
					args: { id: "off_c", member: "mem_1", from: "2026-12-01T00:00", to: "2026-12-02T00:00" },
				},
				{ name: "time_off.patch", args: { id: "off_b", member: "mem_1", cover: "mem_2" } },
				{ name: "time_off.remove", args: { id: "off_a", member: "mem_1" } },
			],
		);
		expect(items.map(({ id, cover }) => [id, cover])).toEqual([
			["off_c", null],
			["off_b", "mem_2"],
		]);
	});

	it("changes nothing the second time", () => {
		const once = withCalls(
			[off("off_a", "2026-12-21T00:00")],
			[{ name: "time_off.patch", args: { id: "off_a", member: "mem_1", cover: null } }],
		);
		expect(withCalls(once, [{ name: "time_off.remove", args: { id: "off_z", member: "mem_1" } }])).toEqual(once);
	});
});

describe("a photo", () => {
	it("keeps its middle", () => {
		expect(middleSquare(400, 300)).toEqual({ x: 50, y: 0, side: 300 });
		expect(middleSquare(301, 600)).toEqual({ x: 0, y: 150, side: 301 });
	});
});
