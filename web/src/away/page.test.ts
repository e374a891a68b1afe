import { describe, expect, it } from "vitest";
import type { Ask, AwayAnswer, Topic } from "$data/types";
import { depthOf, sectionsOf, walkOf } from "./page";

const topic = (id: string) => ({ id, title: id, last_no: 4 }) as Topic;
const ask = (id: string) => ({ id }) as Ask;

function answer(more: Partial<AwayAnswer> = {}): AwayAnswer {
	return {
		seq: 1,
		now: "2026-12-21T01:00:00Z",
		from: "2026-12-06T16:00:00Z",
		until: "2026-12-20T16:00:00Z",
		working_days: 10,
		ramp_until: "2026-12-21T06:00:00Z",
		minutes: { needs: 4, decided: 9, changed: 5, worth: 12, rest: 61 },
		needs: [
			{
				ask: ask("ask_1"),
				topic: topic("top_1"),
				post: null,
				minutes: 4,
				was: "reclocked",
				by: null,
				answer_post: null,
			},
		],
		acknowledge: [{ ask: ask("ask_2"), topic: topic("top_2") }],
		decided: [
			{ topic: topic("top_3"), minutes: 3 },
			{ topic: topic("top_4"), minutes: 6 },
		],
		changed: ["top_5", "top_6"].map((id) => ({
			topic: topic(id),
			what: "new_posts" as const,
			by: "mem_ines",
			at: "2026-12-10T12:00:00Z",
			posts: 2,
		})),
		worth: [{ topic: topic("top_7"), by: ["mem_ines", "mem_piotr"], minutes: 12 }],
		spaces: [],
		rest: [
			{ topic: topic("top_8"), outcome: null, posts: 3, minutes: 1 },
			{ topic: topic("top_9"), outcome: "Done.", posts: 90, minutes: 60 },
		],
		more: 0,
		...more,
	};
}

describe("the sections", () => {
	it("stand in the order of obligation, the empty ones left out", () => {
		expect(sectionsOf(answer()).map(({ kind, items }) => [kind, items.map(({ key }) => key)])).toEqual([
			["needs", ["ask_1", "ask_2"]],
			["decided", ["top_3", "top_4"]],
			["changed", ["top_5", "top_6"]],
			["worth", ["top_7"]],
			["rest", ["top_8", "top_9"]],
		]);
		expect(sectionsOf(answer({ decided: [], worth: [] })).map(({ kind }) => kind)).toEqual([
			"needs",
			"changed",
			"rest",
		]);
	});

	it("share out minutes that are told as a whole", () => {
		const changed = sectionsOf(answer()).find(({ kind }) => kind === "changed");
		expect(changed?.items.map(({ minutes }) => minutes)).toEqual([2, 3]);
	});
});

describe("a reading budget", () => {
	const sections = sectionsOf(answer());

	it("goes as deep as it lasts, section by section", () => {
		expect(depthOf(sections, 15)).toEqual({
			shown: { needs: 2, decided: 2, changed: 1, worth: 0, rest: 0 },
			minutes: 15,
		});
		expect(depthOf(sections, 45)).toEqual({
			shown: { needs: 2, decided: 2, changed: 2, worth: 1, rest: 1 },
			minutes: 31,
		});
		expect(depthOf(sections, null).shown.rest).toBe(2);
	});

	it("never hides what wants something from me", () => {
		const long = answer({ needs: answer().needs.map((need) => ({ ...need, minutes: 200 })) });
		expect(depthOf(sectionsOf(long), 15).shown).toEqual({ needs: 2, decided: 0, changed: 0, worth: 0, rest: 0 });
	});

	it("is what Start walks through", () => {
		const walk = walkOf(sections, depthOf(sections, 15));
		expect(walk.map(({ key }) => key)).toEqual(["ask_1", "ask_2", "top_3", "top_4", "top_5"]);
	});
});
