import { describe, expect, it } from "vitest";
import { filtersOf, withFilter, without, wordsOf } from "./query";

describe("the filters of a search", () => {
	it("are found wherever they stand, with words in quotation marks", () => {
		expect(filtersOf('in:billing refund from:"Inês Marques" before:2026-10-01')).toEqual([
			{ name: "in", value: "billing" },
			{ name: "from", value: "Inês Marques" },
			{ name: "before", value: "2026-10-01" },
		]);
	});

	it("count once, the last time", () => {
		expect(filtersOf("in:a in:b")).toEqual([{ name: "in", value: "b" }]);
	});

	it("are not found inside a word, or without a value", () => {
		expect(filtersOf("login:x in: begin:y")).toEqual([]);
	});

	it("can be taken out and set", () => {
		expect(without("IN:billing refund in:x", "in")).toBe("refund");
		expect(withFilter("refund in:x late", { name: "in", value: "driver-app" })).toBe("refund late in:driver-app");
		expect(withFilter("refund", { name: "from", value: "Inês Marques" })).toBe('refund from:"Inês Marques"');
		expect(wordsOf('in:billing "late pickup" refund')).toBe('"late pickup" refund');
	});
});
