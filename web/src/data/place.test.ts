import { expect, test } from "vitest";
import { byPlace, placeBetween } from "./place";

test("a place lies between its neighbours, also at the ends", () => {
	const pairs: [string | null, string | null][] = [
		[null, null],
		[null, "a0"],
		["a0", null],
		["a0", "a1"],
		["a", "a5"],
		["a0", "a0V"],
		["Zz", "a0"],
		["~~", null],
		["a", "b"],
	];
	for (const [before, after] of pairs) {
		const place = placeBetween(before, after);
		expect(place > (before ?? ""), `${before} < ${place}`).toBe(true);
		if (after !== null) expect(place < after, `${place} < ${after}`).toBe(true);
	}
});

test("a thousand moves to one spot keep their order", () => {
	for (const side of ["top", "bottom"] as const) {
		const places = ["a0", "a1"];
		for (let n = 0; n < 1000; n++) {
			const [first = "", last = ""] = side === "top" ? [places[0], places[1]] : [places.at(-2), places.at(-1)];
			const place = placeBetween(first, last);
			if (side === "top") places.splice(1, 0, place);
			else places.splice(-1, 0, place);
		}
		expect(places.toSorted()).toEqual(places);
		expect(new Set(places).size).toBe(places.length);
	}
});

test("where there is no room it comes right after", () => {
	expect(placeBetween("b", "a") > "b").toBe(true);
	expect(placeBetween("a", "a") > "a").toBe(true);
});

test("capital letters come before small ones, as the server sorts", () => {
	expect([{ place: "a" }, { place: "Z" }].toSorted(byPlace).map(({ place }) => place)).toEqual(["Z", "a"]);
});
