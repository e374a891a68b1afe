import { describe, expect, test } from "vitest";
import type { Delivery, MemberTime } from "$data/index";
import type { TimeStyle } from "$design/time";
import { comingWords, deliveryWords, focusUntil } from "./delivery";

const style: TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
/** Wednesday, 10:20 in Bogotá. */
const NOW = Date.parse("2026-11-25T15:20:00Z");

const time: MemberTime = {
	zone: "America/Bogota",
	week: [[], [], [], [], [], [], []],
	working: [["2026-11-25T14:00:00Z", "2026-11-25T22:30:00Z"]],
	working_until: "2026-11-28T14:00:00Z",
	next_start: "2026-11-26T14:00:00Z",
	away: null,
	focus: [],
	holidays: [],
	clock_change: null,
	home: null,
};
const delivery: Delivery = {
	id: "mem_me",
	plan: { kind: "three" },
	focus: [[], [], [], [], [], [], []],
	focus_until: null,
	email: { asks: false, digest: false },
	through: "2026-11-25T14:00:00Z",
	open_until: null,
	last_at: "2026-11-25T14:00:00Z",
	next_at: "2026-11-25T18:00:00Z",
	came_back: null,
};

const words = (change: Partial<Delivery> = {}, held = 0, now = NOW, theirs = time) =>
	deliveryWords({ delivery: { ...delivery, ...change }, time: theirs, held, now, style });

describe("between deliveries", () => {
	test("says when it was and when the next one is", () => {
		expect(words()).toEqual({ text: "Delivered at 09:00. The next delivery is at 13:00.", held: "", focus: false });
		expect(
			words({ next_at: "2026-11-26T14:00:00Z", last_at: "2026-11-24T21:30:00Z", through: "2026-11-24T21:30:00Z" }).text,
		).toBe("Delivered yesterday, 16:30. The next delivery is tomorrow, 09:00.");
	});

	test("counts what waits", () => {
		expect(words({}, 4).held).toBe("4 arrived since 09:00.");
		expect(words({}, 1).held).toBe("1 arrived since 09:00.");
		expect(words({ last_at: null, through: "2026-11-20T14:00:00Z" }, 2).held).toBe("2 wait for the next delivery.");
	});

	test("counts from the last look, and from the end of a time in which all arrived", () => {
		const looked = words({ through: "2026-11-25T15:12:00.000001Z", last_at: "2026-11-25T15:12:00Z" }, 1);
		expect(looked).toMatchObject({
			text: "Delivered at 10:12. The next delivery is at 13:00.",
			held: "1 arrived since 10:12.",
		});
		const open = { plan: { kind: "as_it_happens" }, last_at: null, through: "2026-11-25T14:30:00Z" } as const;
		expect(words(open).text).toBe("Delivered at 09:30. The next delivery is at 13:00.");
	});

	test("says so when there is none ahead", () => {
		expect(words({ next_at: null }).text).toBe(
			"Delivered at 09:00. No delivery is ahead, because no working time is ahead.",
		);
	});
});

test("as it happens, until the work ends", () => {
	expect(words({ open_until: "2026-11-25T17:30:00Z" }).text).toBe("Until 12:30, new things arrive as they happen.");
	expect(words({ open_until: "2036-11-25T17:30:00Z" }).text).toBe("New things arrive as they happen.");
});

test("without hours things arrive as they happen; before anything is known nothing is promised", () => {
	expect(words({}, 0, NOW, { ...time, zone: null, week: null, working: [] }).text).toBe(
		"New things arrive as they happen.",
	);
	expect(deliveryWords({ delivery: undefined, time: undefined, held: 0, now: NOW, style }).text).toBe("");
});

describe("in focus", () => {
	const weekly = { ...time, focus: [["2026-11-25T14:00:00Z", "2026-11-25T16:00:00Z"]] as [string, string][] };

	test("only that is said, and what waits", () => {
		expect(words({}, 2, NOW, weekly)).toEqual({ text: "Focus until 11:00.", held: "2 things wait.", focus: true });
	});

	test("by the week or by hand, whichever ends later", () => {
		expect(focusUntil(weekly, delivery, NOW)).toBe(Date.parse("2026-11-25T16:00:00Z"));
		expect(focusUntil(weekly, { focus_until: "2026-11-25T17:00:00Z" }, NOW)).toBe(Date.parse("2026-11-25T17:00:00Z"));
		expect(focusUntil(weekly, delivery, Date.parse("2026-11-25T16:00:00Z"))).toBeNull();
		expect(focusUntil(undefined, undefined, NOW)).toBeNull();
	});
});

test("an inbox in which nothing is left says what is to come", () => {
	const coming = (change: Partial<Delivery>) =>
		comingWords({ delivery: { ...delivery, ...change }, time, now: NOW, style });
	expect(coming({})).toBe("The next delivery is at 13:00.");
	expect(coming({ open_until: "2026-11-25T17:30:00Z" })).toBe("New things appear here as they happen.");
	expect(coming({ open_until: "2026-11-25T15:00:00Z" })).toBe("The next delivery is at 13:00.");
});
