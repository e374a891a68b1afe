import type { TimeStyle } from "./time";

/**
 * How the person on this device reads time. Settings fill it; every component that shows a time follows it.
 * Before anything is known it holds what the browser says.
 */
export const timeStyle: TimeStyle = $state(browserTimeStyle());

/** What the browser alone can tell: its zone and its language. */
function browserTimeStyle(): TimeStyle {
	const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
	return { language: "en", zone: timeZone || "UTC", hour12: false, firstWeekday: 1 };
}
