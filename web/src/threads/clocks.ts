import type { Member } from "$data/index";
import { clockIn, minuteOfDay, type TimeStyle, weekdayClockIn } from "$design/time";
import { placeText } from "../asks/person-words";

/** "18:12 in Tokyo": the other clock of a moment, where its person is; empty where both clocks agree or theirs is unknown. */
export function clockThere(
	at: string,
	person: Pick<Member, "city" | "schedule"> | undefined,
	style: TimeStyle,
): string {
	const zone = person?.schedule.zone;
	const place = person ? placeText(person) : "";
	if (!zone || !place || minuteOfDay(at, zone) === minuteOfDay(at, style.zone)) return "";
	return sameDay(at, zone, style) ? clockIn(at, zone, place, style) : weekdayClockIn(at, zone, place, style);
}

function sameDay(at: string, zone: string, style: TimeStyle): boolean {
	const day = (in_: string) => new Intl.DateTimeFormat("en-CA", { timeZone: in_ }).format(new Date(at));
	return day(zone) === day(style.zone);
}
