import { expect, it } from "vitest";
import { calendarText } from "./calendar-text";

const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer;

it("reads a calendar in UTF-8, with or without its mark", () => {
	expect(calendarText(new TextEncoder().encode("SUMMARY:Día de Todos los Santos").buffer)).toBe(
		"SUMMARY:Día de Todos los Santos",
	);
	expect(calendarText(new TextEncoder().encode("\uFEFFBEGIN:VCALENDAR").buffer)).toBe("BEGIN:VCALENDAR");
});

it("reads one of an old program without a letter lost", () => {
	expect(calendarText(latin1("SUMMARY:Día de la Inmaculada Concepción"))).toBe(
		"SUMMARY:Día de la Inmaculada Concepción",
	);
});
