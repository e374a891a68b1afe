import { describe, expect, it } from "vitest";
import type { Arrival, Ask } from "$data/types";
import { byDue, mayClaim, onTop } from "./order";
import {
	arrivalsText,
	arrivalText,
	askDetail,
	askTitle,
	bothClocks,
	chipText,
	getsAt,
	isNear,
	type Look,
	lastQuestion,
	overText,
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
	group: (id) => (id === "grp_design" ? { id, name: "Design", members: ["camila", "piotr"] } : undefined),
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
	closed_by_itself: false,
	group: null,
	no: null,
	accepted_at: null,
	answered_at: null,
	nudge_at: null,
	nudged_at: null,
	silence: { kind: "remind" },
	due_before: null,
	moved_because: null,
	urgent: null,
	escalates: null,
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
			"No reply from Piotr yet. It was for Tue 15:00 in Kraków (08:00 today for you). It is 16:20 in Kraków.",
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
		expect(askDetail(mine, look)).toBe("By Wed 12:00 in Tokyo (22:00 today for you). Yuki gets it at 09:30 in Tokyo.");
	});

	it("tells what became of it", () => {
		const mine = ask({ asker: "camila", asked: "piotr" });
		expect(askDetail({ ...mine, state: "answered" }, look)).toBe(
			"Piotr answered. Close it, or open it again. It closes by itself after 3 of your working days.",
		);
		expect(askDetail({ ...mine, state: "closed" }, look)).toBe("Closed.");
		expect(askDetail({ ...mine, state: "closed", closed_by_itself: true }, look)).toBe(
			"Closed by itself after 3 working days.",
		);
		expect(askDetail({ ...mine, state: "declined", reason: "No time this week.", suggested: "yuki" }, look)).toBe(
			"Piotr declined: No time this week. Piotr suggests Yuki.",
		);
		expect(askDetail(ask({ state: "accepted", promised_at: "2025-10-15T15:00:00Z" }), look)).toBe(
			"You said: by tomorrow, 10:00, your time.",
		);
	});

	it("says to the asker that the person has left, instead of a time that nobody keeps", () => {
		const left: Look = { ...look, person: (id) => people[id] && { ...people[id], state: "removed" } };
		const mine = ask({ asker: "camila", asked: "yuki", delivered_at: "2025-10-15T00:30:00Z" });
		expect(askDetail(mine, left)).toBe("Yuki has left the workspace. Ask someone else, or take it back.");
	});

	it("says why nothing can be done about it any more", () => {
		expect(overText(ask({}), look)).toBe("");
		expect(overText(ask({ state: "withdrawn" }), look)).toBe("Yuki has withdrawn this ask.");
		expect(overText(ask({ state: "closed" }), look)).toBe("This ask no longer waits for a reply.");
	});

	it("has no time where there is no rush", () => {
		expect(askDetail(ask({ due_at: null }), look)).toBe("No rush. Reply when you can.");
		expect(chipText(ask({ due_at: null }), look)).toBe("No rush");
	});
});

describe("an ask to a group", () => {
	const toGroup = (change: Partial<Ask>) => ask({ asked: null, group: "grp_design", ...change });

	it("names the group until somebody takes it", () => {
		expect(askTitle(toGroup({}), look)).toBe("Yuki asks Design to decide: A or B?");
		expect(askDetail(toGroup({}), look)).toBe("To Design. Whoever takes it, answers it. By 11:30 today, your time.");
		expect(askDetail(toGroup({ asker: "camila" }), look)).toBe(
			"Nobody in Design has taken it yet. By 11:30 today, your time.",
		);
		expect(askDetail(toGroup({ due_at: "2025-10-14T13:00:00Z" }), look)).toBe(
			"Nobody in Design has taken it yet. It was for 08:00 today.",
		);
	});

	it("then names who took it", () => {
		expect(askDetail(toGroup({ asked: "camila" }), look)).toBe("You took it for Design. By 11:30 today, your time.");
		expect(askTitle(toGroup({ asked: "piotr" }), look)).toBe("Yuki asks Piotr to decide: A or B?");
	});

	it("may be taken by its members, once, and not by who asks", () => {
		const groups = [{ id: "grp_design", members: ["camila", "piotr"] }];
		expect(mayClaim(toGroup({}), "camila", groups)).toBe(true);
		expect(mayClaim(toGroup({}), "ana", groups)).toBe(false);
		expect(mayClaim(toGroup({ asked: "piotr", state: "accepted" }), "camila", groups)).toBe(false);
		expect(mayClaim(toGroup({ asker: "camila" }), "camila", groups)).toBe(false);
	});
});

describe("what else is said of an ask", () => {
	it("counts down the last hour", () => {
		expect(askDetail(ask({ due_at: "2025-10-14T15:05:00Z" }), look)).toBe(
			"Yuki needs this by 10:05 today. You have 45 min.",
		);
	});

	it("says that its time moved, and the kind of reason alone", () => {
		const moved = { due_before: "2025-10-14T15:00:00Z", due_at: "2025-10-15T17:00:00Z" };
		expect(askDetail(ask({ ...moved, moved_because: "time_off" }), look)).toBe(
			"By tomorrow, 12:00, your time. It was for 10:00 today. The time moved because of your time off.",
		);
		expect(askDetail(ask({ ...moved, asker: "camila", asked: "piotr", moved_because: "zone" }), look)).toBe(
			"By Wed 19:00 in Kraków (tomorrow, 12:00 for you). It was for Tue 17:00 in Kraków (10:00 today for you). The time moved because Piotr is in another time zone.",
		);
	});

	it("says that it came back, and why", () => {
		const back = { moved_because: "back", reason: "I am on the release" } as const;
		expect(askDetail(ask(back), look)).toBe("By 11:30 today, your time. It came back to you: I am on the release.");
		expect(askDetail(ask({ ...back, asker: "camila", asked: "piotr" }), look)).toBe(
			"By Tue 18:30 in Kraków (11:30 today for you). It came back to Piotr: I am on the release.",
		);
	});

	it("says what happens without a reply", () => {
		expect(askDetail(ask({ silence: { kind: "proceed" } }), look)).toBe(
			"By 11:30 today, your time. If there is no reply, Yuki goes ahead as written.",
		);
		expect(askDetail(ask({ asker: "camila", asked: "piotr", silence: { kind: "ask", member: "yuki" } }), look)).toBe(
			"By Tue 18:30 in Kraków (11:30 today for you). If there is no reply, Yuki is asked.",
		);
		expect(askDetail(ask({ asker: "camila", asked: "piotr", state: "proceeded" }), look)).toBe(
			"No reply came. You went ahead as written.",
		);
	});

	it("says why an urgent one cannot wait, that it repeats, and what was said of it", () => {
		const urgent = {
			reason: "Production is down",
			cost: "No refunds go out",
			acknowledged_at: null,
			repeats: 0,
			judged: null,
		};
		expect(askTitle(ask({ urgent }), look)).toBe("Urgent. Yuki asks you to decide: A or B?");
		expect(askDetail(ask({ urgent }), look)).toBe(
			"Production is down. If it waits: No refunds go out. Acknowledge it, so that it does not repeat. Then it goes to whoever covers.",
		);
		expect(askDetail(ask({ asker: "camila", asked: "piotr", urgent: { ...urgent, repeats: 1 } }), look)).toBe(
			"Production is down. If it waits: No refunds go out. Repeated 1 time. Piotr has not acknowledged it yet.",
		);
		const judged = { ...urgent, acknowledged_at: "2025-10-14T14:21:00Z", judged: "could_have_waited" } as const;
		expect(askDetail(ask({ state: "closed", asked: "piotr", urgent: judged }), look)).toBe(
			"Closed. Piotr said: it could have waited.",
		);
	});
});

describe("the chip", () => {
	it("says what has no time: urgent, or to a group that nobody answers for yet", () => {
		expect(chipText(ask({ due_at: null, asked: null, group: "grp_design" }), look)).toBe("Not taken yet");
		const urgent = { reason: "", cost: "", acknowledged_at: null, repeats: 0, judged: null };
		expect(chipText(ask({ due_at: null, urgent }), look)).toBe("Urgent");
		expect(isNear(ask({ due_at: null, urgent }), look)).toBe(true);
	});

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
		expect(getsAt("yuki", "2025-10-17T00:30:00Z", look)).toBe("Yuki gets it Fri 09:30 in Tokyo.");
		expect(getsAt("ana", "2025-10-14T20:00:00Z", look)).toBe("Ana gets it at 15:00.");
	});

	it("names the day where it is not today's, but for the morning after a late evening", () => {
		expect(getsAt("piotr", "2025-10-15T07:00:00Z", look)).toBe("Piotr gets it Wed 09:00 in Kraków.");
		expect(getsAt("yuki", "2025-10-15T00:30:00Z", look)).toBe("Yuki gets it at 09:30 in Tokyo.");
		expect(getsAt("ana", "2025-10-15T14:00:00Z", look)).toBe("Ana gets it Wed 09:00.");
	});

	const arrival = (change: Partial<Arrival>): Arrival => ({
		member: "yuki",
		arrives_at: "2025-10-15T00:30:00Z",
		now: false,
		why: "start",
		starts_at: null,
		away: null,
		...change,
	});

	it("says at what occasion", () => {
		expect(arrivalText(arrival({}), look)).toBe("Yuki gets it at 09:30 in Tokyo, when their day starts.");
		expect(arrivalText(arrival({ why: "delivery", arrives_at: "2025-10-15T04:00:00Z" }), look)).toBe(
			"Yuki gets it Wed 13:00 in Tokyo, at the next delivery.",
		);
		expect(arrivalText(arrival({ why: "away", arrives_at: "2025-10-22T00:30:00Z" }), look)).toBe(
			"Yuki gets it Wed 22 Oct, 09:30 in Tokyo, back from time off.",
		);
		expect(arrivalText(arrival({ why: "never", arrives_at: null }), look)).toBe(
			"Yuki finds it in the inbox. Nothing else is sent.",
		);
	});

	it("says that it is night there, of few people", () => {
		const both = [arrival({}), arrival({ member: "piotr", now: true, why: "now", arrives_at: "2025-10-14T14:20:00Z" })];
		expect(arrivalsText(both, look)).toBe(
			"It is 23:20 for Yuki. Yuki gets it at 09:30 in Tokyo, when their day starts. Piotr gets this now.",
		);
	});

	it("counts many", () => {
		const many = Array.from({ length: 50 }, (_, at) => arrival({ member: at % 2 ? "yuki" : "piotr", why: "delivery" }));
		const others = Array.from({ length: 34 }, () => "camila");
		expect(arrivalsText(many, look, others)).toBe("84 people in 3 time zones get this at their next delivery.");
		expect(arrivalsText([arrival({ now: true }), ...many.slice(0, 4)], look)).toBe(
			"1 person gets this now. 4 people in 2 time zones get this at their next delivery.",
		);
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
	it("is by the instant that counts, urgent first, without one last", () => {
		const asks = [
			ask({
				id: "urgent",
				due_at: null,
				urgent: { reason: "r", cost: "c", acknowledged_at: null, repeats: 0, judged: null },
			}),
			ask({ id: "none", due_at: null }),
			ask({ id: "late", due_at: "2025-10-16T00:00:00Z" }),
			ask({ id: "promised", due_at: "2025-10-13T00:00:00Z", promised_at: "2025-10-15T00:00:00Z" }),
		];
		expect(asks.toSorted(byDue).map((each) => each.id)).toEqual(["urgent", "promised", "late", "none"]);
	});

	it("puts what rings first, then mine, then what my group was asked", () => {
		const rings = { reason: "", cost: "", acknowledged_at: null, repeats: 0, judged: null };
		const asks = [
			ask({ id: "group", asked: null, group: "grp_design" }),
			ask({ id: "mine", due_at: "2025-10-20T00:00:00Z" }),
			ask({ id: "rings", asker: "yuki", asked: "piotr", urgent: rings }),
		];
		const groups = [{ id: "grp_design", members: ["camila"] }];
		expect(onTop(asks, "camila", now, groups).map((each) => each.id)).toEqual(["rings", "mine", "group"]);
	});

	it("keeps what I am to judge, and what ran out, for some days", () => {
		const over = { reason: "", cost: "", acknowledged_at: "2025-10-14T10:00:00Z", repeats: 0, judged: null };
		const recent = "2025-10-14T10:00:00Z";
		const asks = [
			ask({ id: "judge", state: "closed", ended_at: recent, urgent: over }),
			ask({ id: "judged", state: "closed", ended_at: recent, urgent: { ...over, judged: "justified" } }),
			ask({ id: "went ahead", asker: "camila", asked: "piotr", state: "proceeded", ended_at: recent }),
			ask({ id: "long ago", asker: "camila", asked: "piotr", state: "proceeded", ended_at: "2025-09-01T00:00:00Z" }),
		];
		expect(onTop(asks, "camila", now).map((each) => each.id)).toEqual(["went ahead", "judge"]);
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
