/** What kind of device somebody writes on: for the words, not for the look. */
export type DeviceKind = "phone" | "tablet" | "computer";

const KEY = "meridian.device";

/** This browser, as drafts name it: its kind and a random name that stays. */
export function thisDevice(): string {
	try {
		const known = localStorage.getItem(KEY);
		if (known) return known;
		const made = `${kindHere()}:${Math.random().toString(36).slice(2, 10)}`;
		localStorage.setItem(KEY, made);
		return made;
	} catch {
		// A browser that keeps nothing has a new name each time.
		passing ??= `${kindHere()}:${Math.random().toString(36).slice(2, 10)}`;
		return passing;
	}
}
let passing: string | undefined;

/** The kind that a device said it is; what is not known is a computer. */
export function kindOf(device: string): DeviceKind {
	const kind = device.split(":")[0];
	return kind === "phone" || kind === "tablet" ? kind : "computer";
}

function kindHere(): DeviceKind {
	const agent = navigator.userAgent;
	if (/iPad|Tablet|Android(?!.*Mobile)/i.test(agent)) return "tablet";
	return /Mobi|iPhone|Android/i.test(agent) ? "phone" : "computer";
}
