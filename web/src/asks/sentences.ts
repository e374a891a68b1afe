import type { Arrival, Ask, AskKind, Away, Group, Id, Member, Urgent } from "$data/types";
import {
	clock,
	dayAndMonth,
	daysBetween,
	duration,
	minuteOfDay,
	placeOfZone,
	relativeDay,
	shortDate,
	type TimeStyle,
	untilText,
	utcOffset,
	weekdayClock,
} from "$design/time";
import { m } from "$paraglide/messages";
import { countsUntil, isLate, isOwed } from "./order";

/** What a sentence must know of a person. */
export type Person = Pick<Member, "id" | "short_name" | "city"> & {
	schedule: Pick<Member["schedule"], "zone">;
	/** Absent: active. */
	state?: Member["state"];
};

/** Who looks, when, and how they read time. */
export interface Look {
	me: Id;
	now: number;
	style: TimeStyle;
	person: (id: Id) => Person | undefined;
	/** Absent where nobody asks groups. */
	group?: (id: Id) => Pick<Group, "id" | "name" | "members"> | undefined;
}

/** "Yuki asks you to decide: A or B?" */
export function askTitle(
	ask: Pick<Ask, "asker" | "asked" | "group" | "kind" | "question"> & Partial<Pick<Ask, "urgent" | "state">>,
	look: Look,
): string {
	const title = plainTitle(ask, look);
	return ask.urgent && (!ask.state || isOwed({ state: ask.state })) ? m.asks_urgent_title({ title }) : title;
}

/** The same without the word for urgent. */
export function plainTitle(ask: Pick<Ask, "asker" | "asked" | "group" | "kind" | "question">, look: Look): string {
	const { kind, question } = ask;
	const asker = nameOf(ask.asker, look);
	const asked = askedName(ask, look);
	if (ask.asked === look.me) return m.asks_title_you({ kind, asker, question });
	if (ask.asker === look.me) return m.asks_title_mine({ kind, asked, question });
	return m.asks_title_others({ kind, asker, asked, question });
}

/** What is to be known about its time and state, in a few sentences. */
export function askDetail(ask: Ask, look: Look): string {
	if (isOwed(ask)) {
		if (ask.urgent) return urgentDetail(ask, look);
		const time = ask.asked === look.me ? myTime(ask, look) : theirTime(ask, look);
		return sentences(time, ask.escalates ? m.asks_escalates() : "");
	}
	const asked = askedName(ask, look);
	switch (ask.state) {
		case "answered":
			return ask.asker === look.me
				? sentences(m.asks_answered_you({ asked }), m.asks_closes_itself())
				: sentences(m.asks_answered({ asked }), judgement(ask, look));
		case "declined":
			return sentences(
				m.asks_declined({ asked, reason: ask.reason ?? "" }),
				ask.suggested ? m.asks_suggests({ asked, suggested: nameOf(ask.suggested, look) }) : "",
			);
		case "passed_on":
			return m.asks_passed_on({ asked, note: ask.reason ?? "" });
		case "withdrawn":
			return m.asks_withdrawn({ asker: nameOf(ask.asker, look) });
		case "proceeded":
			return ask.asker === look.me ? m.asks_proceeded_you() : m.asks_proceeded({ asker: nameOf(ask.asker, look) });
		default:
			return sentences(ask.closed_by_itself ? m.asks_closed_itself() : m.asks_closed(), judgement(ask, look));
	}
}

/** Why nothing can be done about an ask any more, to somebody who was about to; empty while it waits. */
export function overText(ask: Pick<Ask, "state" | "asker">, look: Look): string {
	if (isOwed(ask)) return "";
	return ask.state === "withdrawn"
		? m.asks_over_withdrawn({ asker: nameOf(ask.asker, look) })
		: m.asks_over_otherwise();
}

/** Why somebody is interrupted, and whether they have it. */
function urgentDetail(ask: Ask, look: Look): string {
	if (!ask.urgent) return "";
	const { acknowledged_at, repeats } = ask.urgent;
	const why = urgentWhy(ask.urgent);
	const mine = ask.asked === look.me;
	const asked = askedName(ask, look);
	if (acknowledged_at) return sentences(why, acknowledgedText(ask, look));
	if (mine) return sentences(why, m.asks_urgent_you());
	return sentences(
		why,
		repeats > 0 ? m.asks_urgent_repeats({ count: repeats, asked }) : m.asks_urgent_rings({ asked }),
	);
}

/** "Production is down. If it waits: no refunds go out." */
export const urgentWhy = ({ reason, cost }: Pick<Urgent, "reason" | "cost">): string =>
	m.asks_urgent_why({ reason, cost: sentence(cost) });

/** When somebody acknowledged an urgent ask; empty while nobody has. */
export function acknowledgedText(ask: Pick<Ask, "urgent" | "asked" | "group">, look: Look): string {
	if (!ask.urgent?.acknowledged_at) return "";
	const time = clock(ask.urgent.acknowledged_at, look.style);
	return ask.asked === look.me
		? m.asks_urgent_seen_you({ time })
		: m.asks_urgent_seen({ asked: askedName(ask, look), time });
}

/** What the asked person said of an urgent ask afterwards. */
function judgement(ask: Pick<Ask, "urgent" | "asked" | "group">, look: Look): string {
	const asked = askedName(ask, look);
	if (ask.urgent?.judged === "justified") return m.asks_judged_justified({ asked });
	return ask.urgent?.judged === "could_have_waited" ? m.asks_judged_waited({ asked }) : "";
}

function myTime(ask: Ask, look: Look): string {
	const claimed = ask.group ? m.asks_claimed_you({ group: groupName(ask.group, look) }) : "";
	const at = countsUntil(ask);
	if (!at) return sentences(claimed, m.asks_no_rush_you());
	const when = whenText(at, look);
	if (isLate(ask, look.now)) return m.asks_was_for_you({ when });
	const left = Date.parse(at) - look.now;
	const asker = nameOf(ask.asker, look);
	const time = ask.promised_at
		? m.asks_promised_you({ when })
		: left <= CLOSE
			? m.asks_near_you({ asker, when, left: duration(Math.ceil(left / 60_000)) })
			: m.asks_by_you({ when });
	return sentences(claimed, time, movedText(ask, look), silenceText(ask, look));
}

function theirTime(ask: Ask, look: Look): string {
	const asked = askedName(ask, look);
	const at = countsUntil(ask);
	if (ask.asked === null) return unclaimed(ask, at, look);
	if (hasLeft(ask.asked, look)) return m.asks_left({ asked });
	const claimed = ask.group ? m.asks_claimed({ asked, group: groupName(ask.group, look) }) : "";
	if (!at) return sentences(claimed, m.asks_no_rush({ asked }), deliveryText(ask, look));
	const when = bothClocks(at, ask.asked, look);
	if (isLate(ask, look.now)) return lateText(ask, when, look);
	if (ask.promised_at) return sentences(claimed, m.asks_promised({ asked, when }), movedText(ask, look));
	return sentences(
		claimed,
		m.asks_by({ when }),
		movedText(ask, look) || deliveryText(ask, look),
		silenceText(ask, look),
	);
}

/** Whether somebody who is asked is no longer in the workspace: nobody will answer. */
export function hasLeft(asked: Id | null, look: Pick<Look, "person">): boolean {
	return asked !== null && look.person(asked)?.state === "removed";
}

/** "No reply from Piotr yet. It was for Tue 12:00 in Kraków (05:00 today for you). It is 13:10 in Kraków." */
function lateText(ask: Ask, when: string, look: Look): string {
	const asked = askedName(ask, look);
	const { zone, place } = placeOf(ask.asked, look);
	if (ask.asker !== look.me || !zone || !place) return m.asks_was_for({ asked, when });
	return m.asks_was_for_now({ asked, when, place, time: clock(look.now, { ...look.style, zone }) });
}

/** An ask to a group that nobody has taken. */
function unclaimed(ask: Ask, at: string | null, look: Look): string {
	const group = groupName(ask.group, look);
	const mine = ask.group !== null && look.group?.(ask.group)?.members.includes(look.me) === true;
	if (at && isLate(ask, look.now)) return m.asks_was_for_group({ group, when: whenText(at, look) });
	const time = at ? (mine ? m.asks_by_you({ when: whenText(at, look) }) : m.asks_by({ when: whenText(at, look) })) : "";
	if (mine && ask.asker !== look.me) return sentences(m.asks_unclaimed_you({ group }), time);
	return sentences(m.asks_unclaimed({ group }), time);
}

/** That its time moved, from when, and the kind of reason; never more of somebody's reasons than that. */
function movedText(ask: Ask, look: Look): string {
	if (ask.moved_because === "back") return backText(ask, look);
	if (!ask.due_before || !ask.moved_because) return "";
	// Nothing is due before its person has it; nobody's hours have changed then.
	const early = ask.moved_because === "hours" && ask.due_before < ask.delivered_at;
	const because = early ? "arrival" : ask.moved_because;
	if (ask.asked === look.me) return m.asks_moved_you({ because, before: whenText(ask.due_before, look) });
	const before = ask.asked ? bothClocks(ask.due_before, ask.asked, look) : whenText(ask.due_before, look);
	return m.asks_moved({ because, before, name: askedName(ask, look) });
}

/** Whoever it was passed on to declined, with a reason. */
function backText(ask: Ask, look: Look): string {
	const reason = sentence(ask.reason ?? "");
	return ask.asked === look.me ? m.asks_back_you({ reason }) : m.asks_back({ name: askedName(ask, look), reason });
}

/** What happens when nobody replies, where that is more than a reminder. */
export function silenceText(ask: Pick<Ask, "silence" | "asker">, look: Look): string {
	if (ask.silence.kind === "proceed")
		return ask.asker === look.me
			? m.asks_silence_proceed_mine()
			: m.asks_silence_proceed_you({ asker: nameOf(ask.asker, look) });
	return ask.silence.kind === "ask" ? m.asks_silence_ask({ other: nameOf(ask.silence.member, look) }) : "";
}

/** From here on the time is counted down. Milliseconds. */
const CLOSE = 3600_000;

/** "Yuki gets it at 09:30 in Tokyo, when their day starts." Empty once they have it. */
function deliveryText(ask: Pick<Ask, "asked" | "delivered_at">, look: Look): string {
	if (!ask.asked || Date.parse(ask.delivered_at) <= look.now) return "";
	return getsAt(ask.asked, ask.delivered_at, look);
}

/** "Yuki gets it Wed 09:30 in Tokyo, when their day starts." or "Piotr gets this now." */
export function getsAt(member: Id, delivered: string, look: Look): string {
	const name = nameOf(member, look);
	if (Date.parse(delivered) <= look.now + NOW) return m.asks_gets_now({ name });
	const { zone, place } = placeOf(member, look);
	const there = { ...look.style, zone: zone ?? look.style.zone };
	const soon = needsNoDay(delivered, look.now, there);
	const time = soon ? clock(delivered, there) : weekdayOrDate(delivered, look.now, there);
	if (!place || !zone) return soon ? m.asks_gets_at({ name, time }) : m.asks_gets_on({ name, time });
	return soon ? m.asks_gets_plain({ name, time, place }) : m.asks_gets_plain_on({ name, time, place });
}

/** When somebody gets a post, and at what occasion: "Yuki gets it at 09:30 in Tokyo, when their day starts." */
export function arrivalText(arrival: Arrival, look: Look): string {
	const { member, arrives_at: at, why } = arrival;
	const name = nameOf(member, look);
	if (why === "never") return m.asks_gets_inbox({ name });
	if (arrival.now || !at || Date.parse(at) <= look.now + NOW) return m.asks_gets_now({ name });
	const { zone, place } = placeOf(member, look);
	if (!zone || !place) return getsAt(member, at, look);
	const there = { ...look.style, zone };
	const soon = needsNoDay(at, look.now, there);
	const time = soon ? clock(at, there) : weekdayOrDate(at, look.now, there);
	const words = { name, time, place };
	switch (why) {
		case "start":
			return soon ? m.asks_gets_there(words) : m.asks_gets_there_on(words);
		case "delivery":
			return soon ? m.asks_gets_delivery(words) : m.asks_gets_delivery_on(words);
		case "focus":
			return m.asks_gets_focus(words);
		case "away":
			return m.asks_gets_back({ ...words, time: weekdayOrDate(at, look.now, there) });
		default:
			return getsAt(member, at, look);
	}
}

/**
 * "Althea is away until Mon 21 Dec. Mei covers." The day is the one on which they work again, on their calendar; `starts`:
 * when that is, where it is known.
 */
export function awayText(member: Id, away: Pick<Away, "until" | "cover">, starts: string | null, look: Look): string {
	const name = nameOf(member, look);
	const back = starts && Date.parse(starts) > Date.parse(away.until) ? starts : away.until;
	const there = { ...look.style, zone: placeOf(member, look).zone ?? look.style.zone };
	const far = Math.abs(daysBetween(look.now, back, there)) > 6;
	const date = far ? shortDate(back, there) : relativeDay(back, look.now, there);
	return away.cover
		? m.threads_away_cover({ name, date, cover: nameOf(away.cover, look) })
		: m.threads_away({ name, date });
}

/** As many people as are named one by one; of more, how many there are. */
const NAMED = 4;

/**
 * When everybody gets it: each by name while they are few, else how many now and how many at their next delivery. For
 * somebody for whom it is night, that too. `others` are people whose times nobody asked for.
 */
export function arrivalsText(arrivals: readonly Arrival[], look: Look, others: readonly Id[] = []): string {
	const all = arrivals.length + others.length;
	if (all <= NAMED)
		return arrivals
			.map((arrival) => {
				const away =
					arrival.away && arrival.why === "away" ? awayText(arrival.member, arrival.away, arrival.starts_at, look) : "";
				return sentences(away || nightText(arrival, look), arrivalText(arrival, look));
			})
			.join(" ");
	const later = [...arrivals.filter((arrival) => !arrival.now).map((arrival) => arrival.member), ...others];
	const now = all - later.length;
	const zones = new Set(later.map((member) => look.person(member)?.schedule.zone ?? "")).size;
	return sentences(
		now > 0 ? m.asks_many_now({ count: now }) : "",
		later.length > 0 ? m.asks_many_later({ count: later.length, zones: m.asks_zones({ count: zones }) }) : "",
	);
}

/** "It is 23:20 for Yuki." late in the evening and at night, where they get it later. */
function nightText({ member, now }: Arrival, look: Look): string {
	const zone = look.person(member)?.schedule.zone;
	if (now || !zone || zone === look.style.zone) return "";
	const minute = minuteOfDay(look.now, zone);
	if (minute >= EVENING || minute < MORNING)
		return m.asks_night_there({ name: nameOf(member, look), time: clock(look.now, { ...look.style, zone }) });
	return "";
}

/** From 21:00 to 06:00 it is night. Minutes of the day. */
const EVENING = 21 * 60;
const MORNING = 6 * 60;

/** Whether a time stands for itself where it is: today's, and late in the evening the next morning's. */
function needsNoDay(at: string, now: number, there: TimeStyle): boolean {
	const days = daysBetween(now, at, there);
	return days === 0 || (days === 1 && minuteOfDay(now, there.zone) >= EVENING && minuteOfDay(at, there.zone) < NOON);
}

const NOON = 12 * 60;

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

/** What a chip must know of an ask. */
type Chipped = Pick<Ask, "promised_at" | "due_at"> & Partial<Pick<Ask, "asked" | "urgent" | "state">>;

/** For a chip: the same with a capital, "Was …" once it has passed, and how long while it is near. */
export function chipText(ask: Chipped, look: Pick<Look, "now" | "style">): string {
	if (ask.urgent && ask.state && isOwed({ state: ask.state })) return m.asks_urgent();
	const at = countsUntil(ask);
	if (!at) return ask.asked === null ? m.asks_chip_unclaimed() : m.asks_no_rush_chip();
	const when = whenText(at, look);
	if (Date.parse(at) < look.now) return m.asks_was({ when });
	const near = Date.parse(at) - look.now <= NEAR ? untilText(at, look.now) : "";
	return near ? `${capital(when)}, ${near}` : capital(when);
}

/** The same where the other person is: "Wed 15, 12:00 in Kraków"; empty where that is the same, or there is no time. */
export function theirChipText(ask: Chipped & Partial<Pick<Ask, "asker">>, look: Look): string {
	const at = countsUntil(ask);
	const other = ask.asked === look.me ? ask.asker : ask.asked;
	const { zone, place } = placeOf(other ?? null, look);
	if (!at || !zone || !place || other === look.me) return "";
	const when = whenText(at, { now: look.now, style: { ...look.style, zone } });
	const there = m.design_clock_in({ time: when, place: `${place}, ${utcOffset(at, zone)}` });
	return Date.parse(at) < look.now ? m.asks_was({ when: there }) : capital(there);
}

const NEAR = 3 * 3600_000;

/** A chip is in the colour of time when its instant is today or has passed. */
export function isNear(ask: Chipped, { now, style }: Pick<Look, "now" | "style">): boolean {
	if (ask.urgent && ask.state && isOwed({ state: ask.state })) return true;
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

export function nameOf(id: Id | null, look: Pick<Look, "person">): string {
	return (id && look.person(id)?.short_name) || m.asks_someone();
}

export function groupName(id: Id | null, look: Pick<Look, "group">): string {
	return (id && look.group?.(id)?.name) || m.asks_group();
}

/** Who is asked: the person, else the group that nobody answered for yet. */
export function askedName(ask: Pick<Ask, "asked" | "group">, look: Pick<Look, "person" | "group">): string {
	return ask.asked === null && ask.group !== null ? groupName(ask.group, look) : nameOf(ask.asked, look);
}

/** Where a person's clock is: their own word for the place, else the city of the zone. */
export function placeOf(id: Id | null, look: Pick<Look, "person">): { zone: string | null; place: string | null } {
	const person = id ? look.person(id) : undefined;
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
/** With a full stop where the person wrote none. */
const sentence = (text: string) => (/[.!?。！？…]$/u.test(text.trim()) ? text.trim() : `${text.trim()}.`);
const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
