import { describe, expect, it } from "vitest";
import type { Norms } from "$data/index";
import { joinedList, joinedNorms, sameNorms } from "./norms-merge";

const base: Norms = {
	budgets: { review: "this_week" },
	note: "Write in English.",
	urgent_reasons: ["Down"],
	rota: ["a"],
};

describe("norms that two people changed", () => {
	it("keep what the other one saved where I changed something else", () => {
		const saved = { ...base, note: "Write in Spanish.", urgent_reasons: ["Down", "No refunds"] };
		const mine = { ...base, budgets: { ...base.budgets, answer: "half_day" as const } };
		expect(joinedNorms(base, mine, saved)).toEqual({
			norms: { ...saved, budgets: { review: "this_week", answer: "half_day" } },
			both: [],
		});
	});

	it("name what both changed in two ways", () => {
		const saved = { ...base, note: "Theirs", budgets: { review: "half_day" as const } };
		const mine = { ...base, note: "Mine", budgets: {} };
		expect(joinedNorms(base, mine, saved)).toEqual({
			norms: { ...base, note: "Mine", budgets: {} },
			both: ["note", "review"],
		});
		expect(joinedNorms(base, mine, mine).both).toEqual([]);
	});

	it("are the same in whatever order they came", () => {
		expect(
			sameNorms(
				{ ...base, budgets: { do: "half_day", review: "this_week" } },
				{ ...base, budgets: { review: "this_week", do: "half_day" } },
			),
		).toBe(true);
		expect(sameNorms(base, { ...base, rota: [] })).toBe(false);
		expect(sameNorms(base, null)).toBe(false);
	});
});

describe("a list that two people changed", () => {
	it.each([
		["mine alone", ["a", "b"], ["b", "a"], ["a", "b"], ["b", "a"]],
		["theirs alone", ["a", "b"], ["a", "b"], ["b", "a", "c"], ["b", "a", "c"]],
		["both added", ["a"], ["a", "b"], ["a", "c"], ["a", "c", "b"]],
		["both added the same", ["a"], ["a", "b"], ["b", "a"], ["b", "a"]],
		["one took out, one added", ["a", "b"], ["b"], ["a", "b", "c"], ["b", "c"]],
		["they took out what I kept", ["a", "b"], ["a", "b", "c"], ["a"], ["a", "c"]],
	])("%s", (_name, before, mine, saved, joined) => expect(joinedList(before, mine, saved)).toEqual(joined));
});
