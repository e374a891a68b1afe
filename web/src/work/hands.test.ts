import { describe, expect, test } from "vitest";
import type { Member, SignOffItem } from "$data/index";
import type { TimeStyle } from "$design/time";
import type { Look } from "../asks/sentences";
import { draftOf, saidParts, saysEnough, sentBaton } from "./baton";
import { daysOf, isOn, nextOn, without } from "./queue";
import { choicesOf, keptOf, startWords } from "./sign-off";

const style = { language: "en", hour12: false, zone: "America/Bogota" } as TimeStyle;
const look = {
	me: "mem_me",
	now: Date.parse("2026-11-25T22:20:00Z"),
	style,
	person: (id: string) => ({ id, short_name: "Jonas" }) as Member,
} as Look;
const item: SignOffItem = {
	task: "top_1",
	why: "today",
	today: {
		steps: ["The route is saved", "It is tested"],
		moves: [
			{ from: "Ready", to: "In progress", by: "mem_me", at: "2026-11-25T14:00:00Z" },
			{ from: "In progress", to: "In review", by: "mem_me", at: "2026-11-25T20:00:00Z" },
		],
		posts: ["Migration 31 is half applied."],
		next_step: "It works in flight mode",
		asks: [{ question: "Include drafts?", asked: "mem_jonas" }],
	},
};

describe("a draft from today", () => {
	test("says what was done, what is next and what is open", () => {
		const baton = draftOf(item, look);
		expect(baton.state.split("\n")).toEqual([
			"- Done: The route is saved",
			"- Done: It is tested",
			"- It is in In review now.",
			"- I wrote: Migration 31 is half applied.",
		]);
		expect(baton.next_action).toBe("It works in flight mode");
		expect(baton.open_questions).toBe("Include drafts? (Jonas is asked)");
		expect(saidParts(baton)).toEqual(["state", "next_action", "open_questions"]);
		expect(saysEnough(baton)).toBe(true);
	});

	test("is empty where nothing happened, and then it is not enough", () => {
		const today = { steps: [], moves: [], posts: [], next_step: null, asks: [] };
		const baton = draftOf({ today }, look);
		expect(saidParts(baton)).toEqual([]);
		expect(saysEnough(baton)).toBe(false);
		expect(sentBaton({ ...baton, state: "  Ready " })).toEqual({ state: "Ready" });
	});

	test("gives way to what was written before", () => {
		const [first] = Object.values(choicesOf([item], null, look));
		expect(first).toMatchObject({ to: "", line: "", touched: false });
		const kept = keptOf({ choices: { top_1: { to: "mem_a", baton: { state: "Mine" }, touched: true } } });
		const [again] = Object.values(choicesOf([item], kept, look));
		expect(again).toMatchObject({ to: "mem_a", baton: { state: "Mine", authority: "" }, line: "", touched: true });
		expect(keptOf(undefined)).toBeNull();
		expect(keptOf({ choices: "broken" })).toBeNull();
	});
});

test("when somebody could go on", () => {
	const working: [string, string][] = [["2026-11-26T01:00:00Z", "2026-11-26T10:00:00Z"]];
	const manila = { zone: "Asia/Manila", working, next_start: null, away: null } as unknown as Member["schedule"];
	expect(startWords({ schedule: manila }, look.now, style)).toBe("starts Thu 09:00, Wed 20:00 for you");
	expect(startWords({ schedule: manila }, Date.parse("2026-11-26T02:00:00Z"), style)).toBe("works until 18:00");
	expect(startWords({ schedule: { ...manila, zone: null } }, look.now, style)).toBe("hours not known");
});

describe("a queue on my days", () => {
	const shown = { from: "2026-11-24T17:00:00Z", to: "2026-11-26T17:00:00Z" };
	const gaps = [{ from: "2026-11-25T03:00:00Z", to: "2026-11-25T13:00:00Z" }];

	test("each day has what is covered, what is not, and what is not shown", () => {
		const days = daysOf({ shown, gaps }, "America/Bogota");
		expect(days.map(({ covered, gaps, outside }) => ({ covered, gaps, outside }))).toEqual([
			{ covered: [[720, 1320]], gaps: [[1320, 1440]], outside: [[0, 720]] },
			{ covered: [[480, 1440]], gaps: [[0, 480]], outside: [] },
			{ covered: [[0, 720]], gaps: [], outside: [[720, 1440]] },
		]);
	});

	test("a day in which the clocks change is as long as it is", () => {
		// New York goes back on 1 November 2026.
		const long = { from: "2026-11-01T04:00:00Z", to: "2026-11-02T05:00:00Z" };
		expect(daysOf({ shown: long, gaps: [] }, "America/New_York")[0]?.covered).toEqual([[0, 1500]]);
	});

	test("spans are cut", () => {
		expect(
			without(
				[[0, 100]],
				[
					[20, 30],
					[90, 200],
				],
			),
		).toEqual([
			[0, 20],
			[30, 90],
		]);
		expect(without([[0, 100]], [[0, 100]])).toEqual([]);
	});

	test("who is on, and who is next", () => {
		const days = [{ from: "2026-11-24T13:00:00Z", to: "2026-11-24T22:00:00Z" }];
		expect(isOn(days, Date.parse("2026-11-24T21:59:00Z"))).toBe(days[0]);
		expect(isOn(days, Date.parse("2026-11-24T22:00:00Z"))).toBeUndefined();
		const members = [
			{ member: "a", days, known: true },
			{ member: "b", days: [{ from: "2026-11-24T12:30:00Z", to: "2026-11-24T14:00:00Z" }], known: true },
		];
		expect(nextOn(members, Date.parse("2026-11-24T12:00:00Z"))).toEqual({ member: "b", at: "2026-11-24T12:30:00Z" });
		expect(nextOn([], 0)).toBeUndefined();
	});
});
