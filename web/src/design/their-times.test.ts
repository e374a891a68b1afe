// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { now } from "./now.svelte";
import { theirTimes } from "./their-times.svelte";

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["performance"] });
	theirTimes.shown = false;
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const down = (repeat = false) => theirTimes.press({ code: "KeyT", repeat });
const up = (code = "KeyT") => dispatchEvent(new KeyboardEvent("keyup", { code }));

test("a short press of the key leaves their times there until the next one", () => {
	down();
	vi.advanceTimersByTime(100);
	up();
	expect(theirTimes.shown).toBe(true);
	down();
	up();
	expect(theirTimes.shown).toBe(false);
});

test("held, it shows them until it is let go", () => {
	down();
	for (let repeats = 0; repeats < 5; repeats++) down(true);
	vi.advanceTimersByTime(1000);
	up("KeyA");
	expect(theirTimes.shown).toBe(true);
	up();
	expect(theirTimes.shown).toBe(false);
});

test("a place has its zone while they are shown", () => {
	vi.spyOn(now, "minute", "get").mockReturnValue(Date.parse("2025-10-14T14:20:00Z"));
	expect(theirTimes.place("Tokyo", "Asia/Tokyo")).toBe("Tokyo");
	theirTimes.shown = true;
	expect(theirTimes.place("Tokyo", "Asia/Tokyo")).toBe("Tokyo, UTC+9");
	expect(theirTimes.place("Tokyo", null)).toBe("Tokyo");
	expect(theirTimes.place("", "Asia/Tokyo")).toBe("");
});
