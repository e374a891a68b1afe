import type { Ask, AskKind, Id, Member } from "$data/types";
import {
	clock,
	dayAndMonth,
	daysBetween,
	placeOfZone,
	shortDate,
	type TimeStyle,
	untilText,
	weekdayClock,
} from "$design/time";
import { m } from "$paraglide/messages";
import { countsUntil, isOwed } from "./order";

/** What a sentence must know of a person. */
export type Person = Pick<Member, "id" | "short_name" | "city"> & { schedule: Pick<Member["schedule"], "zone"> };

/** Who looks, when, and how they read time. */
export interface Look {
	me: Id;
	now: number;
	style: TimeStyle;
	person: (id: Id) => Person | undefined;
}

/** "Yuki asks you to decide: A or B?" */
export function askTitle(ask: Pick<Ask, "asker" | "asked" | "kind" | "question">, look: Look): string {
	const { kind, question } = ask;
	const asker = nameOf(ask.asker, look);
	const asked = nameOf(ask.asked, look);
	if (ask.asked === look.me) return m.asks_title_you({ kind, asker, question });
	if (ask.asker === look.me) return m.asks_title_mine({ kind, asked, question });
	return m.asks_title_others({ kind, asker, asked, question });
}

/** What is to be known about its time and state, in one or two sentences. */
export function askDetail(ask: Ask, look: Look): string {
	if (isOwed(ask)) return ask.asked === look.me ? myTime(ask, look) : theirTime(ask, look);
	const asked = nameOf(ask.asked, look);
	switch (ask.state) {
		case "answered":
			return ask.asker === look.me ? m.asks_answered_you({ asked }) : m.asks_answered({ asked });
		case "declined":
			return sentences(
				m.asks_declined({ asked, reason: ask.reason ?? "" }),
				ask.suggested ? m.asks_suggests({ asked, suggested: nameOf(ask.suggested, look) }) : "",
			);
		case "passed_on":
			return m.asks_passed_on({ asked, note: ask.reason ?? "" });
		case "withdrawn":
			return m.asks_withdrawn({ asker: nameOf(ask.asker, look) });
		default:
			return m.asks_closed();
	}
}

function myTime(ask: Ask, look: Look): string {
	const at = countsUntil(ask);
	if (!at) return m.asks_no_rush_you();
	const when = whenText(at, look);
	if (Date.parse(at) < look.now) return m.asks_was_for_you({ when });
	if (ask.promised_at) return m.asks_promised_you({ when });
	return m.asks_by_you({ when });
}

function theirTime(ask: Ask, look: Look): string {
	const asked = nameOf(ask.asked, look);
	const at = countsUntil(ask);
	if (!at) return sentences(m.asks_no_rush({ asked }), deliveryText(ask, look));
	const when = bothClocks(at, ask.asked, look);
	if (Date.parse(at) < look.now) return m.asks_was_for({ asked, when });
	if (ask.promised_at) return m.asks_promised({ asked, when });
	return sentences(m.asks_by({ when }), deliveryText(ask, look));
}

/** "Yuki gets it at 09:30 in Tokyo, when their day starts." Empty once they have it. */
function deliveryText(ask: Pick<Ask, "asked" | "delivered_at">, look: Look): string {
	if (Date.parse(ask.delivered_at) <= look.now) return "";
	return getsAt(ask.asked, ask.delivered_at, look);
}

/** "Yuki gets it Wed 09:30 in Tokyo, when their day starts." or "Piotr gets this now." */
export function getsAt(member: Id, delivered: string, look: Look): string {
	const name = nameOf(member, look);
	if (Date.parse(delivered) <= look.now + NOW) return m.asks_gets_now({ name });
	const { zone, place } = placeOf(member, look);
	const there = { ...look.style, zone: zone ?? look.style.zone };
	const soon = Date.parse(delivered) - look.now < ONE_DAY;
	const time = soon ? clock(delivered, there) : weekdayOrDate(delivered, look.now, there);
	if (!place || !zone) return soon ? m.asks_gets_at({ name, time }) : m.asks_gets_on({ name, time });
	return soon ? m.asks_gets_there({ name, time, place }) : m.asks_gets_there_on({ name, time, place });
}

const ONE_DAY = 24 * 3600_000;

/** What arrives within this time arrives now. Milliseconds. */
const NOW = 60_000;

/** "11:30 today", "tomorrow, 12:00", "Thu 12:00", "16 October, 12:00": inside a sentence. */
export function whenText(at: string, { now, style }: Pick<Look, "now" | "style">): string {
	const time = clock(at, style);
	const days = daysBetween(now, at, style);
	if (days === 0) return m.asks_today({ time });
	if (days === 1) return m.asks_tomorrow({ time });
	if (days === -1) return m.asks_yesterday({ time });
	if (days > 0 && days < 7) return weekdayClock(at, style);
	return m.asks_on_date({ date: dayAndMonth(at, style, now), time });
}

/** For a chip: the same with a capital, "Was …" once it has passed, and how long while it is near. */
export function chipText(ask: Pick<Ask, "promised_at" | "due_at">, look: Pick<Look, "now" | "style">): string {
	const at = countsUntil(ask);
	if (!at) return m.asks_no_rush_chip();
	const when = whenText(at, look);
	if (Date.parse(at) < look.now) return m.asks_was({ when });
	const near = Date.parse(at) - look.now <= NEAR ? untilText(at, look.now) : "";
	return near ? `${capital(when)}, ${near}` : capital(when);
}

const NEAR = 3 * 3600_000;

/** A chip is in the colour of time when its instant is today or has passed. */
export function isNear(ask: Pick<Ask, "promised_at" | "due_at">, { now, style }: Pick<Look, "now" | "style">): boolean {
	const at = countsUntil(ask);
	return at !== null && daysBetween(now, at, style) <= 0;
}

/** "Wed 12:00 in Kraków (05:00 for you)"; once only where both clocks are the same. */
export function bothClocks(at: string, member: Id, look: Look): string {
	const { zone, place } = placeOf(member, look);
	const mine = whenText(at, look);
	if (!zone || !place || member === look.me) return mine;
	const there = { ...look.style, zone };
	if (clock(at, there) === clock(at, look.style) && weekdayClock(at, there) === weekdayClock(at, look.style))
		return mine;
	return m.asks_both_clocks({ there: weekdayOrDate(at, look.now, there), place, mine });
}

function weekdayOrDate(at: string, now: number, style: TimeStyle): string {
	const days = Math.abs(daysBetween(now, at, style));
	return days < 7 ? weekdayClock(at, style) : `${shortDate(at, style)}, ${clock(at, style)}`;
}

/** The verb of the button that answers an ask. */
export function answerVerb(kind: AskKind): string {
	return m.asks_answer_verb({ kind });
}

export function nameOf(id: Id, look: Pick<Look, "person">): string {
	return look.person(id)?.short_name || m.asks_someone();
}

/** Where a person's clock is: their own word for the place, else the city of the zone. */
export function placeOf(id: Id, look: Pick<Look, "person">): { zone: string | null; place: string | null } {
	const person = look.person(id);
	const zone = person?.schedule.zone ?? null;
	return { zone, place: person?.city || (zone ? placeOfZone(zone) : null) };
}

/** The last question of a text, as one line of at most 300 characters; empty when it asks nothing. */
export function lastQuestion(text: string): string {
	const line = text.replace(/\s+/g, " ").trim();
	const questions = line.match(/[^.?!。？！…]+[?？؟]/gu) ?? [];
	return [...(questions.at(-1) ?? "").trim()].slice(0, 300).join("");
}

const sentences = (...all: string[]) => all.filter(Boolean).join(" ");
const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
