/** Words for due times: on the clock of whoever owns the task. */
import type { Due } from "$data/types";
import { clock, offsetMinutes, placeOfZone, shortWeekday, type TimeStyle, weekdayClock } from "$design/time";
import { m } from "$paraglide/messages";
import { fromWall, toWall } from "../asks/wall-time";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** The day that it is now on a clock in `zone`: "2026-12-04". */
export function dayIn(zone: string, now: number): string {
	return new Date(now + offsetMinutes(now, zone) * MINUTE).toISOString().slice(0, 10);
}

/** Days from one date to another. */
export function daysTo(from: string, to: string): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}

/** A date some days later. */
export function dayAfter(date: string, days: number): string {
	return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}

/** "Thu", "14 Oct", "14 Oct 2027": a date, without a word for how near it is. */
export function dateText(date: string, today: string, style: TimeStyle): string {
	const at = Date.parse(date);
	const days = Math.abs(daysTo(today, date));
	if (days < 7) return shortWeekday(at, { ...style, zone: "UTC" });
	const year = date.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: "numeric" } as const);
	const locale = style.language === "en" ? "en-GB" : style.language;
	const text = new Intl.DateTimeFormat(locale, { timeZone: "UTC", day: "numeric", month: "short", ...year }).format(at);
	return text.replace(".", "");
}

/** A clock that stands alone, such as a field's: "15:00" as the reader writes it. */
export function timeText(time: string, style: TimeStyle): string {
	return clock(`2025-01-01T${time}:00Z`, { ...style, zone: "UTC" });
}

/**
 * What a clock in `zone` shows at the instant that is kept for a time which it skips on that day, because it goes forward; null
 * for a time that it does show.
 */
export function skippedTo(date: string, time: string, zone: string): { date: string; time: string } | null {
	const at = fromWall(`${date}T${time}`, zone);
	const [day = date, clock = time] = at ? toWall(at, zone).split("T") : [];
	return day === date && clock === time ? null : { date: day, time: clock };
}

/** Says that the clock skips that time, and when it will be due instead; empty for a time that it shows. */
export function skippedText(date: string, time: string, zone: string, style: TimeStyle): string {
	const kept = date && time ? skippedTo(date, time, zone) : null;
	if (!kept) return "";
	return m.work_time_skipped({ time: timeText(time, style), kept: timeText(kept.time, style) });
}

/** As the clock in its zone shows it: a time that was typed and does not exist is never said. */
function shownThere(due: Due): Due {
	return due.time === null ? due : { ...due, ...skippedTo(due.date, due.time, due.zone) };
}

/** Its time has passed. */
export const isPast = (due: Pick<Due, "at">, now: number): boolean => Date.parse(due.at) <= now;

/** It is today or has passed: what the sun colour is for. */
export function isNear(due: Due, now: number): boolean {
	return isPast(due, now) || due.date <= dayIn(due.zone, now);
}

/** What a chip says: "Thu, 12:00", "Today", "Was 11:30 today", "Was Wed". */
export function dueChip(given: Due, now: number, style: TimeStyle): string {
	const due = shownThere(given);
	const today = dayIn(due.zone, now);
	const days = daysTo(today, due.date);
	const time = due.time === null ? null : timeText(due.time, style);
	if (isPast(due, now)) {
		if (days === 0) return time ? m.work_was_today_at({ time }) : m.work_was_today();
		return days === -1 ? m.work_was_yesterday() : m.work_was({ when: dateText(due.date, today, style) });
	}
	const day = days === 0 ? m.work_today() : days === 1 ? m.work_tomorrow() : dateText(due.date, today, style);
	return time ? m.work_day_time({ day, time }) : day;
}

/** "Thu, 12:00 in Tokyo": with the place, where it is not the reader's own clock. */
export function dueThere(due: Due, now: number, style: TimeStyle, place: string = placeOfZone(due.zone)): string {
	const text = dueChip(due, now, style);
	return sameClock(due, style) ? text : m.work_in_place({ when: text, place });
}

/**
 * "Wed 22:00 for you", "13 Mar 2027, 22:00 for you" where a weekday alone would not say which; empty where the clocks are
 * the same.
 */
export function dueForMe(due: Due, now: number, style: TimeStyle): string {
	if (sameClock(due, style)) return "";
	const day = dayIn(style.zone, Date.parse(due.at));
	const today = dayIn(style.zone, now);
	const when =
		Math.abs(daysTo(today, day)) < 7
			? weekdayClock(due.at, style)
			: m.work_day_time({ day: dateText(day, today, style), time: clock(due.at, style) });
	return m.work_for_you({ when });
}

function sameClock(due: Due, style: TimeStyle): boolean {
	return due.zone === style.zone || offsetMinutes(due.at, due.zone) === offsetMinutes(due.at, style.zone);
}

/** The same instant on another clock: one's own work is ordered, and said, in one's own time. */
export function onClockOf(due: Due, zone: string): Due {
	if (due.time === null && dayIn(zone, Date.parse(due.at)) === due.date) return due;
	const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
	const [date = due.date, time = ""] = shown.format(Date.parse(due.at)).split(" ");
	return { date, time, zone, at: due.at };
}
