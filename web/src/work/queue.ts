/** A queue on my days: when somebody is on shift, and when nobody is. */
import type { QueueAnswer, TimeSpan } from "$data/index";
import type { Span } from "$design/day";
import { minutesAfter, startOfDay } from "../asks/member-day";

const MINUTE = 60_000;
const DAY = 1440;

/** One of my days, from midnight to midnight, in minutes. */
export interface QueueDay {
	/** An instant in it, in milliseconds. */
	at: number;
	/** Minutes of the day in which somebody is on shift; they touch nowhere. */
	covered: Span[];
	/** Those in which nobody is. */
	gaps: Span[];
	/** The part of the day that is not shown any more, or not yet. */
	outside: Span[];
}

/** The days of the time that a queue is shown for. */
export function daysOf({ shown, gaps }: Pick<QueueAnswer, "shown" | "gaps">, zone: string): QueueDay[] {
	const days: QueueDay[] = [];
	const end = Date.parse(shown.to);
	for (let at = Date.parse(shown.from); at < end; ) {
		const midnight = startOfDay(at, zone);
		// Half a day on is the same date also where the clocks change in it; a day and a half is the next one.
		const next = startOfDay(midnight + 36 * 60 * MINUTE, zone);
		const length = (next - midnight) / MINUTE;
		const seen = within(shown, midnight, length);
		const open = gaps.flatMap((gap) => within(gap, midnight, length));
		days.push({ at, gaps: open, covered: without(seen, open), outside: without([[0, length]], seen) });
		at = next;
	}
	return days;
}

function within(span: TimeSpan, midnight: number, length: number): Span[] {
	const from = Math.max(0, minutesAfter(midnight, span.from));
	const to = Math.min(length, minutesAfter(midnight, span.to));
	return from < to ? [[from, to]] : [];
}

/** The first without the second. */
export function without(spans: readonly Span[], cut: readonly Span[]): Span[] {
	return cut.reduce<Span[]>(
		(left, [from, to]) =>
			left.flatMap(([start, end]): Span[] => {
				if (to <= start || from >= end) return [[start, end]];
				const parts: Span[] = [
					[start, from],
					[to, end],
				];
				return parts.filter(([a, b]) => a < b);
			}),
		[...spans],
	);
}

/** Whether somebody's day goes on at an instant. */
export const isOn = (days: readonly TimeSpan[], now: number): TimeSpan | undefined =>
	days.find(({ from, to }) => Date.parse(from) <= now && now < Date.parse(to));

/** Whose day begins next. */
export function nextOn(members: QueueAnswer["members"], now: number) {
	return members
		.flatMap(({ member, days }) => {
			const next = days.find(({ from }) => Date.parse(from) > now);
			return next ? [{ member, at: next.from }] : [];
		})
		.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

export { DAY };
