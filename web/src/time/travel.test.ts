import { expect, it } from "vitest";
import { hasTravelled, lastDayBefore, nextSunday, noonOf, today } from "./travel";

const at = (text: string) => Date.parse(text);

it("offers the coming Sunday, and the one after on a weekend", () => {
	expect(nextSunday(at("2026-10-14T12:00:00Z"), "Europe/Lisbon")).toBe("2026-10-18");
	expect(nextSunday(at("2026-10-16T12:00:00Z"), "Europe/Lisbon")).toBe("2026-10-18");
	expect(nextSunday(at("2026-10-17T12:00:00Z"), "Europe/Lisbon")).toBe("2026-10-25");
	expect(nextSunday(at("2026-10-18T12:00:00Z"), "Europe/Lisbon")).toBe("2026-10-25");
	expect(nextSunday(at("2026-10-18T16:00:00Z"), "Asia/Tokyo")).toBe("2026-10-25");
});

it("asks only where the clock differs, and not twice for one zone", () => {
	const now = at("2026-10-14T12:00:00Z");
	expect(hasTravelled("Europe/Lisbon", "America/Bogota", [], now)).toBe(true);
	expect(hasTravelled("Europe/Lisbon", "America/Bogota", ["Europe/Lisbon"], now)).toBe(false);
	expect(hasTravelled("Europe/Paris", "Europe/Berlin", [], now)).toBe(false);
	expect(hasTravelled("Europe/Lisbon", null, [], now)).toBe(false);
});

it("names local days", () => {
	expect(today(at("2026-10-14T20:00:00Z"), "Asia/Tokyo")).toBe("2026-10-15");
	expect(lastDayBefore("2026-10-18T23:00:00Z", "Europe/Lisbon")).toBe("2026-10-18");
	expect(new Date(noonOf("2026-10-18", "Asia/Tokyo")).toISOString()).toBe("2026-10-18T03:00:00.000Z");
});
