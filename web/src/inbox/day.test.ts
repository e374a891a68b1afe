import { describe, expect, test } from "vitest";
import { type Ask, client, type MemberTime } from "$data/index";
import * as make from "$data/testing/rows";
import type { TimeStyle } from "$design/time";
import { calmUntil, dayOf } from "./day";
import type { Inbox, Item } from "./places";

const style: TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
const empty: Inbox = { today: [], later: [], done: [], held: [] };

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
	focus: [["2026-11-25T20:00:00Z", "2026-11-25T21:00:00Z"]],
	holidays: [],
	clock_change: null,
	home: null,
};
const none = { delivery: undefined, coming: [] };

function waiting(due_at: string | null, change: Partial<Ask> = {}): Item {
	const ask = make.ask({ kind: "decide", due_at, asker: "mem_yuki", ...change });
	const last = { by: "mem_yuki", at: "2026-11-25T10:00:00Z", text: "" };
	return {
		topic: make.topic({ id: "top_a" }),
		mark: null,
		section: "waiting",
		reason: "asked",
		ask,
		arrived: 1,
		last,
		unread: 1,
	};
}

describe("your day", () => {
	const look = (at: string) => ({ me: "mem_me", now: Date.parse(at), style, person: () => undefined });

	test("runs from its start to its end, now and what is due between", () => {
		const inbox = {
			...empty,
			today: [waiting("2026-11-25T16:30:00Z"), waiting("2026-11-26T16:30:00Z"), waiting(null)],
		};
		const moments = dayOf(time, inbox, none, look("2026-11-25T14:20:00Z"));
		expect(moments.map(({ kind, past, words }) => ({ kind, past, words }))).toEqual([
			{ kind: "plain", past: true, words: "Your day starts" },
			{ kind: "now", past: false, words: "Working until 17:30" },
			{ kind: "due", past: false, words: "Someone needs a decision" },
			{ kind: "plain", past: false, words: "Focus until 16:00" },
			{ kind: "end", past: false, words: "Your day ends" },
		]);
	});

	test("has its deliveries: the last one with what it brought, and those to come", () => {
		client.store.clear();
		const arrived = {
			table: "marks" as const,
			id: "top_a",
			row: make.mark({ id: "top_a", arrived_at: "2026-11-25T13:00:00.000Z" }),
		};
		client.store.confirm([{ seq: 1, operation: null, rows: [arrived] }]);
		const delivery = make.delivery({ last_at: "2026-11-25T13:00:00Z", next_at: "2026-11-25T18:00:00Z" });
		const coming = ["2026-11-25T18:00:00Z", "2026-11-25T21:30:00Z", "2026-11-26T13:00:00Z"];
		const moments = dayOf({ ...time, focus: [] }, empty, { delivery, coming }, look("2026-11-25T14:20:00Z"));
		expect(moments.map(({ at, words, detail }) => [new Date(at).toISOString().slice(11, 16), words, detail])).toEqual([
			["13:00", "Delivery", "1 item"],
			["14:20", "Working until 17:30", undefined],
			["18:00", "Delivery", undefined],
			["21:30", "Delivery", undefined],
			["22:30", "Your day ends", undefined],
		]);
	});

	test("says that it is in focus, and what that means", () => {
		const moments = dayOf(time, empty, none, look("2026-11-25T20:30:00Z"));
		expect(moments.find(({ kind }) => kind === "now")).toMatchObject({
			words: "Focus until 16:00",
			detail: "Only urgent asks come through",
		});
	});
});

describe("a calm inbox", () => {
	const evening = Date.parse("2026-11-26T01:00:00Z");
	const start = Date.parse("2026-11-26T13:00:00Z");

	test("is shown outside of working time", () => {
		expect(calmUntil(time, empty, evening)).toBe(start);
		expect(calmUntil(time, empty, Date.parse("2026-11-25T14:00:00Z"))).toBeNull();
	});

	test("is not shown while an urgent ask waits for a word", () => {
		const urgent = { reason: "", cost: "", repeats: 0, judged: null };
		const asked = waiting(null, { urgent: { ...urgent, acknowledged_at: null } });
		expect(calmUntil(time, { ...empty, today: [asked] }, evening)).toBeNull();
		const seen = waiting(null, { urgent: { ...urgent, acknowledged_at: "2026-11-26T00:30:00Z" } });
		expect(calmUntil(time, { ...empty, today: [seen] }, evening)).toBe(start);
	});

	test("is not shown when something is due before the day starts, or when no hours are set", () => {
		expect(calmUntil(time, { ...empty, today: [waiting("2026-11-26T03:00:00Z")] }, evening)).toBeNull();
		expect(calmUntil(time, { ...empty, today: [waiting("2026-11-26T20:00:00Z")] }, evening)).toBe(start);
		expect(calmUntil(time, { ...empty, today: [waiting("2026-11-25T20:00:00Z")] }, evening)).toBe(start);
		expect(
			calmUntil(
				{ ...time, zone: null, week: null, working: [], working_until: null, next_start: null },
				empty,
				evening,
			),
		).toBeNull();
	});
});
