/** Time zones by the names of their cities: to choose one, and to say where somebody is. */
import { offsetMinutes, placeOfZone } from "$design/time";
import { CITIES, ISLANDS } from "./cities";

/** One line of the zone picker. Several cities may share a zone. */
export interface Place {
	city: string;
	/** IANA name. */
	zone: string;
	/** What the person may type to find it: without accents, in lower case. */
	words: string;
}

export type World = "americas" | "europe" | "africa" | "asia" | "oceania" | "elsewhere";

/** The parts of the world from west to east, as people are listed. */
export const WORLDS: readonly World[] = ["americas", "europe", "africa", "asia", "oceania", "elsewhere"];

/** Milliseconds of half a year: two clocks that agree now and then are the same for a traveller. */
const HALF_A_YEAR = 182 * 86_400_000;

/** The zone of this device. */
export function deviceZone(): string {
	return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** Whether this browser knows the zone. */
export function isZone(zone: string): boolean {
	try {
		new Intl.DateTimeFormat("en", { timeZone: zone });
		return true;
	} catch {
		return false;
	}
}

/** The city that names a zone: "America/Bogota" gives "Bogotá". */
export const cityOfZone = placeOfZone;

let known: readonly Place[] | undefined;

/** Every city that can be chosen, by name. */
export function places(): readonly Place[] {
	known ??= [
		...Intl.supportedValuesOf("timeZone").map((zone) => placeOf(cityOfZone(zone), zone)),
		...CITIES.map(([city, zone]) => placeOf(city, zone)),
		placeOf("UTC", "UTC"),
	].sort((a, b) => a.city.localeCompare(b.city, "en") || a.zone.localeCompare(b.zone));
	return known;
}

function placeOf(city: string, zone: string): Place {
	return { city, zone, words: folded(`${city} ${zone.replaceAll(/[/_]/g, " ")}`) };
}

/** The places that fit what was typed, best first, at most `limit`: a city that begins so, a word that begins so, the letters anywhere. */
export function findPlaces(text: string, limit = 8): Place[] {
	const wanted = folded(text);
	if (!wanted) return [];
	return places()
		.map((place) => ({ place, rank: rankOf(place, wanted) }))
		.filter(({ rank }) => rank > 0)
		.sort((a, b) => b.rank - a.rank)
		.slice(0, limit)
		.map(({ place }) => place);
}

function rankOf({ city, words }: Place, wanted: string): number {
	if (folded(city) === wanted) return 4;
	if (words.startsWith(wanted)) return 3;
	const asked = wanted.split(" ");
	const have = words.split(" ");
	if (asked.every((word) => have.some((part) => part.startsWith(word)))) return 2;
	return words.includes(wanted) ? 1 : 0;
}

/** The zone of a city that a person named, where only one zone has a city of that name; to suppose what they have not set. */
export function zoneOfCity(city: string): string | null {
	const wanted = folded(city);
	const zones = new Set(
		places()
			.filter((place) => folded(place.city) === wanted)
			.map(({ zone }) => zone),
	);
	const [zone] = zones;
	return zones.size === 1 && zone !== undefined ? zone : null;
}

/** Lower case, without accents and signs: "São Paulo" and "sao-paulo" are one. */
export function folded(text: string): string {
	return text
		.normalize("NFKD")
		.replace(/\p{Mark}/gu, "")
		.replaceAll("ł", "l")
		.replaceAll("Ł", "L")
		.toLowerCase()
		.replace(/[^\p{Letter}\p{Number}]+/gu, " ")
		.trim();
}

/** The part of the world a zone is in; `elsewhere` for UTC and the poles. */
export function worldOf(zone: string): World {
	const island = ISLANDS[zone];
	if (island) return island;
	switch (zone.split("/")[0]) {
		case "America":
		case "Brazil":
		case "Canada":
		case "Chile":
		case "Mexico":
		case "US":
			return "americas";
		case "Europe":
		case "Arctic":
			return "europe";
		case "Africa":
			return "africa";
		case "Asia":
			return "asia";
		case "Australia":
		case "Pacific":
			return "oceania";
		default:
			return "elsewhere";
	}
}

/** Whether two zones show the same clock now and in half a year: then nobody has travelled. */
export function sameClock(a: string, b: string, now: number): boolean {
	if (a === b) return true;
	if (!isZone(a) || !isZone(b)) return false;
	return [now, now + HALF_A_YEAR].every((at) => offsetMinutes(at, a) === offsetMinutes(at, b));
}
