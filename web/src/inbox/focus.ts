/** Focus that begins now: until when it is offered. */
import type { MemberTime } from "$data/index";
import { axisOf, spansOn, timeAt } from "../time/member-time";

const MINUTE = 60_000;
/** The server takes no focus that is longer. */
const MOST = 12 * 60 * MINUTE;
/** Ends are offered at the next of these. */
const STEP = 5 * MINUTE;
/** Shorter is not worth it. */
const LEAST = 15 * MINUTE;

/**
 * Until when focus can begin now: for an hour, for two, until the pause, until the day ends; in order, each instant once.
 * Milliseconds.
 */
export function focusEnds(time: MemberTime, now: number): number[] {
	const round = (at: number) => Math.ceil(at / STEP) * STEP;
	const state = timeAt(time, now);
	const ends = [round(now + 60 * MINUTE), round(now + 120 * MINUTE)];
	if (state.kind === "working" && time.zone) {
		const axis = axisOf(now, time.zone);
		const day = spansOn(time, axis).at(-1);
		ends.push(state.until);
		if (day) ends.push(axis.start + day[1] * MINUTE);
	}
	return [...new Set(ends)].filter((end) => end - now >= LEAST && end - now <= MOST).sort((a, b) => a - b);
}
