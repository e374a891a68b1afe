/** When all people of a space work at the same time, from the intervals that the server computed. */
import type { MemberTime } from "$data/index";
import { windowsOf } from "../time/headcount";
import { axisOf } from "../time/member-time";

const MINUTE = 60_000;
/** How far the server's intervals reach, in whole days from today. */
const DAYS = 3;
/** The shortest common time worth naming, in minutes. */
const SHORTEST = 60;

/** The next stretch of at least an hour in which all of `times` work; null when none is known. Milliseconds. */
export function nextCommon(
	times: readonly MemberTime[],
	now: number,
	zone: string,
): { from: number; to: number } | null {
	if (times.length < 2) return null;
	for (let day = 0; day < DAYS; day++) {
		const axis = axisOf(now, zone, day);
		const common = windowsOf(times, axis, SHORTEST)
			.filter((window) => window.people.length === times.length)
			.map((window) => ({
				from: Math.max(now, axis.start + window.from * MINUTE),
				to: axis.start + window.to * MINUTE,
			}))
			.filter(({ from, to }) => to - from >= SHORTEST * MINUTE)
			.sort((a, b) => a.from - b.from);
		if (common[0]) return common[0];
	}
	return null;
}
