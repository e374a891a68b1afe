import { describe, expect, it } from "vitest";
import { dayState, glyphPath, onAxis, pointOnAxis } from "./day";

describe("the day glyph", () => {
	it("is a full disc when the day starts: the half ellipse turns outwards", () => {
		expect(glyphPath(6, 0, 8)).toBe("M8 2A6 6 0 0 1 8 14A6 6 0 0 1 8 2Z");
	});

	it("is a half disc in the middle of the day", () => {
		expect(glyphPath(6, 0.5, 8)).toBe("M8 2A6 6 0 0 1 8 14A0 6 0 0 0 8 2Z");
	});

	it("is a crescent near the end, and never thinner than 0.8", () => {
		const thin = "M8 2.1A5.9 5.9 0 0 1 8 13.9A3.54 5.9 0 0 0 8 2.1Z";
		expect(glyphPath(5.9, 0.8, 8)).toBe(thin);
		expect(glyphPath(5.9, 1, 8)).toBe(thin);
	});

	it("draws a day before its start as its start", () => {
		expect(glyphPath(6, -1, 8)).toBe(glyphPath(6, 0, 8));
	});
});

describe("the state of a day", () => {
	it("is off without hours, before them, in a pause and at the exact end", () => {
		expect(dayState([], 600)).toEqual({ kind: "off" });
		expect(dayState([[540, 1080]], 539)).toEqual({ kind: "off" });
		expect(
			dayState(
				[
					[540, 780],
					[840, 1080],
				],
				800,
			),
		).toEqual({ kind: "off" });
		expect(dayState([[540, 1080]], 1080)).toEqual({ kind: "off" });
	});

	it("counts working time only: after a long pause the second half has just begun", () => {
		expect(dayState([[540, 1080]], 540)).toEqual({ kind: "working", progress: 0 });
		expect(
			dayState(
				[
					[480, 720],
					[1020, 1260],
				],
				1020,
			),
		).toEqual({ kind: "working", progress: 0.5 });
	});

	it("does not mind the order of the spans", () => {
		expect(
			dayState(
				[
					[1020, 1260],
					[480, 720],
				],
				540,
			),
		).toEqual({ kind: "working", progress: 0.125 });
	});
});

describe("an axis", () => {
	it("turns minutes into percentages", () => {
		expect(onAxis([360, 720], 0, 1440)).toEqual({ start: "25%", end: "50%" });
		expect(pointOnAxis(720, 480, 1140)).toBe("36.36%");
	});

	it("cuts what lies partly outside, and leaves out the rest", () => {
		expect(onAxis([-60, 720], 0, 1440)).toEqual({ start: "0%", end: "50%" });
		expect(onAxis([1500, 1600], 0, 1440)).toBeNull();
		expect(onAxis([0, 480], 480, 1140)).toBeNull();
		expect(pointOnAxis(1441, 0, 1440)).toBeNull();
		expect(pointOnAxis(1440, 0, 1440)).toBe("100%");
	});
});
