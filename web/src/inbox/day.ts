/** The person's own day as a list of moments: when it starts and ends, when replies are due, what comes back. */
import type { MemberTime } from "$data/index";
import { clock, dayClock, relativeDay, type TimeStyle } from "$design/time";
import { m } from "$paraglide/messages";
import { countsUntil } from "../asks/order";
import { type Look, nameOf } from "../asks/sentences";
import { axisOf, spansOn, timeAt } from "../time/member-time";
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

/** The moments of today, in order, now among them. */
export function dayOf(time: MemberTime, inbox: Inbox, look: Look): Moment[] {
	const { now, style } = look;
	const axis = axisOf(now, style.zone);
	const today = (at: number) => at >= axis.start && at < axis.end;
	const make = (moment: Omit<Moment, "past">): Moment => ({ ...moment, past: moment.at < now });
	const spans = spansOn(time, axis).map(
		([start, end]) => [axis.start + start * MINUTE, axis.start + end * MINUTE] as const,
	);
	const starts = spans.slice(0, 1).map(([start]) => make({ at: start, words: m.inbox_day_starts(), kind: "plain" }));
	const ends = spans.slice(-1).map(([, end]) => make({ at: end, words: m.inbox_day_ends(), kind: "end" }));
	const dues = inbox.today.flatMap(({ ask, reason, topic }) => {
		const due = ask && reason === "asked" ? countsUntil(ask) : null;
		if (!ask || !due) return [];
		return [
			make({
				at: Date.parse(due),
				words: m.inbox_day_due({ kind: ask.kind, name: nameOf(ask.asker, look) }),
				kind: "due",
				topic,
			}),
		];
	});
	const returns = inbox.later.map(({ mark, topic }) =>
		make({
			at: Date.parse(mark?.later_until ?? ""),
			words: topic.title,
			detail: m.inbox_day_returns(),
			kind: "plain",
			topic,
		}),
	);
	const present: Moment = { at: now, words: nowWords(time, now, style), kind: "now", past: false };
	return [...starts, ...dues, ...returns, ...ends, present].filter(({ at }) => today(at)).sort((a, b) => a.at - b.at);
}

/** What it is time for. */
function nowWords(time: MemberTime, now: number, style: TimeStyle): string {
	const state = timeAt(time, now);
	switch (state.kind) {
		case "working":
			return m.inbox_now_working({ time: clock(state.until, style) });
		case "away":
			return m.inbox_now_away({ day: relativeDay(state.until, now, style) });
		case "off":
			return state.next === null ? m.inbox_now_off() : m.inbox_now_starts({ time: dayClock(state.next, now, style) });
		case "unknown":
			return m.inbox_now_unknown();
	}
}

/**
 * When my day starts, if it is calm: I do not work now, and nothing waits for a reply before I start. Null otherwise,
 * and while my hours are not known.
 */
export function calmUntil(time: MemberTime, inbox: Inbox, now: number): number | null {
	const state = timeAt(time, now);
	const start = state.kind === "off" ? state.next : state.kind === "away" ? state.until : null;
	if (start === null) return null;
	const sooner = inbox.today.some(({ ask, reason }) => {
		const due = ask && reason === "asked" ? countsUntil(ask) : null;
		return due !== null && Date.parse(due) < start;
	});
	return sooner ? null : start;
}
