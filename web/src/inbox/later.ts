/** The choices of Later. The instants are those of the server, in my working time; the client only says them. */
import type { Instant, LaterChoices, Member, MemberTime } from "$data/index";
import { daysBetween, type TimeStyle } from "$design/time";
import { m } from "$paraglide/messages";
import { whenText } from "../asks/sentences";
import { timeAt } from "../time/member-time";

export interface Choice {
	label: string;
	at: Instant;
	/** "tomorrow, 08:00". */
	when: string;
}

/** What is offered, the earliest first, each instant once. `person`: whose start is worth waiting for. */
export function choicesOf(found: LaterChoices, person: Member | undefined, now: number, style: TimeStyle): Choice[] {
	const next = found.next_start;
	const nextLabel = next && daysBetween(now, next, style) === 1 ? m.inbox_later_tomorrow() : m.inbox_later_next_start();
	const theirs = person ? startOf(person.schedule, now) : null;
	const all: [string, Instant | null][] = [
		[m.inbox_later_afternoon(), found.this_afternoon],
		[nextLabel, next],
		[m.inbox_later_next_week(), found.next_week],
		[m.inbox_later_person({ name: person?.short_name ?? "" }), theirs],
	];
	const ahead = all.flatMap(([label, at]) =>
		at && Date.parse(at) > now ? [{ label, at, when: whenText(at, { now, style }) }] : [],
	);
	const once = ahead.filter(
		({ at }, index) => ahead.findIndex((other) => Date.parse(other.at) === Date.parse(at)) === index,
	);
	return once.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Without the server: my next start, as this device knows it. */
export function knownChoices(mine: MemberTime | undefined, now: number): LaterChoices {
	return { next_start: mine ? startOf(mine, now) : null, this_afternoon: null, next_week: null };
}

/** When a person starts next, after the working time they are in; null when it is not known. */
function startOf(time: MemberTime, now: number): Instant | null {
	const state = timeAt(time, now);
	if (state.kind === "off" && state.next !== null) return new Date(state.next).toISOString();
	if (state.kind === "working") return time.working.find(([start]) => Date.parse(start) > state.until)?.[0] ?? null;
	return null;
}
