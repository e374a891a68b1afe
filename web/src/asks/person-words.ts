import type { Member } from "$data/types";
import { clock, dayAndMonth, daysBetween, placeOfZone, type TimeStyle, weekdayClock } from "$design/time";
import { m } from "$paraglide/messages";
import { endOfWork, nextStart, stateOf } from "./member-day";
import { whenText } from "./sentences";

/** Where a person is: their own word, else the city of their zone, else nothing. */
export function placeText(member: Pick<Member, "city" | "schedule">): string {
	return member.city || (member.schedule.zone ? placeOfZone(member.schedule.zone) : "");
}

/** "Working until 17:00", "Yuki starts Wed 09:30 (19:30 today your time)", "Away until 16 October", "Hours not set". */
export function stateText(member: Pick<Member, "short_name" | "schedule">, now: number, style: TimeStyle): string {
	const { schedule } = member;
	const zone = schedule.zone;
	const state = stateOf(schedule, now);
	if (state.kind === "unknown" || !zone) return m.asks_unknown();
	const there = { ...style, zone };
	if (state.kind === "away") return m.asks_away_until({ date: dayAndMonth(schedule.away?.until ?? now, there, now) });
	const until = endOfWork(schedule, now);
	if (state.kind === "working" && until) return m.asks_working_until({ time: clock(until, there) });
	const start = nextStart(schedule, now);
	return start ? startText(member.short_name, start, now, style, there) : m.asks_off();
}

/** "Althea starts Thu 09:00 (20:00 today your time)". */
function startText(name: string, start: string, now: number, style: TimeStyle, there: TimeStyle): string {
	const far = Math.abs(daysBetween(now, start, there)) > 6;
	const time = far ? whenText(start, { now, style: there }) : weekdayClock(start, there);
	if (weekdayClock(start, there) === weekdayClock(start, style)) return m.asks_starts_same({ name, time });
	return m.asks_starts({ name, time, mine: far ? whenText(start, { now, style }) : mineText(start, now, style) });
}

function mineText(at: string, now: number, style: TimeStyle): string {
	return daysBetween(now, at, style) === 0 ? clock(at, style) : weekdayClock(at, style);
}
