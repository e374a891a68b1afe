import { describe, expect, test } from "vitest";
import type { MemberTime } from "$data/index";
import * as make from "$data/testing/rows";
import type { TimeStyle } from "$design/time";
import { calmUntil, dayOf } from "./day";
import type { Inbox, Item } from "./places";

const style: TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
const empty: Inbox = { today: [], later: [], done: [] };

/** 08:00 to 17:30 in Bogotá, today and tomorrow. */
const time: MemberTime = {
	zone: "America/Bogota",
	week: [[], [], [], [], [], [], []],
	working: [
		["2026-11-25T13:00:00Z", "2026-11-25T22:30:00Z"],
		["2026-11-26T13:00:00Z", "2026-11-26T22:30:00Z"],
	],
	working_until: "2026-11-28T14:00:00Z",
	next_start: "2026-11-26T13:00:00Z",
	away: null,
};

function waiting(due_at: string | null): Item {
	const ask = { kind: "decide", due_at, promised_at: null, asker: "mem_yuki" } as Item["ask"];
	return { topic: make.topic({ id: "top_a" }), mark: null, section: "waiting", reason: "asked", ask, unread: 1 };
}

describe("your day", () => {
	const look = (at: string) => ({ me: "mem_me", now: Date.parse(at), style, person: () => undefined });

	test("runs from its start to its end, now and what is due between", () => {
		const inbox = {
			...empty,
			today: [waiting("2026-11-25T16:30:00Z"), waiting("2026-11-26T16:30:00Z"), waiting(null)],
		};
		const moments = dayOf(time, inbox, look("2026-11-25T14:20:00Z"));
		expect(moments.map(({ kind, past, words }) => ({ kind, past, words }))).toEqual([
			{ kind: "plain", past: true, words: "Your day starts" },
			{ kind: "now", past: false, words: "Working until 17:30" },
			{ kind: "due", past: false, words: "Someone needs a decision" },
			{ kind: "end", past: false, words: "Your day ends" },
		]);
	});
});

describe("a calm inbox", () => {
	const evening = Date.parse("2026-11-26T01:00:00Z");
	const start = Date.parse("2026-11-26T13:00:00Z");

	test("is shown outside of working time", () => {
		expect(calmUntil(time, empty, evening)).toBe(start);
		expect(calmUntil(time, empty, Date.parse("2026-11-25T14:00:00Z"))).toBeNull();
	});

	test("is not shown when something is due before the day starts, or when no hours are set", () => {
		expect(calmUntil(time, { ...empty, today: [waiting("2026-11-26T03:00:00Z")] }, evening)).toBeNull();
		expect(calmUntil(time, { ...empty, today: [waiting("2026-11-26T20:00:00Z")] }, evening)).toBe(start);
		expect(
			calmUntil(
				{ ...time, zone: null, week: null, working: [], working_until: null, next_start: null },
				empty,
				evening,
			),
		).toBeNull();
	});
});
