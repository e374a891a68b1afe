// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { Due } from "$data/types";
import type { TimeStyle } from "$design/time";
import { dayIn, dueChip, dueForMe, dueThere, isNear, isPast, onClockOf, skippedText, skippedTo } from "./due";

/** Tuesday 14 October 2025, 09:20 in Bogotá, 23:20 in Tokyo. */
const NOW = Date.parse("2025-10-14T14:20:00Z");
const style: TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
const due = (date: string, time: string | null, zone: string, at: string): Due => ({ date, time, zone, at });

test.each<[string, Due]>([
	["Thu, 12:00", due("2025-10-16", "12:00", "Asia/Tokyo", "2025-10-16T03:00:00Z")],
	["Thu", due("2025-10-16", null, "Europe/Lisbon", "2025-10-16T17:00:00Z")],
	["Tomorrow, 09:00", due("2025-10-15", "09:00", "Asia/Tokyo", "2025-10-15T00:00:00Z")],
	["Today, 23:50", due("2025-10-14", "23:50", "Asia/Tokyo", "2025-10-14T14:50:00Z")],
	["Today", due("2025-10-14", null, "America/Bogota", "2025-10-14T22:30:00Z")],
	["3 Nov, 15:00", due("2025-11-03", "15:00", "America/Bogota", "2025-11-03T20:00:00Z")],
	["14 Jan 2026", due("2026-01-14", null, "America/Bogota", "2026-01-14T22:30:00Z")],
	["Was 09:00 today", due("2025-10-14", "09:00", "America/Bogota", "2025-10-14T14:00:00Z")],
	["Was yesterday", due("2025-10-13", null, "America/Bogota", "2025-10-13T22:30:00Z")],
	["Was Fri", due("2025-10-10", "09:00", "America/Bogota", "2025-10-10T14:00:00Z")],
	["Was 2 Sept", due("2025-09-02", null, "America/Bogota", "2025-09-02T22:00:00Z")],
])("%s", (words, at) => expect(dueChip(at, NOW, style)).toBe(words));

test("the day is that of the owner's clock, not the reader's", () => {
	// In Tokyo it is Wednesday already at 16:00 UTC.
	expect(dayIn("Asia/Tokyo", Date.parse("2025-10-14T16:00:00Z"))).toBe("2025-10-15");
	expect(
		isNear(due("2025-10-15", null, "Asia/Tokyo", "2025-10-15T09:00:00Z"), Date.parse("2025-10-14T16:00:00Z")),
	).toBe(true);
	expect(isNear(due("2025-10-15", null, "America/Bogota", "2025-10-15T22:00:00Z"), NOW)).toBe(false);
	expect(isPast(due("2025-10-14", "09:00", "America/Bogota", "2025-10-14T14:20:00Z"), NOW)).toBe(true);
});

test("both clocks, and one where they are the same", () => {
	const tokyo = due("2025-10-16", "12:00", "Asia/Tokyo", "2025-10-16T03:00:00Z");
	expect(dueThere(tokyo, NOW, style)).toBe("Thu, 12:00 in Tokyo");
	expect(dueForMe(tokyo, NOW, style)).toBe("Wed 22:00 for you");
	const lima = due("2025-10-16", "12:00", "America/Lima", "2025-10-16T17:00:00Z");
	expect(dueThere(lima, NOW, style)).toBe("Thu, 12:00");
	expect(dueForMe(lima, NOW, style)).toBe("");
	const march = due("2026-03-14", "12:00", "Asia/Tokyo", "2026-03-14T03:00:00Z");
	expect(dueForMe(march, NOW, style)).toBe("13 Mar 2026, 22:00 for you");
});

test("as people write the clock", () => {
	const at = due("2025-10-16", "15:00", "Asia/Tokyo", "2025-10-16T06:00:00Z");
	expect(dueChip(at, NOW, { ...style, hour12: true })).toBe("Thu, 3:00 PM");
	expect(dueChip(at, NOW, { ...style, language: "es" })).toBe("Jue, 15:00");
	expect(dueChip(at, NOW, { ...style, language: "pt" })).toBe("Qui, 15:00");
});

test("my own work is in my time", () => {
	const tokyo = due("2025-10-16", "12:00", "Asia/Tokyo", "2025-10-16T03:00:00Z");
	expect(onClockOf(tokyo, "America/Bogota")).toEqual({
		...tokyo,
		date: "2025-10-15",
		time: "22:00",
		zone: "America/Bogota",
	});
	const day = due("2025-10-16", null, "Europe/Lisbon", "2025-10-16T17:00:00Z");
	expect(onClockOf(day, "America/Bogota")).toEqual(day);
	const night = due("2025-10-16", null, "Asia/Tokyo", "2025-10-16T01:00:00Z");
	expect(onClockOf(night, "America/Bogota")).toMatchObject({ date: "2025-10-15", time: "20:00" });
});

test.each([
	// The hour that is skipped in spring: in Berlin at 02:00, in New York at 02:00, in Santiago at midnight.
	["2026-03-29", "02:30", "Europe/Berlin", "2026-03-29 03:30"],
	["2026-03-08", "02:30", "America/New_York", "2026-03-08 03:30"],
	["2026-09-06", "00:15", "America/Santiago", "2026-09-06 01:15"],
	["2026-10-04", "02:10", "Australia/Lord_Howe", "2026-10-04 02:40"],
	["2026-03-29", "03:00", "Europe/Berlin", null],
	["2026-03-29", "01:59", "Europe/Berlin", null],
	// The hour that comes twice in autumn exists.
	["2026-10-25", "02:30", "Europe/Berlin", null],
	["2026-11-01", "01:30", "America/New_York", null],
	["2026-03-29", "02:30", "America/Bogota", null],
])("on %s at %s a clock in %s shows %s", (date, time, zone, kept) => {
	const shown = skippedTo(date, time, zone);
	expect(shown && `${shown.date} ${shown.time}`).toBe(kept);
});

test("a time that the clocks skip is said as what is kept", () => {
	expect(skippedText("2026-03-29", "02:30", "Europe/Berlin", style)).toBe(
		"The clocks go forward that day and skip 02:30. It will be due at 03:30.",
	);
	expect(skippedText("2026-03-29", "", "Europe/Berlin", style)).toBe("");
	expect(skippedText("", "02:30", "Europe/Berlin", style)).toBe("");
	const kept = due("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30:00Z");
	expect(dueChip(kept, Date.parse("2026-03-24T09:00:00Z"), style)).toBe("Sun, 03:30");
});
