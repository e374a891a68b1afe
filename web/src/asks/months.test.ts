import { expect, it } from "vitest";
import { monthName, monthOf, stepMonth } from "./months";

it("is the month on the wall of a place", () => {
	const at = Date.parse("2026-12-01T03:00:00Z");
	expect(monthOf(at, "UTC")).toBe("2026-12");
	expect(monthOf(at, "America/Bogota")).toBe("2026-11");
});

it("steps over the year", () => {
	expect(stepMonth("2026-12", 1)).toBe("2027-01");
	expect(stepMonth("2026-01", -1)).toBe("2025-12");
});

it("has a name in each language", () => {
	expect(monthName("2026-12", "en")).toBe("December 2026");
	expect(monthName("2026-12", "pt")).toBe("Dezembro de 2026");
});
