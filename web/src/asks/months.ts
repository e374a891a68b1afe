import { toDate } from "$design/time";

/** The month that a clock on the wall in `zone` is in: "2026-12". */
export function monthOf(at: number, zone: string): string {
	const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit" }).formatToParts(
		toDate(at),
	);
	const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? "";
	return `${part("year")}-${part("month")}`;
}

/** The month before or after. */
export function stepMonth(month: string, by: 1 | -1): string {
	const [year = 1970, number = 1] = month.split("-").map(Number);
	const at = new Date(Date.UTC(year, number - 1 + by, 1));
	return `${at.getUTCFullYear()}-${String(at.getUTCMonth() + 1).padStart(2, "0")}`;
}

/** "December 2026". */
export function monthName(month: string, language: "en" | "es" | "pt"): string {
	const [year = 1970, number = 1] = month.split("-").map(Number);
	const text = new Intl.DateTimeFormat(language, { timeZone: "UTC", year: "numeric", month: "long" }).format(
		Date.UTC(year, number - 1, 1),
	);
	return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
