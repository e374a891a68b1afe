/** Words for a person's time. The clock is theirs unless the sentence says "your time". */
import type { Member, MemberTime, Week } from "$data/types";
import {
	clock,
	clockOfMinute,
	duration,
	offsetMinutes,
	placeOfZone,
	relativeDay,
	type TimeStyle,
	weekdayClock,
	weekdays,
} from "$design/time";
import { m } from "$paraglide/messages";
import type { TimeNow } from "./member-time";
import { groupsOf, minuteOf } from "./schedule";

const MINUTE = 60_000;
/** A start this near is said as a length of time, in minutes. */
const NEAR = 24 * 60;

/** Where a person is now, also on a journey: their own word for it, else the city that names the zone; empty where nothing is known. */
export function placeText({
	city,
	schedule: { zone },
}: Pick<Member, "city"> & { schedule: Pick<MemberTime, "zone"> }): string {
	return city || (zone ? placeOfZone(zone) : "");
}

/** "Working until 18:00", "Focus until 11:00", "Starts in 10 h 10", "Time off until Thursday", "Bonifacio Day. Starts Tue 09:00", "Hours not set". */
export function statusText(time: MemberTime, now: TimeNow, at: number, style: TimeStyle): string {
	const there = theirs(time, style);
	switch (now.kind) {
		case "working":
			return now.focusUntil === null
				? m.time_working_until({ time: clock(now.until, there) })
				: m.time_focus_until({ time: clock(now.focusUntil, there) });
		case "away":
			return m.time_away_until({ day: relativeDay(now.until, at, there) });
		case "holiday":
			return now.next === null
				? now.name
				: m.time_holiday_starts({ name: now.name, time: weekdayClock(now.next, there) });
		case "unknown":
			return time.week ? m.time_not_known_now() : m.time_hours_not_set();
		case "off":
			return offText(now.next, at, there);
	}
}

function offText(next: number | null, at: number, there: TimeStyle): string {
	if (next === null) return m.time_no_work_ahead();
	const minutes = Math.round((next - at) / MINUTE);
	return minutes < NEAR
		? m.time_starts_in({ duration: duration(minutes) })
		: m.time_starts({ time: weekdayClock(next, there) });
}

/** "Althea starts Thu 09:00 (20:00 your time)". Null while they work, are away or unknown. */
export function startSentence(name: string, time: MemberTime, now: TimeNow, style: TimeStyle): string | null {
	if ((now.kind !== "off" && now.kind !== "holiday") || now.next === null || !time.zone) return null;
	const there = weekdayClock(now.next, theirs(time, style));
	if (offsetMinutes(now.next, time.zone) === offsetMinutes(now.next, style.zone))
		return m.time_name_starts({ name, there });
	return m.time_name_starts_both({ name, there, here: mine(now.next, time.zone, style) });
}

/** My clock; with my weekday where it is another day for me. */
function mine(at: number, zone: string, style: TimeStyle): string {
	const day = (zone: string) => new Date(at + offsetMinutes(at, zone) * MINUTE).getUTCDay();
	return day(zone) === day(style.zone) ? clock(at, style) : weekdayClock(at, style);
}

function theirs(time: MemberTime, style: TimeStyle): TimeStyle {
	return { ...style, zone: time.zone ?? style.zone };
}

/** One line of a week in words. */
export interface WeekLine {
	/** "Monday to Friday". */
	days: string;
	/** "09:00 to 12:00 and 13:00 to 17:00". */
	hours: string;
}

/** A week in words, days with the same hours together; empty when there are no hours. */
export function weekLines(week: Week, style: TimeStyle): WeekLine[] {
	const names = weekdays(style);
	const order = names.map(({ day }) => day - 1);
	const nameOf = (day: number | undefined) => names.find((name) => name.day - 1 === day)?.long ?? "";
	const list = new Intl.ListFormat(style.language);
	return groupsOf(week, order).map(({ days, shifts }) => ({
		days:
			days.length > 2
				? m.time_days({ first: nameOf(days[0]), last: nameOf(days.at(-1)) })
				: list.format(days.map(nameOf)),
		hours: list.format(shifts.map(([start, end]) => spanText(start, end, style))),
	}));
}

/** "09:00 to 17:30", from wall times. */
export function spanText(start: string, end: string, style: TimeStyle): string {
	return m.design_span({ start: showTime(start, style), end: showTime(end, style) });
}

/** A wall time "HH:MM" as the person reads clocks; what is not a time stays as it is. */
export function showTime(time: string, style: TimeStyle): string {
	const minute = minuteOf(time);
	return minute === null ? time : clockOfMinute(minute, style);
}
