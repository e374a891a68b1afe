import { describe, expect, it } from "vitest";
import { CITIES } from "./cities";
import { cityOfZone, findPlaces, isZone, places, sameClock, worldOf, zoneOfCity } from "./zones";

const first = (text: string) => findPlaces(text)[0];

describe("finding a place", () => {
	it("knows the zone of a city by its whole name only", () => {
		expect(zoneOfCity("hanoi")).toBe("Asia/Ho_Chi_Minh");
		expect(zoneOfCity("São Paulo")).toBe("America/Sao_Paulo");
		expect(zoneOfCity("Han")).toBeNull();
		expect(zoneOfCity("")).toBeNull();
	});

	it("finds a city by its beginning, with or without accents", () => {
		expect(first("bogo")).toMatchObject({ city: "Bogotá", zone: "America/Bogota" });
		expect(first("são pau")?.zone).toBe("America/Sao_Paulo");
		expect(first("krakow")).toMatchObject({ city: "Kraków", zone: "Europe/Warsaw" });
		expect(first("wroclaw")?.zone).toBe("Europe/Warsaw");
	});

	it("finds cities that the zone database does not list", () => {
		expect(first("bengaluru")?.zone).toBe("Asia/Kolkata");
		expect(first("san fran")?.zone).toBe("America/Los_Angeles");
	});

	it("finds a zone by its own name and by words in any order", () => {
		expect(first("America/New_York")?.zone).toBe("America/New_York");
		expect(first("york new")?.zone).toBe("America/New_York");
	});

	it("finds nothing for nothing, and no more than asked", () => {
		expect(findPlaces("")).toEqual([]);
		expect(findPlaces("zzzz")).toEqual([]);
		expect(findPlaces("a", 5)).toHaveLength(5);
	});

	it("offers only zones that exist", () => {
		for (const [city, zone] of CITIES) expect(isZone(zone), `${city}: ${zone}`).toBe(true);
		expect(places().length).toBeGreaterThan(400);
	});
});

describe("where a zone is", () => {
	it("is named as its people name it", () => {
		expect(cityOfZone("America/Bogota")).toBe("Bogotá");
		expect(cityOfZone("Asia/Calcutta")).toBe("Kolkata");
		expect(cityOfZone("America/North_Dakota/New_Salem")).toBe("New Salem");
	});

	it("has a part of the world, islands too", () => {
		expect(worldOf("America/Bogota")).toBe("americas");
		expect(worldOf("Atlantic/Reykjavik")).toBe("europe");
		expect(worldOf("Indian/Mauritius")).toBe("africa");
		expect(worldOf("Pacific/Auckland")).toBe("oceania");
		expect(worldOf("UTC")).toBe("elsewhere");
	});
});

describe("a traveller's clock", () => {
	const july = Date.UTC(2026, 6, 1);

	it("is the same in zones that agree in both halves of the year", () => {
		expect(sameClock("Europe/Lisbon", "Europe/London", july)).toBe(true);
		expect(sameClock("Asia/Calcutta", "Asia/Kolkata", july)).toBe(true);
	});

	it("differs where only summer agrees", () => {
		expect(sameClock("America/New_York", "America/Santiago", july)).toBe(false);
		expect(sameClock("Europe/Lisbon", "Europe/Madrid", july)).toBe(false);
		expect(sameClock("Europe/Lisbon", "Moon/Base", july)).toBe(false);
	});
});
