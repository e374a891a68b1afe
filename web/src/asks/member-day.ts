import type { MemberTime } from "$data/types";
import { type DayState, dayState, type Span } from "$design/day";
import { minuteOfDay, toDate } from "$design/time";

const MINUTE = 60_000;
const DAY = 1440;

/** When a person works, on the viewer's axis: minutes of the viewer's today, more than 1440 for tomorrow. */
export function spansOn(time: Pick<MemberTime, "working">, now: number, viewerZone: string): Span[] {
	const midnight = startOfDay(now, viewerZone);
	return time.working.map(([start, end]) => [minutesAfter(midnight, start), minutesAfter(midnight, end)] as const);
}

/** The same for one day of the viewer, 0 being today; spans are cut to that day. */
export function spansOfDay(time: Pick<MemberTime, "working">, now: number, viewerZone: string): Span[] {
	return spansOn(time, now, viewerZone).flatMap(([start, end]) => {
		const [from, to] = [Math.max(0, start), Math.min(DAY, end)];
		return from < to ? [[from, to] as const] : [];
	});
}

/** What part of a person's working day it is. */
export function stateOf(time: Pick<MemberTime, "zone" | "working" | "away">, now: number): DayState {
	if (time.away && isWithin(now, time.away.from, time.away.until)) return { kind: "away" };
	if (!time.zone) return { kind: "unknown" };
	const current = time.working.find(([start, end]) => isWithin(now, start, end));
	if (!current) return { kind: "off" };
	const zone = time.zone;
	const begun = current[0];
	// The shifts of one day count together; a pause between them is part of the day.
	const day = time.working.filter(([start]) => sameDay(start, begun, zone));
	const spans = day.map(([start, end]) => [minutesAfter(0, start), minutesAfter(0, end)] as const);
	return dayState(spans, now / MINUTE);
}

/** When the present working time ends; null outside of it. */
export function endOfWork(time: Pick<MemberTime, "working">, now: number): string | null {
	return time.working.find(([start, end]) => isWithin(now, start, end))?.[1] ?? null;
}

/** When the person next begins to work, however far; null when that is never or unknown. */
export function nextStart(
	time: Pick<MemberTime, "working"> & { next_start?: string | null },
	now: number,
): string | null {
	const known = time.working.find(([start]) => Date.parse(start) > now)?.[0];
	if (known) return known;
	return time.next_start && Date.parse(time.next_start) > now ? time.next_start : null;
}

/** Minutes from one instant to another; negative when it lies before. */
export function minutesAfter(from: number, at: string): number {
	return (Date.parse(at) - from) / MINUTE;
}

/** The midnight with which the viewer's today began. */
export function startOfDay(now: number, zone: string): number {
	const minute = Math.floor(toDate(now).getTime() / MINUTE) * MINUTE;
	return minute - minuteOfDay(minute, zone) * MINUTE;
}

const isWithin = (now: number, from: string, until: string) => Date.parse(from) <= now && now < Date.parse(until);

function sameDay(a: string, b: string, zone: string): boolean {
	const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
	return day.format(toDate(a)) === day.format(toDate(b));
}
