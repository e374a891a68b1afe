import { beforeEach, expect, test, vi } from "vitest";
import { Clock } from "./clock";

const HOUR = 3_600_000;
let device: number;
let told: number[];
beforeEach(() => {
	device = Date.parse("2026-11-25T10:00:00Z");
	told = [];
	const kept = new Map<string, string>();
	vi.stubGlobal("localStorage", {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key),
	});
});
const clock = () =>
	new Clock(
		(offset) => told.push(offset),
		() => device,
	);

test("an hour wrong is put right, once, also after the page is loaded again", () => {
	const here = clock();
	here.heard("2026-11-25T11:00:00.100Z", device - 200);
	here.heard("2026-11-25T11:00:00.300Z", device);
	expect(here.instant()).toBe("2026-11-25T11:00:00.200Z");
	expect(told).toEqual([HOUR + 200]);
	expect(clock().now()).toBe(device + HOUR + 200);
});

test("the network's delay is no error of the clock", () => {
	const here = clock();
	here.heard("2026-11-25T10:00:20Z", device - 4000);
	expect(here.offset).toBe(0);
});

test("when somebody sets the device's clock right nothing is added any more", () => {
	const here = clock();
	here.heard("2026-11-25T11:00:00Z", device);
	device += HOUR;
	here.heard("2026-11-25T11:00:00Z", device);
	expect(here.offset).toBe(0);
	expect(clock().offset).toBe(0);
	expect(told).toEqual([HOUR, 0]);
});

test("what says nothing changes nothing: no header, not a time, an answer after a minute, a clock set back meanwhile", () => {
	const here = clock();
	here.heard(null, device);
	here.heard("soon", device);
	here.heard("2026-11-25T11:00:00Z", device - 60_000);
	here.heard("2026-11-25T11:00:00Z", device + 1);
	expect(told).toEqual([]);
});
