/** Words for days of calendars and timelines. A date stands for itself: no zone moves it. */
import type { Member } from "$data/types";
import type { TimeStyle } from "$design/time";
import { m } from "$paraglide/messages";
import { offOn } from "./dates";

const localeOf = ({ language }: TimeStyle) => (language === "en" ? "en-GB" : language);

function written(date: string, style: TimeStyle, how: Intl.DateTimeFormatOptions): string {
	const text = new Intl.DateTimeFormat(localeOf(style), { timeZone: "UTC", ...how }).format(Date.parse(date));
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "December 2026". */
export const monthText = (date: string, style: TimeStyle) => written(date, style, { month: "long", year: "numeric" });
/** "Dec", or "December" where there is room. */
export const monthName = (date: string, style: TimeStyle, long: boolean) =>
	written(date, style, { month: long ? "long" : "short" });
/** "Friday 4 December". */
export const dayText = (date: string, style: TimeStyle) =>
	written(date, style, { weekday: "long", day: "numeric", month: "long" }).replace(",", "");
/** "4 Dec". */
export const shortDay = (date: string, style: TimeStyle) =>
	written(date, style, { day: "numeric", month: "short" }).replace(".", "");
/** "Fri". */
export const weekdayText = (date: string, style: TimeStyle) =>
	written(date, style, { weekday: "short" }).replace(".", "");

/** "Yuki does not work that day", where that is known; empty otherwise. */
export function offText(owner: Pick<Member, "short_name" | "schedule"> | undefined, date: string): string {
	const off = owner && offOn(owner.schedule, date);
	if (!off) return "";
	const name = owner.short_name;
	if (off.kind === "holiday") return m.work_off_holiday({ name, holiday: off.name });
	return off.kind === "away" ? m.work_off_away({ name }) : m.work_off_week({ name });
}
