/** The people of the map: from the server's answer for the days that are shown, else from what the device knows of each. */
import type { Id, Member, MemberTime, TeamTime } from "$data/types";
import { type Axis, type KnownTime, type Off, sortedOff } from "./member-time";

/** A person on the map. */
export interface MapPerson {
	member: Member;
	time: KnownTime;
}

/** What an answer may miss at the end of a week that a clock change makes an hour longer, in milliseconds. */
const HOUR = 3_600_000;

/** The days of 24 hours to ask for, so that the answer tells of the axis; the server knows at most seven. */
export function daysToAsk(axis: Axis): number {
	return Math.min(7, Math.ceil(axis.length / 1440));
}

/** Whether an answer tells of the axis. */
export function covers(answer: Pick<TeamTime, "from" | "until">, axis: Axis): boolean {
	return Date.parse(answer.from) <= axis.start && Date.parse(answer.until) >= axis.end - HOUR;
}

/** The people of an answer, with what it tells of their time in place of what their rows tell. Those without a row are left out. */
export function peopleOf(answer: TeamTime, memberOf: (id: Id) => Member | undefined): MapPerson[] {
	return answer.people.flatMap((person) => {
		const member = memberOf(person.member);
		return member ? [{ member, time: timeOf(member.schedule, person, answer.until) }] : [];
	});
}

function timeOf(row: MemberTime, person: TeamTime["people"][number], until: string): KnownTime {
	return {
		...row,
		zone: person.zone,
		working: person.working,
		working_until: row.week ? until : null,
		focus: person.focus,
		clock_change: person.clock_change,
		off: sortedOff(person.off.map((off) => offIn(off, row.away))),
	};
}

/** The answer cuts a time off at the ends of its days; the row knows when it ends, and who covers. */
function offIn({ from, until, name }: TeamTime["people"][number]["off"][number], away: MemberTime["away"]): Off {
	const off = { from: Date.parse(from), until: Date.parse(until), name, cover: null };
	if (name !== null || !away) return off;
	const whole = { from: Date.parse(away.from), until: Date.parse(away.until) };
	return whole.from < off.until && off.from < whole.until ? { ...off, ...whole, cover: away.cover } : off;
}

/** Where people are who change their clock at the same time, and what that does to the hours they share with me. */
export interface ClockNews {
	/** IANA zone. */
	zone: string;
	at: string;
	/** Positive: the clock goes forward. */
	minutes: number;
	/** Nobody of them shares a different length of time with me before and after: then there is nothing more to say. */
	people: { member: Id; before: number; after: number }[];
}

/** The clock changes of an answer, those of one zone together, soonest first. */
export function clockNews(answer: Pick<TeamTime, "changes">, zoneOf: (member: Id) => string | null): ClockNews[] {
	const news = new Map<string, ClockNews>();
	for (const { member, at, minutes, overlap_before, overlap_after } of answer.changes) {
		const zone = zoneOf(member);
		if (!zone) continue;
		const key = `${zone} ${at}`;
		const known = news.get(key) ?? { zone, at, minutes, people: [] };
		if (overlap_before !== overlap_after) known.people.push({ member, before: overlap_before, after: overlap_after });
		news.set(key, known);
	}
	return [...news.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.zone.localeCompare(b.zone));
}
