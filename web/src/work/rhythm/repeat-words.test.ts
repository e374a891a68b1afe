import { describe, expect, it } from "vitest";
import type { TimeStyle } from "$design/time";
import { commonRules, repeatText } from "./repeat-words";

const style = { language: "en", zone: "UTC", hour12: false, weekStart: 1 } as unknown as TimeStyle;
const say = (rule: string, time: string | null = null) => repeatText({ rule, time, begins_on: "2026-11-26" }, style);

describe("repeats in words", () => {
	it("says the common ones", () => {
		expect(commonRules("2026-11-26").map((rule) => say(rule))).toEqual([
			"Every day",
			"Monday to Friday",
			"Every Thursday",
			"Every second Thursday",
			"On day 26 of every month",
			"On the fourth Thursday of every month",
			"On the last working day of every month",
			"Every year on 26 November",
		]);
		expect(say(commonRules("2027-02-28")[4] ?? "")).toBe("On the last day of every month");
	});

	it("says times, ends and distances", () => {
		expect(say("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "15:00")).toBe("Every second Monday at 15:00");
		expect(say("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH")).toBe("Every 3 weeks on Monday and Thursday");
		expect(say("FREQ=DAILY;COUNT=5")).toBe("Every day, 5 times");
		expect(say("FREQ=DAILY;INTERVAL=2;UNTIL=20261231")).toBe("Every 2 days, until 31 December 2026");
		expect(say("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1")).toBe("On day 1 of every 3 months");
	});

	it("shows the rule itself where it has no words for it", () => {
		for (const rule of ["FREQ=YEARLY;BYWEEKNO=20", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2", "FREQ=DAILY;BYMONTH=1"]) {
			expect(say(rule)).toBe(`By the rule ${rule}`);
		}
	});
});
