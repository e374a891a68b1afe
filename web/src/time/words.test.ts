import { describe, expect, it } from "vitest";
import type { MemberTime } from "$data/types";
import type { TimeStyle } from "$design/time";
import { timeAt } from "./member-time";
import { USUAL_WEEK, withDay } from "./schedule";
import { placeText, startSentence, statusText, weekLines } from "./words";

const style: TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
const now = Date.parse("2025-10-14T14:20:00Z");

function person(zone: string | null, working: [string, string][], more: Partial<MemberTime> = {}): MemberTime {
	const until = zone ? "2025-10-17T14:20:00Z" : null;
	return {
		zone,
		week: zone ? USUAL_WEEK : null,
		working,
		working_until: until,
		next_start: null,
		away: null,
		focus: [],
		holidays: [],
		clock_change: null,
		home: null,
		...more,
	};
}
const status = (time: MemberTime) => statusText(time, timeAt(time, now), now, style);

describe("a person's time in words", () => {
	it("says until when they work, by their own clock", () => {
		expect(status(person("America/Sao_Paulo", [["2025-10-14T12:00:00Z", "2025-10-14T21:00:00Z"]]))).toBe(
			"Working until 18:00",
		);
	});

	it("says until when they are in focus", () => {
		const focus: [string, string][] = [["2025-10-14T13:00:00Z", "2025-10-14T15:00:00Z"]];
		const working: [string, string][] = [["2025-10-14T12:00:00Z", "2025-10-14T21:00:00Z"]];
		expect(status(person("America/Sao_Paulo", working, { focus }))).toBe("Focus until 12:00");
	});

	it("names the place where they are", () => {
		expect(placeText({ city: "Porto", schedule: person("Europe/Lisbon", []) })).toBe("Porto");
		expect(placeText({ city: null, schedule: person("Asia/Tokyo", []) })).toBe("Tokyo");
		expect(placeText({ city: null, schedule: person(null, []) })).toBe("");
	});

	it("says how soon they start, or the day when it is far", () => {
		expect(status(person("Asia/Tokyo", [["2025-10-15T00:30:00Z", "2025-10-15T09:30:00Z"]]))).toBe("Starts in 10 h 10");
		expect(status(person("Asia/Tokyo", [], { next_start: "2025-10-20T00:30:00Z" }))).toBe("Starts Mon 09:30");
		expect(status(person("Asia/Tokyo", []))).toBe("No working time ahead");
	});

	it("says time off without a reason, and never calls unknown hours off", () => {
		const holidays = [{ from: "2025-10-14T03:00:00Z", until: "2025-10-15T03:00:00Z", name: "Columbus Day" }];
		const holiday = person("America/Sao_Paulo", [["2025-10-15T12:00:00Z", "2025-10-15T21:00:00Z"]], { holidays });
		expect(status(holiday)).toBe("Columbus Day. Starts Wed 09:00");
		const away = { from: "2025-10-13T03:00:00Z", until: "2025-10-16T12:00:00Z", cover: null };
		expect(status(person("America/Argentina/Buenos_Aires", [], { away }))).toBe("Time off until Thursday");
		expect(status(person(null, []))).toBe("Hours not set");
	});

	it("says both clocks for a start, with my weekday where it differs", () => {
		const tokyo = person("Asia/Tokyo", [["2025-10-15T00:30:00Z", "2025-10-15T09:30:00Z"]]);
		expect(startSentence("Yuki", tokyo, timeAt(tokyo, now), style)).toBe(
			"Yuki starts Wed 09:30 (Tue 19:30 your time).",
		);
		const lisbon = person("Europe/Lisbon", [["2025-10-15T08:30:00Z", "2025-10-15T17:00:00Z"]]);
		expect(startSentence("Inês", lisbon, timeAt(lisbon, now), style)).toBe("Inês starts Wed 09:30 (03:30 your time).");
		const bogota = person("America/Bogota", [["2025-10-15T14:00:00Z", "2025-10-15T22:00:00Z"]]);
		expect(startSentence("Camila", bogota, timeAt(bogota, now), style)).toBe("Camila starts Wed 09:00.");
	});
});

describe("a week in words", () => {
	it("puts days with the same hours together", () => {
		expect(
			weekLines(
				withDay(USUAL_WEEK, 2, [
					["07:00", "11:00"],
					["22:00", "24:00"],
				]),
				style,
			),
		).toEqual([
			{ days: "Monday and Tuesday", hours: "09:00 to 17:00" },
			{ days: "Wednesday", hours: "07:00 to 11:00 and 22:00 to 24:00" },
			{ days: "Thursday and Friday", hours: "09:00 to 17:00" },
		]);
		expect(weekLines(USUAL_WEEK, { ...style, hour12: true })).toEqual([
			{ days: "Monday to Friday", hours: "9:00 AM to 5:00 PM" },
		]);
	});
});
