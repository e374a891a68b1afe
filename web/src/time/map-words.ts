/** The words of the map's axis and of what its rows draw. */
import type { Span } from "$design/day";
import { clock, clockOfMinute, weekdayClock } from "$design/time";
import { timeStyle } from "$design/time-style.svelte";
import { m } from "$paraglide/messages";
import type { Axis } from "./member-time";

const MINUTE = 60_000;

/** An hour on an axis: "09", or "9 AM" on a 12-hour clock. */
export function hourText(hour: number): string {
	return timeStyle.hour12 ? clockOfMinute(hour * 60, timeStyle).replace(":00", "") : String(hour).padStart(2, "0");
}

/** Stretches of an axis on the clock of a zone: "09:00 to 17:30"; with the weekday on an axis of several days. */
export function spansText(spans: readonly Span[], axis: Axis, zone: string, oneDay: boolean): string[] {
	const style = { ...timeStyle, zone };
	return spans.map(([from, to]) => {
		const [start, end] = [axis.start + from * MINUTE, axis.start + to * MINUTE];
		return m.design_span({
			start: oneDay ? clock(start, style) : weekdayClock(start, style),
			end: clock(end, style),
		});
	});
}
