/** How things reach me, in words: what has arrived, when the next delivery is, what waits for it. */
import type { Delivery, Instant, MemberTime } from "$data/index";
import { clock, dayClock, daysBetween, type TimeStyle } from "$design/time";
import { m } from "$paraglide/messages";
import { timeAt } from "../time/member-time";

export interface DeliveryLook {
	/** Undefined while this device does not know it. */
	delivery: Delivery | undefined;
	time: MemberTime | undefined;
	/** Topics with something that waits for the next delivery. */
	held: number;
	now: number;
	style: TimeStyle;
}

/** What the line under the inbox says. */
export interface DeliveryWords {
	/** What has arrived and when the next delivery is. */
	text: string;
	/** What waits, as a sentence; empty when nothing does. */
	held: string;
	focus: boolean;
}

/** "Delivered at 09:00. The next delivery is at 13:00." and "4 arrived since 09:00." */
export function deliveryWords(look: DeliveryLook): DeliveryWords {
	const { delivery, time, held, now, style } = look;
	const until = focusUntil(time, delivery, now);
	if (until !== null)
		return {
			text: m.inbox_focus_until({ time: clock(until, style) }),
			held: held > 0 ? m.inbox_held_focus({ count: held }) : "",
			focus: true,
		};
	return { text: textOf(look), held: heldText(look), focus: false };
}

function textOf({ delivery, time, now, style }: DeliveryLook): string {
	if (time?.zone === null) return m.inbox_open_now();
	// Not known on this device yet: nothing is promised.
	if (!delivery) return "";
	if (isOpen(delivery, now) && delivery.open_until)
		return daysBetween(now, delivery.open_until, style) === 0
			? m.inbox_open_until({ time: clock(delivery.open_until, style) })
			: m.inbox_open_now();
	return [pastText(delivery, now, style), nextText(delivery, now, style)].filter(Boolean).join(" ");
}

function pastText(delivery: Delivery, now: number, style: TimeStyle): string {
	const at = lastArrival(delivery);
	if (!at) return "";
	return daysBetween(now, at, style) === 0
		? m.inbox_delivered_at({ time: clock(at, style) })
		: m.inbox_delivered_on({ time: dayClock(at, now, style) });
}

/** When something last arrived: a delivery, a look between two, or the end of a time in which all did. Null before the first. */
function lastArrival({ plan, through, last_at }: Delivery): Instant | null {
	if (!last_at) return plan.kind === "as_it_happens" ? through : null;
	return Date.parse(through) > Date.parse(last_at) ? through : last_at;
}

const isOpen = ({ open_until }: Delivery, now: number) => open_until !== null && Date.parse(open_until) > now;

/** What is to come, for an inbox in which nothing is left: "The next delivery is at 13:00." */
export function comingWords({ delivery, time, now, style }: Omit<DeliveryLook, "held">): string {
	if (!delivery || time?.zone === null || isOpen(delivery, now)) return m.inbox_empty_text();
	return nextText(delivery, now, style);
}

/** "The next delivery is at 13:00." */
function nextText({ next_at }: Pick<Delivery, "next_at">, now: number, style: TimeStyle): string {
	if (!next_at) return m.inbox_next_never();
	return daysBetween(now, next_at, style) === 0
		? m.inbox_next_at({ time: clock(next_at, style) })
		: m.inbox_next_on({ time: dayClock(next_at, now, style) });
}

function heldText({ delivery, held, now, style }: DeliveryLook): string {
	if (!delivery || held === 0) return "";
	const since = lastArrival(delivery);
	if (!since || daysBetween(now, since, style) !== 0) return m.inbox_held({ count: held });
	return m.inbox_held_since({ count: held, time: clock(since, style) });
}

/** Until when the person is in focus: a window of their week, or focus now. Milliseconds; null when they are not. */
export function focusUntil(
	time: MemberTime | undefined,
	delivery: Pick<Delivery, "focus_until"> | undefined,
	now: number,
): number | null {
	const state = time ? timeAt(time, now) : null;
	const weekly = state?.kind === "working" ? state.focusUntil : null;
	const own = delivery?.focus_until ? Date.parse(delivery.focus_until) : 0;
	const until = Math.max(weekly ?? 0, own);
	return until > now ? until : null;
}
