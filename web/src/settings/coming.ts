/** Deliveries to come, by day, for the preview of the choices. */
import type { Instant, Plan } from "$data/index";
import { clock, daysBetween, type TimeStyle } from "$design/time";

/** The times of a plan that a person chose. */
export type Times = Extract<Plan, { kind: "fixed" }>["times"];
export const MOST_TIMES = 6;

/** The deliveries of one day of the reader, with their minute of that day. */
export interface ComingDay {
	/** The first of them. */
	at: Instant;
	clocks: string[];
}

/** The instants by the reader's day, in order. */
export function byDay(coming: readonly Instant[], style: TimeStyle): ComingDay[] {
	const days: ComingDay[] = [];
	for (const at of coming) {
		const last = days.at(-1);
		if (last && daysBetween(last.at, at, style) === 0) last.clocks.push(clock(at, style));
		else days.push({ at, clocks: [clock(at, style)] });
	}
	return days;
}

/** The times of one usual day: the first day that is not begun, of those that are known. */
export function usualTimes(coming: readonly Instant[], now: number, style: TimeStyle): string[] {
	const days = byDay(coming, style);
	return (days.find(({ at }) => daysBetween(now, at, style) > 0) ?? days[0])?.clocks ?? [];
}

/** Delivery times as the server takes them: in order, each once, one to six; null while one cannot be read. */
export function timesOf(written: readonly string[]): Times | null {
	const times = written.filter((time) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time)).toSorted();
	const right = times.length === written.length && times.length > 0 && times.length <= MOST_TIMES;
	return right && new Set(times).size === times.length ? (times as Times) : null;
}
