import { describe, expect, it } from "vitest";
import type { Ask } from "$data/types";
import { byDue, onTop } from "./order";
import {
	askDetail,
	askTitle,
	bothClocks,
	chipText,
	getsAt,
	isNear,
	type Look,
	lastQuestion,
	type Person,
} from "./sentences";

const person = (id: string, short_name: string, city: string, zone: string | null): Person => ({
	id,
	short_name,
	city,
	schedule: { zone },
});
const people: Record<string, Person> = {
	camila: person("camila", "Camila", "Bogotá", "America/Bogota"),
	yuki: person("yuki", "Yuki", "Tokyo", "Asia/Tokyo"),
	piotr: person("piotr", "Piotr", "Kraków", "Europe/Warsaw"),
	ana: person("ana", "Ana", "", null),
};
/** Tuesday 14 October 2025, 09:20 in Bogotá. */
const now = Date.parse("2025-10-14T14:20:00Z");
const look: Look = {
	me: "camila",
	now,
	style: { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 },
	person: (id) => people[id],
};
const ask = (change: Partial<Ask>): Ask => ({
	id: "ask_1",
	topic: "top_1",
	post: null,
	kind: "decide",
	question: "A or B?",
	asker: "yuki",
	asked: "camila",
	budget: { kind: "next_working_day" },
	asked_at: "2025-10-14T09:12:00Z",
	delivered_at: "2025-10-14T14:00:00Z",
	due_at: "2025-10-14T16:30:00Z",
	promised_at: null,
	state: "open",
	answer_post: null,
	reason: null,
	suggested: null,
	passed_to: null,
	passed_from: null,
	ended_at: null,
	...change,
});

describe("the sentence of an ask", () => {
	it("speaks to the person who is asked", () => {
		expect(askTitle(ask({}), look)).toBe("Yuki asks you to decide: A or B?");
		expect(askDetail(ask({}), look)).toBe("By 11:30 today, your time.");
	});

	it("never says late", () => {
		const past = ask({ due_at: "2025-10-14T13:00:00Z" });
		expect(askDetail(past, look)).toBe("This was for 08:00 today. You can still reply, or choose a new time.");
		expect(askDetail({ ...past, asker: "camila", asked: "piotr" }, look)).toBe(
			"No reply from Piotr yet. It was for Tue 15:00 in Kraków (08:00 today for you).",
		);
	});

	it("tells the asker both clocks, and when it arrives", () => {
		const mine = ask({
			asker: "camila",
			asked: "yuki",
			due_at: "2025-10-15T03:00:00Z",
			delivered_at: "2025-10-15T00:30:00Z",
		});
		expect(askTitle(mine, look)).toBe("You ask Yuki to decide: A or B?");
		expect(askDetail(mine, look)).toBe(
			"By Wed 12:00 in Tokyo (22:00 today for you). Yuki gets it at 09:30 in Tokyo, when their day starts.",
		);
	});

	it("tells what became of it", () => {
		const mine = ask({ asker: "camila", asked: "piotr" });
		expect(askDetail({ ...mine, state: "answered" }, look)).toBe("Piotr answered. Close it, or open it again.");
		expect(askDetail({ ...mine, state: "declined", reason: "No time this week.", suggested: "yuki" }, look)).toBe(
			"Piotr declined: No time this week. Piotr suggests Yuki.",
		);
		expect(askDetail(ask({ state: "accepted", promised_at: "2025-10-15T15:00:00Z" }), look)).toBe(
			"You said: by tomorrow, 10:00, your time.",
		);
	});

	it("has no time where there is no rush", () => {
		expect(askDetail(ask({ due_at: null }), look)).toBe("No rush. Reply when you can.");
		expect(chipText(ask({ due_at: null }), look)).toBe("No rush");
	});
});

describe("the chip", () => {
	it.each([
		["2025-10-14T16:30:00Z", "11:30 today, in 2 h 10", true],
		["2025-10-14T21:00:00Z", "16:00 today", true],
		["2025-10-15T17:00:00Z", "Tomorrow, 12:00", false],
		["2025-10-17T17:00:00Z", "Fri 12:00", false],
		["2025-11-17T17:00:00Z", "17 November, 12:00", false],
		["2025-10-14T12:00:00Z", "Was 07:00 today", true],
	])("%s", (due_at, text, near) => {
		expect(chipText(ask({ due_at }), look)).toBe(text);
		expect(isNear(ask({ due_at }), look)).toBe(near);
	});
});

describe("when it arrives", () => {
	it("is now, at a time of theirs, or at a time of mine where theirs is unknown", () => {
		expect(getsAt("piotr", "2025-10-14T14:20:30Z", look)).toBe("Piotr gets this now.");
		expect(getsAt("yuki", "2025-10-17T00:30:00Z", look)).toBe(
			"Yuki gets it Fri 09:30 in Tokyo, when their day starts.",
		);
		expect(getsAt("ana", "2025-10-14T20:00:00Z", look)).toBe("Ana gets it at 15:00.");
	});

	it("says one clock where both are the same", () => {
		expect(bothClocks("2025-10-15T17:00:00Z", "ana", look)).toBe("tomorrow, 12:00");
	});
});

describe("the last question of a text", () => {
	it.each([
		["I choose A. Can you agree on the groups? Thanks.", "Can you agree on the groups?"],
		["One? Two?\nAnd three?", "And three?"],
		["No question here.", ""],
		["どちらが いいですか？", "どちらが いいですか？"],
		["", ""],
	])("%s", (text, question) => expect(lastQuestion(text)).toBe(question));
});

describe("order", () => {
	it("is by the instant that counts, without one last", () => {
		const asks = [
			ask({ id: "none", due_at: null }),
			ask({ id: "late", due_at: "2025-10-16T00:00:00Z" }),
			ask({ id: "promised", due_at: "2025-10-13T00:00:00Z", promised_at: "2025-10-15T00:00:00Z" }),
		];
		expect(asks.toSorted(byDue).map((each) => each.id)).toEqual(["promised", "late", "none"]);
	});

	it("puts mine on top and leaves out what is over", () => {
		const asks = [
			ask({ id: "others", asker: "yuki", asked: "piotr", due_at: "2025-10-14T15:00:00Z" }),
			ask({ id: "answered", asker: "camila", asked: "piotr", state: "answered" }),
			ask({ id: "owed" }),
			ask({ id: "closed", state: "closed" }),
			ask({
				id: "declined long ago",
				asker: "camila",
				asked: "yuki",
				state: "declined",
				ended_at: "2025-10-01T00:00:00Z",
			}),
			ask({ id: "answered to others", asker: "yuki", asked: "piotr", state: "answered" }),
		];
		expect(onTop(asks, "camila", now).map((each) => each.id)).toEqual(["owed", "answered", "others"]);
	});
});
