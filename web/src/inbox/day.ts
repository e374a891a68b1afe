/** The person's own day as a list of moments: deliveries, focus, when replies are due, what comes back, its end. */
import { type Ask, allMarks, type Delivery, type Instant, type MemberTime, rows } from "$data/index";
import { clock, dayClock, relativeDay, type TimeStyle } from "$design/time";
import { m } from "$paraglide/messages";
import { countsUntil } from "../asks/order";
import { type Look, nameOf } from "../asks/sentences";
import { type Axis, axisOf, focusOn, spansOn, type TimeNow, timeAt } from "../time/member-time";
import { focusUntil } from "./delivery";
import type { Inbox } from "./places";

const MINUTE = 60_000;

export interface Moment {
	/** Milliseconds since 1970. */
	at: number;
	words: string;
	kind: "plain" | "now" | "due" | "end";
	/** A second, smaller line. */
	detail?: string;
	/** The topic it leads to. */
	topic?: { code: string; title: string };
	past: boolean;
}

/** How things reach me: mine, and the deliveries that come next. */
export interface Deliveries {
	delivery: Delivery | undefined;
	coming: readonly Instant[];
}

/** The moments of today, in order, now among them. */
export function dayOf(time: MemberTime, inbox: Inbox, deliveries: Deliveries, look: Look): Moment[] {
	const { now, style } = look;
	const axis = axisOf(now, style.zone);
	const spans = spansOn(time, axis);
	const [first] = spans;
	const last = spans.at(-1);
	const moments: Omit<Moment, "past">[] = [
		...deliveriesOf(deliveries, now),
		...focusAhead(time, axis, look),
		...duesOf(inbox, look),
		...returnsOf(inbox),
		...(last ? [{ at: instantOn(axis, last[1]), words: m.inbox_day_ends(), kind: "end" as const }] : []),
	].filter(({ at }) => at >= axis.start && at < axis.end);
	// The first delivery is when the day starts: one moment says both.
	const start = first ? instantOn(axis, first[0]) : null;
	if (start !== null && start >= axis.start && !moments.some(({ at, kind }) => at === start && kind === "plain"))
		moments.push({ at: start, words: m.inbox_day_starts(), kind: "plain" });
	const present: Moment = { at: now, ...presentOf(time, deliveries.delivery, now, style), kind: "now", past: false };
	return [...moments.map((moment) => ({ ...moment, past: moment.at < now })), present].sort((a, b) => a.at - b.at);
}

const instantOn = (axis: Axis, minute: number) => axis.start + minute * MINUTE;

/** The last delivery with what it brought, and those to come. */
function deliveriesOf({ delivery, coming }: Deliveries, now: number): Omit<Moment, "past">[] {
	if (!delivery) return [];
	const ahead = coming.length > 0 ? coming : delivery.next_at ? [delivery.next_at] : [];
	const next = ahead
		.map((at) => Date.parse(at))
		.filter((at) => at > now)
		.map((at) => ({ at, words: m.inbox_day_delivery(), kind: "plain" as const }));
	if (!delivery.last_at) return next;
	const at = Date.parse(delivery.last_at);
	const count = rows(allMarks, "all").filter(({ arrived_at }) => arrived_at && Date.parse(arrived_at) === at).length;
	const detail = count > 0 ? { detail: m.inbox_day_items({ count }) } : {};
	return [{ at, words: m.inbox_day_delivery(), kind: "plain", ...detail }, ...next];
}

/** Focus that is still to come today; the present one is said by now. */
function focusAhead(time: MemberTime, axis: Axis, { now, style }: Look): Omit<Moment, "past">[] {
	return focusOn(time, axis)
		.map(([start, end]) => ({ at: instantOn(axis, start), until: instantOn(axis, end) }))
		.filter(({ at }) => at > now)
		.map(({ at, until }) => ({ at, words: m.inbox_day_focus({ time: clock(until, style) }), kind: "plain" }));
}

function duesOf(inbox: Inbox, look: Look): Omit<Moment, "past">[] {
	return inbox.today.flatMap(({ ask, reason, topic }) => {
		const due = ask && reason === "asked" ? countsUntil(ask) : null;
		if (!ask || !due) return [];
		const words = m.inbox_day_due({ kind: ask.kind, name: nameOf(ask.asker, look) });
		return [{ at: Date.parse(due), words, kind: "due", topic }];
	});
}

function returnsOf(inbox: Inbox): Omit<Moment, "past">[] {
	return inbox.later.map(({ mark, topic }) => ({
		at: Date.parse(mark?.later_until ?? ""),
		words: topic.title,
		detail: m.inbox_day_returns(),
		kind: "plain",
		topic,
	}));
}

/** What it is time for. */
function presentOf(
	time: MemberTime,
	delivery: Delivery | undefined,
	now: number,
	style: TimeStyle,
): Pick<Moment, "words" | "detail"> {
	const focus = focusUntil(time, delivery, now);
	if (focus !== null)
		return { words: m.inbox_day_focus({ time: clock(focus, style) }), detail: m.inbox_day_focus_detail() };
	return { words: nowWords(time, now, style) };
}

function nowWords(time: MemberTime, now: number, style: TimeStyle): string {
	const state = timeAt(time, now);
	switch (state.kind) {
		case "working":
			return m.inbox_now_working({ time: clock(state.until, style) });
		case "away":
			return m.inbox_now_away({ day: relativeDay(state.until, now, style) });
		case "holiday":
			return m.inbox_now_holiday({ name: state.name });
		case "off":
			return state.next === null ? m.inbox_now_off() : m.inbox_now_starts({ time: dayClock(state.next, now, style) });
		case "unknown":
			return m.inbox_now_unknown();
	}
}

/**
 * When my day starts, if it is calm: I do not work now, and nothing comes due before I start. What was due already waits
 * for the morning as well. Null otherwise, and while my hours are not known.
 */
export function calmUntil(time: MemberTime, inbox: Inbox, now: number): number | null {
	const state = timeAt(time, now);
	const start = startOf(state);
	if (start === null) return null;
	const sooner = inbox.today.some(({ ask, reason }) => {
		if (!ask || reason !== "asked") return false;
		const due = Date.parse(countsUntil(ask) ?? "");
		return isUrgent(ask) || (due > now && due < start);
	});
	return sooner ? null : start;
}

/** An urgent ask that I have not said that I saw. */
const isUrgent = ({ urgent }: Ask) => urgent?.acknowledged_at === null;

function startOf(state: TimeNow): number | null {
	if (state.kind === "off" || state.kind === "holiday") return state.next;
	return state.kind === "away" ? state.back : null;
}
