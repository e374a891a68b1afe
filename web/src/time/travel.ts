/** Working in another place for a while: when to offer it, and until when. */
import { offsetMinutes } from "$design/time";
import { sameClock } from "./zones";

const DAY = 86_400_000;
const MINUTE = 60_000;
/** Where the device keeps for which zones it has asked. */
const KEY = "meridian.zones-asked";

/** Whether the device is somewhere else than the person's hours, and they have not said yet what that means. */
export function hasTravelled(device: string, zone: string | null, asked: readonly string[], now: number): boolean {
	return zone !== null && !asked.includes(device) && !sameClock(device, zone, now);
}

/** The coming Sunday there, "2026-10-18"; on a weekend the one after. */
export function nextSunday(at: number, zone: string): string {
	const wall = at + offsetMinutes(at, zone) * MINUTE;
	const day = new Date(wall).getUTCDay();
	const ahead = day === 6 ? 8 : 7 - day;
	return dateOf(wall + ahead * DAY);
}

/** The local date there, "2026-10-14". */
export function today(at: number, zone: string): string {
	return dateOf(at + offsetMinutes(at, zone) * MINUTE);
}

/** A date as an instant in the middle of its day, to say it in words of the zone. */
export function noonOf(date: string, zone: string): number {
	const noon = Date.parse(`${date}T12:00Z`);
	return noon - offsetMinutes(noon, zone) * MINUTE;
}

/** The last day before an instant, as a local date there: a journey that ends at midnight of Monday has Sunday as its last. */
export function lastDayBefore(until: string, zone: string): string {
	return today(Date.parse(until) - MINUTE, zone);
}

/** The zones for which the person on this device has said what they mean. */
export function zonesAsked(): string[] {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
		return Array.isArray(kept) ? kept.filter((zone) => typeof zone === "string") : [];
	} catch {
		return [];
	}
}

/** Does not ask for that zone again. Where the device keeps nothing, the question comes again with the next visit. */
export function keepAsked(zone: string): string[] {
	const asked = [...new Set([...zonesAsked(), zone])];
	try {
		localStorage.setItem(KEY, JSON.stringify(asked));
	} catch {
		// The answer holds for as long as the page is open.
	}
	return asked;
}

function dateOf(wall: number): string {
	return new Date(wall).toISOString().slice(0, 10);
}
