import { afterEach, expect, test } from "vitest";
import { overwriteGetLocale } from "$paraglide/runtime";
import { quietText } from "./quiet";

afterEach(() => overwriteGetLocale(() => "en"));

test("long times are told in months and years, each language in its own forms", () => {
	const told = (days: number) => quietText(days).replace(/[.].*/, "");
	overwriteGetLocale(() => "en");
	expect(told(9)).toBe("No change for 9 days");
	expect(told(60)).toBe("No change for 60 days");
	expect(told(61)).toBe("No change for over 2 months");
	expect(told(365)).toBe("No change for over 11 months");
	expect(told(366)).toBe("No change for over 1 year");
	expect(told(2316)).toBe("No change for over 6 years");
	overwriteGetLocale(() => "es");
	expect(told(366)).toBe("Sin cambios desde hace más de 1 año");
	expect(told(2316)).toBe("Sin cambios desde hace más de 6 años");
	overwriteGetLocale(() => "pt");
	expect(told(100)).toBe("Sem mudanças há mais de 3 meses");
	expect(told(2316)).toBe("Sem mudanças há mais de 6 anos");
});
