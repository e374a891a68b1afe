/**
 * Words for instants: pure formatting, no arithmetic on working time (the server does that).
 * Every function takes the instant, and the style of the person who reads it.
 */

import { m } from "$paraglide/messages";
import { NAMES } from "./zone-names";

/** An instant: a `Date`, milliseconds since 1970, or an ISO 8601 text with an offset. */
export type Instant = Date | number | string;

/** 1 is Monday, 7 is Sunday (ISO 8601). */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** How one person reads time. */
export interface TimeStyle {
	/** Language of the interface: "en", "es" or "pt". */
	language: "en" | "es" | "pt";
	/** IANA name of the reader's time zone. */
	zone: string;
	/** 12-hour clock (9:20 AM) instead of 24 hours (09:20). */
	hour12: boolean;
	/** The day that begins a week. */
	firstWeekday: Weekday;
}

/** English dates follow "Tuesday 14 October", never month first. */
const LOCALES = { en: "en-GB", es: "es", pt: "pt" } as const;

const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making an `Intl` format costs about 50 µs, and lists need the same ones hundreds of times. */
function format(style: TimeStyle, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const full = { timeZone: style.zone, ...options };
	const key = `${style.language} ${JSON.stringify(full)}`;
	const known = formats.get(key);
	if (known) return known;
	const made = new Intl.DateTimeFormat(LOCALES[style.language], full);
	formats.set(key, made);
	return made;
}

/** The instant as a `Date`. Throws `RangeError` for a text that is not a date. */
export function toDate(at: Instant): Date {
	const date = at instanceof Date ? at : new Date(at);
	if (Number.isNaN(date.getTime())) throw new RangeError(`Not an instant: ${String(at)}`);
	return date;
}

/** "09:20", or "9:20 AM" on a 12-hour clock. */
export function clock(at: Instant, style: TimeStyle): string {
	return style.hour12
		? format(style, { hour: "numeric", minute: "2-digit", hourCycle: "h12" })
				.format(toDate(at))
				.replace(/\s?(am|pm)$/i, (half) => ` ${half.trim().toUpperCase()}`)
		: format(style, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(toDate(at));
}

/** A minute of a day (0 to 1440) as a clock: 560 is "09:20", 1440 is "24:00". */
export function clockOfMinute(minute: number, style: Pick<TimeStyle, "language" | "hour12">): string {
	const whole = Math.round(minute);
	if (whole === 1440 && !style.hour12) return "24:00";
	return clock(Date.UTC(2025, 0, 1) + whole * 60_000, { ...style, zone: "UTC", firstWeekday: 1 });
}

/** "Thu". */
export function shortWeekday(at: Instant, style: TimeStyle): string {
	return capital(format(style, { weekday: "short" }).format(toDate(at)).replace(/\.$/, ""), style);
}

/** "Tuesday 14 October"; with the year when it is not the year of `now`. */
export function longDate(at: Instant, style: TimeStyle, now: Instant = at): string {
	const year = sameYear(at, now, style) ? {} : ({ year: "numeric" } as const);
	const text = format(style, { weekday: "long", day: "numeric", month: "long", ...year }).format(toDate(at));
	return capital(style.language === "en" ? text.replace(",", "") : text, style);
}

/** "14 October"; with the year when it is not the year of `now`. */
export function dayAndMonth(at: Instant, style: TimeStyle, now: Instant = at): string {
	const year = sameYear(at, now, style) ? {} : ({ year: "numeric" } as const);
	return format(style, { day: "numeric", month: "long", ...year }).format(toDate(at));
}

/** "Tue 14 Oct". */
export function shortDate(at: Instant, style: TimeStyle): string {
	const text = format(style, { weekday: "short", day: "numeric", month: "short" }).format(toDate(at));
	return capital(text.replace(/[.,]/g, ""), style);
}

/** "Thu 09:00". */
export function weekdayClock(at: Instant, style: TimeStyle): string {
	return `${shortWeekday(at, style)} ${clock(at, style)}`;
}

/**
 * The day as people say it: today, tomorrow, yesterday, a weekday within six days, else "14 October".
 * Days are the reader's own calendar days.
 */
export function relativeDay(at: Instant, now: Instant, style: TimeStyle): string {
	const days = daysBetween(now, at, style);
	if (days === 0) return m.design_today();
	if (days === 1) return m.design_tomorrow();
	if (days === -1) return m.design_yesterday();
	if (Math.abs(days) < 7) return format(style, { weekday: "long" }).format(toDate(at));
	return dayAndMonth(at, style, now);
}

/** "today 11:30", "tomorrow, 12:00", "Thu 09:00" within six days, else "16 October, 12:00". */
export function dayClock(at: Instant, now: Instant, style: TimeStyle): string {
	const time = clock(at, style);
	const days = daysBetween(now, at, style);
	if (days === 0) return m.design_today_clock({ time });
	if (days === 1) return m.design_tomorrow_clock({ time });
	if (days === -1) return m.design_yesterday_clock({ time });
	if (Math.abs(days) < 7) return weekdayClock(at, style);
	return m.design_date_clock({ date: dayAndMonth(at, style, now), time });
}

/** For the end of a list row: the clock today, the weekday within six days, else "14 Oct". */
export function rowTime(at: Instant, now: Instant, style: TimeStyle): string {
	const days = daysBetween(now, at, style);
	if (days === 0) return clock(at, style);
	if (Math.abs(days) < 7) return shortWeekday(at, style);
	const year = sameYear(at, now, style) ? {} : ({ year: "numeric" } as const);
	return format(style, { day: "numeric", month: "short", ...year })
		.format(toDate(at))
		.replace(".", "");
}

/** "16:15 in Lisbon": the clock in a zone, with the name of the place. */
export function clockIn(at: Instant, zone: string, place: string, style: TimeStyle): string {
	return m.design_clock_in({ time: clock(at, { ...style, zone }), place });
}

/** "Wed 12:00 in Kraków": the weekday and clock in a zone, with the name of the place. */
export function weekdayClockIn(at: Instant, zone: string, place: string, style: TimeStyle): string {
	return m.design_clock_in({ time: weekdayClock(at, { ...style, zone }), place });
}

/** A length of time in words that fit a chip: "45 min", "2 h", "2 h 10", "3 days". Whole minutes, never negative. */
export function duration(minutes: number): string {
	const whole = Math.max(0, Math.round(minutes));
	if (whole < 60) return m.design_minutes({ count: whole });
	if (whole < 24 * 60) {
		const hours = Math.floor(whole / 60);
		const rest = whole % 60;
		return rest === 0 ? m.design_hours({ count: hours }) : m.design_hours_minutes({ hours, minutes: rest });
	}
	return m.design_days({ count: Math.round(whole / 1440) });
}

/** "in 2 h 10" for a later instant; empty for one that has passed. */
export function untilText(at: Instant, now: Instant): string {
	const minutes = Math.round((toDate(at).getTime() - toDate(now).getTime()) / 60_000);
	return minutes > 0 ? m.design_in_duration({ duration: duration(minutes) }) : "";
}

/** Calendar days from one instant to another in the reader's zone: 0 is the same day, 1 the next. */
export function daysBetween(from: Instant, to: Instant, style: TimeStyle): number {
	return Math.round((dayNumber(to, style.zone) - dayNumber(from, style.zone)) / DAY);
}

/** The minute of the day (0 to 1439) that a clock on the wall in `zone` shows. */
export function minuteOfDay(at: Instant, zone: string): number {
	const { hour, minute } = wall(at, zone);
	return hour * 60 + minute;
}

/** Minutes that `zone` is ahead of UTC at that instant; negative to the west. */
export function offsetMinutes(at: Instant, zone: string): number {
	const { year, month, day, hour, minute } = wall(at, zone);
	const date = toDate(at).getTime();
	return Math.round((Date.UTC(year, month - 1, day, hour, minute) - date) / 60_000);
}

/** How far a zone's clock is from the reader's: "+6 h", "−1 h 30", or "same time". */
export function offsetFrom(at: Instant, zone: string, style: TimeStyle): string {
	const minutes = offsetMinutes(at, zone) - offsetMinutes(at, style.zone);
	if (minutes === 0) return m.design_same_time();
	return `${minutes > 0 ? "+" : "−"}${duration(Math.abs(minutes))}`;
}

/** The offset of a zone as people write it: "UTC−5", "UTC+5:30". */
export function utcOffset(at: Instant, zone: string): string {
	const minutes = offsetMinutes(at, zone);
	if (minutes === 0) return "UTC";
	const hours = Math.floor(Math.abs(minutes) / 60);
	const rest = Math.abs(minutes) % 60;
	return `UTC${minutes > 0 ? "+" : "−"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

/** The seven weekdays in the reader's order, with their short and long names. */
export function weekdays(style: TimeStyle): { day: Weekday; short: string; long: string }[] {
	const monday = Date.UTC(2024, 0, 1);
	const utc = { ...style, zone: "UTC" };
	return Array.from({ length: 7 }, (_, index) => {
		const day = (((style.firstWeekday - 1 + index) % 7) + 1) as Weekday;
		const at = monday + (day - 1) * DAY;
		return { day, short: shortWeekday(at, utc), long: capital(format(utc, { weekday: "long" }).format(at), style) };
	});
}

/** The city that names a zone, for people who have not written theirs: "America/Bogota" gives "Bogotá". */
export function placeOfZone(zone: string): string {
	return NAMES[zone] ?? (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

interface Wall {
	year: number;
	month: number;
	day: number;
	hour: number;
	minute: number;
}

function wall(at: Instant, zone: string): Wall {
	const parts = format(
		{ language: "en", zone, hour12: false, firstWeekday: 1 },
		{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", hourCycle: "h23" },
	).formatToParts(toDate(at));
	const value = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value ?? 0);
	return {
		year: value("year"),
		month: value("month"),
		day: value("day"),
		hour: value("hour"),
		minute: value("minute"),
	};
}

function dayNumber(at: Instant, zone: string): number {
	const { year, month, day } = wall(at, zone);
	return Date.UTC(year, month - 1, day);
}

function sameYear(a: Instant, b: Instant, style: TimeStyle): boolean {
	return wall(a, style.zone).year === wall(b, style.zone).year;
}

/** Spanish and Portuguese write days in lower case inside a sentence; alone, as a label, they begin with a capital. */
function capital(text: string, style: TimeStyle): string {
	return text.charAt(0).toLocaleUpperCase(LOCALES[style.language]) + text.slice(1);
}
