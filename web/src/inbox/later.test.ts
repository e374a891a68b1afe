import { expect, test } from "vitest";
import type { LaterChoices, Member } from "$data/index";
import * as make from "$data/testing/rows";
import type { TimeStyle } from "$design/time";
import { choicesOf, knownChoices } from "./later";

const NOW = Date.parse("2026-11-25T14:00:00Z");
const style: TimeStyle = { language: "en", zone: "America/Bogota", hour12: false, firstWeekday: 1 };
const found: LaterChoices = {
	next_start: "2026-11-26T13:00:00Z",
	this_afternoon: "2026-11-25T19:30:00Z",
	next_week: "2026-11-30T13:00:00Z",
};

const person = (working: [string, string][]): Member =>
	make.member({
		short_name: "Yuki",
		schedule: make.unknownTime({
			zone: "Asia/Tokyo",
			week: [[], [], [], [], [], [], []],
			working,
			working_until: "2026-11-28T14:00:00Z",
		}),
	});

test("the choices are in order, with my clock", () => {
	const yuki = person([["2026-11-26T00:30:00Z", "2026-11-26T09:30:00Z"]]);
	expect(choicesOf(found, yuki, NOW, style).map(({ label, when }) => `${label}: ${when}`)).toEqual([
		"This afternoon: 14:30 today",
		"When Yuki starts: 19:30 today",
		"Tomorrow, when your day starts: tomorrow, 08:00",
		"Next week: Mon 08:00",
	]);
});

test("an instant that has passed is not offered, and none is offered twice", () => {
	const friday = {
		next_start: "2026-11-30T13:00:00Z",
		this_afternoon: "2026-11-25T13:00:00Z",
		next_week: "2026-11-30T13:00:00.000Z",
	};
	expect(choicesOf(friday, undefined, NOW, style).map(({ label }) => label)).toEqual(["When your day starts next"]);
});

test("without the server my own next start is known, also while I work", () => {
	const mine = person([
		["2026-11-25T13:00:00Z", "2026-11-25T22:00:00Z"],
		["2026-11-26T13:00:00Z", "2026-11-26T22:00:00Z"],
	]).schedule;
	expect(knownChoices(mine, NOW)).toEqual({
		next_start: "2026-11-26T13:00:00Z",
		this_afternoon: null,
		next_week: null,
	});
	expect(knownChoices(undefined, NOW).next_start).toBeNull();
});
