/** The axis of a map: weeks, and the marks of the reader's and of other clocks along it. */
import type { Span } from "$design/day";
import { offsetMinutes } from "$design/time";
import { type Axis, instantOf } from "./member-time";

const MINUTE = 60_000;

/** The calendar week that holds `at` in `zone`, from its first weekday (1 is Monday). */
export function weekOf(at: number, zone: string, firstWeekday: number): Axis {
	const wall = at + offsetMinutes(at, zone) * MINUTE;
	const day = Math.floor(wall / (1440 * MINUTE));
	// The first of January 1970 was a Thursday.
	const since = (((day + 3) % 7) - (firstWeekday - 1) + 7) % 7;
	const start = instantOf((day - since) * 1440 * MINUTE, zone);
	const end = instantOf((day - since + 7) * 1440 * MINUTE, zone);
	return { zone, start, end, length: (end - start) / MINUTE };
}

/** The calendar days of an axis: where each begins, as an instant and as a minute of it. */
export function daysOn(axis: Axis): { at: number; minute: number }[] {
	const wall = axis.start + offsetMinutes(axis.start, axis.zone) * MINUTE;
	const days = Math.max(1, Math.round(axis.length / 1440));
	return Array.from({ length: days }, (_, day) => {
		const at = day === 0 ? axis.start : instantOf(wall + day * 1440 * MINUTE, axis.zone);
		return { at, minute: (at - axis.start) / MINUTE };
	});
}

/** Where the clock of another zone shows each `step` hours along an axis. */
export function hoursThere(axis: Axis, zone: string, step: number): { hour: number; minute: number }[] {
	const found: { hour: number; minute: number }[] = [];
	const wall = (at: number) => at + offsetMinutes(at, zone) * MINUTE;
	const every = step * 60 * MINUTE;
	for (let mark = Math.ceil(wall(axis.start) / every) * every; ; mark += every) {
		const at = instantOf(mark, zone);
		if (at >= axis.end) return found;
		if (at >= axis.start) found.push({ hour: (mark / (60 * MINUTE)) % 24, minute: (at - axis.start) / MINUTE });
	}
}

/** Every Monday to Friday of a zone from one hour to another, on an axis: to assume what a person has not said. */
export function usualDaysOn(axis: Axis, zone: string, from: number, to: number): Span[] {
	const wall = axis.start + offsetMinutes(axis.start, zone) * MINUTE;
	const first = Math.floor(wall / (1440 * MINUTE)) - 1;
	const days = Math.ceil(axis.length / 1440) + 3;
	return Array.from({ length: days }, (_, index) => first + index)
		.filter((day) => (day + 3) % 7 < 5)
		.map((day): Span => {
			const minute = (hour: number) => (instantOf((day * 24 + hour) * 60 * MINUTE, zone) - axis.start) / MINUTE;
			return [minute(from), minute(to)];
		})
		.filter(([start, end]) => end > 0 && start < axis.length);
}

/** Where the clock on the axis shows each hour: its minute on the axis, every `step` hours from 0 to 24. */
export function hoursOn(axis: Axis, step: number): { hour: number; minute: number }[] {
	const wallStart = axis.start + offsetMinutes(axis.start, axis.zone) * MINUTE;
	return Array.from({ length: 24 / step + 1 }, (_, index) => {
		const hour = index * step;
		const at = hour === 24 ? axis.end : instantOf(wallStart + hour * 60 * MINUTE, axis.zone);
		return { hour, minute: (at - axis.start) / MINUTE };
	});
}
