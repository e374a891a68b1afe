import { afterEach, describe, expect, it } from "vitest";
import { overwriteGetLocale } from "$paraglide/runtime";
import * as time from "./time";

const bogota: time.TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
const spanish: time.TimeStyle = { ...bogota, language: "es" };
const portuguese: time.TimeStyle = { ...bogota, language: "pt", zone: "America/Sao_Paulo" };

/** Tuesday 14 October 2025, 09:20 in Bogotá. */
const NOW = "2025-10-14T14:20:00Z";

afterEach(() => overwriteGetLocale(() => "en"));

describe("clocks", () => {
	it("follow the zone and the hour cycle", () => {
		expect(time.clock(NOW, bogota)).toBe("09:20");
		expect(time.clock(NOW, { ...bogota, hour12: true })).toBe("9:20 AM");
		expect(time.clock("2025-10-14T05:00:00Z", bogota)).toBe("00:00");
		expect(time.clock("2025-10-14T17:05:00Z", { ...bogota, hour12: true })).toBe("12:05 PM");
		expect(time.clock(NOW, { ...bogota, zone: "Asia/Kathmandu" })).toBe("20:05");
	});

	it("of a minute know midnight at the end of a day", () => {
		expect(time.clockOfMinute(0, bogota)).toBe("00:00");
		expect(time.clockOfMinute(1050, bogota)).toBe("17:30");
		expect(time.clockOfMinute(1440, bogota)).toBe("24:00");
	});

	it("speak of a place", () => {
		expect(time.clockIn(NOW, "Europe/Lisbon", "Lisbon", bogota)).toBe("15:20 in Lisbon");
		expect(time.weekdayClockIn("2025-10-15T10:00:00Z", "Europe/Warsaw", "Kraków", bogota)).toBe("Wed 12:00 in Kraków");
		overwriteGetLocale(() => "es");
		expect(time.clockIn(NOW, "Europe/Lisbon", "Lisboa", spanish)).toBe("15:20 en Lisboa");
	});

	it("refuse a text that is no instant", () => {
		expect(() => time.clock("soon", bogota)).toThrow(RangeError);
	});
});

describe("dates", () => {
	it("name the day, then the number, then the month", () => {
		expect(time.longDate(NOW, bogota)).toBe("Tuesday 14 October");
		expect(time.shortDate(NOW, bogota)).toBe("Tue 14 Oct");
		expect(time.dayAndMonth(NOW, bogota)).toBe("14 October");
		expect(time.longDate(NOW, spanish)).toBe("Martes, 14 de octubre");
		expect(time.longDate(NOW, portuguese)).toBe("Terça-feira, 14 de outubro");
	});

	it("say the year when it is another one", () => {
		expect(time.dayAndMonth("2024-12-31T12:00:00Z", bogota, NOW)).toBe("31 December 2024");
	});
});

describe("days as people say them", () => {
	it.each([
		["2025-10-14T16:30:00Z", "today 11:30"],
		["2025-10-15T17:00:00Z", "tomorrow, 12:00"],
		["2025-10-13T22:10:00Z", "yesterday, 17:10"],
		["2025-10-16T14:00:00Z", "Thu 09:00"],
		["2025-10-20T14:00:00Z", "Mon 09:00"],
		["2025-10-21T14:00:00Z", "21 October, 09:00"],
		["2025-10-07T14:00:00Z", "7 October, 09:00"],
	])("%s is %s", (at, words) => {
		expect(time.dayClock(at, NOW, bogota)).toBe(words);
	});

	it("count calendar days of the reader, not 24 hours", () => {
		// 23:50 on Monday and 00:10 on Tuesday in Bogotá.
		expect(time.daysBetween("2025-10-14T04:50:00Z", "2025-10-14T05:10:00Z", bogota)).toBe(1);
		// The same two instants are one day in Tokyo.
		expect(time.daysBetween("2025-10-14T04:50:00Z", "2025-10-14T05:10:00Z", { ...bogota, zone: "Asia/Tokyo" })).toBe(0);
	});

	it("count right over a change of the clocks", () => {
		const lisbon = { ...bogota, zone: "Europe/Lisbon" };
		expect(time.daysBetween("2025-10-25T22:30:00Z", "2025-10-27T00:30:00Z", lisbon)).toBe(2);
		expect(time.relativeDay("2025-10-26T23:30:00Z", "2025-10-25T23:30:00Z", lisbon)).toBe("today");
	});

	it("are short at the end of a row", () => {
		expect(time.rowTime("2025-10-14T12:40:00Z", NOW, bogota)).toBe("07:40");
		expect(time.rowTime("2025-10-13T12:40:00Z", NOW, bogota)).toBe("Mon");
		expect(time.rowTime("2025-09-02T12:40:00Z", NOW, bogota)).toBe("2 Sept");
	});

	it("are translated", () => {
		overwriteGetLocale(() => "pt");
		expect(time.dayClock("2025-10-15T17:00:00Z", NOW, portuguese)).toBe("amanhã, 14:00");
		expect(time.relativeDay("2025-10-16T17:00:00Z", NOW, portuguese)).toBe("quinta-feira");
	});
});

describe("lengths of time", () => {
	it.each([
		[-5, "0 min"],
		[45, "45 min"],
		[60, "1 h"],
		[130, "2 h 10"],
		[1439, "23 h 59"],
		[1440, "1 day"],
		[4320, "3 days"],
	])("%d minutes are %s", (minutes, words) => {
		expect(time.duration(minutes)).toBe(words);
	});

	it("are silent about the past", () => {
		expect(time.untilText("2025-10-14T16:30:00Z", NOW)).toBe("in 2 h 10");
		expect(time.untilText("2025-10-14T14:00:00Z", NOW)).toBe("");
	});
});

describe("zones", () => {
	it("know half hours, both sides of Greenwich and summer time", () => {
		expect(time.offsetMinutes(NOW, "America/Bogota")).toBe(-300);
		expect(time.utcOffset(NOW, "America/Bogota")).toBe("UTC−5");
		expect(time.utcOffset(NOW, "Asia/Kolkata")).toBe("UTC+5:30");
		expect(time.utcOffset(NOW, "Europe/London")).toBe("UTC+1");
		expect(time.utcOffset("2025-12-14T14:20:00Z", "Europe/London")).toBe("UTC");
	});

	it("are compared with the reader's", () => {
		expect(time.offsetFrom(NOW, "Europe/Lisbon", bogota)).toBe("+6 h");
		expect(time.offsetFrom(NOW, "America/Lima", bogota)).toBe("same time");
		expect(time.offsetFrom(NOW, "America/Bogota", { ...bogota, zone: "Asia/Kolkata" })).toBe("−10 h 30");
	});

	it("give the minute of the day on the wall", () => {
		expect(time.minuteOfDay(NOW, "America/Bogota")).toBe(560);
		expect(time.minuteOfDay("2025-10-14T05:00:00Z", "America/Bogota")).toBe(0);
	});

	it("give a place where there is no city", () => {
		expect(time.placeOfZone("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
		expect(time.placeOfZone("UTC")).toBe("UTC");
	});
});

describe("weeks", () => {
	it("begin on the reader's day", () => {
		expect(time.weekdays(bogota).map((day) => day.short)).toEqual(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
		expect(time.weekdays({ ...bogota, firstWeekday: 7 }).map((day) => day.day)).toEqual([7, 1, 2, 3, 4, 5, 6]);
		expect(time.weekdays({ ...spanish, firstWeekday: 6 })[0]).toEqual({ day: 6, short: "Sáb", long: "Sábado" });
	});
});
