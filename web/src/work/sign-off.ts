/** What is chosen for each task at the end of a day, and what of it is kept on the device. */
import type { Baton, Id, Member, SignOffItem } from "$data/index";
import { clock, dayAndMonth, type TimeStyle, weekdayClock } from "$design/time";
import { m } from "$paraglide/messages";
import { endOfWork, nextStart, stateOf } from "../asks/member-day";
import type { Look } from "../asks/sentences";
import { draftOf, emptyBaton } from "./baton";

export interface Choice {
	/** Who gets it; empty: it stays with me. */
	to: Id | "";
	baton: Baton;
	/** A line for tomorrow, where it stays. */
	line: string;
	/** The person has chosen or written something. */
	touched: boolean;
}
export type Kept = Readonly<Record<Id, Choice>>;
export interface Sent {
	handed: { key: string; title: string; name: string }[];
	left: { key: string; title: string }[];
	/** How many were done today. */
	done: number;
}

/** For each task what was chosen before, else a draft from what was done today. */
export function choicesOf(items: readonly SignOffItem[], kept: Kept | null, look: Look): Record<Id, Choice> {
	return Object.fromEntries(
		items.map((item) => [
			item.task,
			kept?.[item.task] ?? { to: "", baton: draftOf(item, look), line: "", touched: false },
		]),
	);
}

/** What a draft of this device says; null where there is none, or none that can be read. */
export function keptOf(more: Record<string, unknown> | undefined): Kept | null {
	const choices = more?.choices;
	if (typeof choices !== "object" || choices === null) return null;
	const read = Object.entries(choices as Record<string, Partial<Choice>>).map(([task, choice]) => [
		task,
		{
			to: choice.to ?? "",
			baton: { ...emptyBaton(), ...choice.baton },
			line: choice.line ?? "",
			touched: choice.touched ?? false,
		},
	]);
	return Object.fromEntries(read) as Kept;
}

/** When somebody could go on, in a few words: "works until 17:45", "starts Thu 09:00, 20:00 for you". */
export function startWords({ schedule }: Pick<Member, "schedule">, now: number, style: TimeStyle): string {
	const state = stateOf(schedule, now);
	const zone = schedule.zone;
	if (state.kind === "unknown" || !zone) return m.work_hours_unknown();
	const there = { ...style, zone };
	if (state.kind === "away") return m.work_away_until({ date: dayAndMonth(schedule.away?.until ?? now, there, now) });
	const until = endOfWork(schedule, now);
	if (until) return m.work_works_until({ time: clock(until, there) });
	const start = nextStart(schedule, now);
	if (!start) return m.work_hours_unknown();
	const mine = weekdayClock(start, style);
	const theirs = weekdayClock(start, there);
	return mine === theirs ? m.work_starts({ time: theirs }) : m.work_starts_both({ time: theirs, mine });
}
