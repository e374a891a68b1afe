// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { project, task } from "$data/testing/work-rows";
import type { TimeStyle } from "$design/time";
import { filterOf, grouped, isQuiet, orderOf, over, proposedKey, quietDays, startOfWeek } from "./board";

/** Wednesday 25 November 2026, 09:00 in Lisbon. */
const NOW = Date.parse("2026-11-25T09:00:00Z");
const style: TimeStyle = { language: "en", zone: "Europe/Lisbon", hour12: false, firstWeekday: 1 };
const due = (date: string) => ({ date, time: null, zone: "Europe/Lisbon", at: `${date}T18:00:00Z` });

test.each([
	["Driver app", [], "DRV"],
	["Driver app", ["DRV"], "DA"],
	["Billing", [], "BLL"],
	["Ánimo", [], "ANM"],
	["Io", [], "IO"],
	["2026 plan", [], "PLN"],
	["日本", [], "WRKAA"],
])("%s with %j gives %s", (name, taken, key) => expect(proposedKey(name, taken)).toBe(key));

test("a proposed key is always one that the server takes", () => {
	const taken: string[] = [];
	for (let n = 0; n < 60; n++) {
		const key = proposedKey("Driver app", taken);
		expect(key).toMatch(/^[A-Z]{2,6}$/);
		expect(taken).not.toContain(key);
		taken.push(key);
	}
});

test("the week begins on the reader's day", () => {
	expect(new Date(startOfWeek(NOW, style)).toISOString()).toBe("2026-11-23T00:00:00.000Z");
	expect(new Date(startOfWeek(NOW, { ...style, firstWeekday: 7 })).toISOString()).toBe("2026-11-22T00:00:00.000Z");
	expect(new Date(startOfWeek(NOW, { ...style, firstWeekday: 3 })).toISOString()).toBe("2026-11-25T00:00:00.000Z");
	const tokyo = { ...style, zone: "Asia/Tokyo" };
	expect(new Date(startOfWeek(NOW, tokyo)).toISOString()).toBe("2026-11-22T15:00:00.000Z");
});

test("quiet is without a move and without a post; editing does not count where the posts are known", () => {
	const old = "2026-11-15T09:00:00Z";
	const quiet = task({ moved_at: old, changed_at: "2026-11-25T08:00:00Z" });
	expect(quietDays(quiet, { last_at: old }, NOW)).toBe(10);
	expect(quietDays(quiet, undefined, NOW)).toBe(0);
	expect(quietDays(quiet, { last_at: "2026-11-24T09:00:00Z" }, NOW)).toBe(1);
	expect(isQuiet({ kind: "open" }, 9)).toBe(true);
	expect(isQuiet({ kind: "open" }, 8)).toBe(false);
	expect(isQuiet({ kind: "not_now" }, 90)).toBe(false);
});

test("a limit is a number to see, not a wall", () => {
	expect(over({ limit: 5 }, 5)).toBe(0);
	expect(over({ limit: 5 }, 6)).toBe(1);
	expect(over({ limit: null }, 600)).toBe(0);
});

describe("filters", () => {
	const world = { now: NOW, style, member: (slug: string) => (slug === "ana" ? { id: "mem_ana" } : undefined) };
	const tasks = [
		task({ key: "DRV-1", title: "Guardar la ruta en el teléfono", owner: "mem_ana", labels: ["lbl_1"] }),
		task({ key: "DRV-2", title: "Night colours", due: due("2026-11-24") }),
		task({ key: "DRV-3", title: "Old", due: due("2026-11-20"), done_at: "2026-11-20T10:00:00Z" }),
		task({ key: "DRV-4", title: "Far", due: due("2027-01-04") }),
	];
	const found = (view: Parameters<typeof filterOf>[0]) =>
		tasks
			.filter(filterOf(view, world))
			.map(({ key }) => key.slice(4))
			.join("");
	test.each([
		[{}, "1234"],
		[{ find: "telefono RUTA" }, "1"],
		[{ find: "drv-2" }, "2"],
		[{ owner: "ana" }, "1"],
		[{ owner: "none" }, "234"],
		[{ owner: "somebody-else" }, ""],
		[{ label: "lbl_1" }, "1"],
		[{ due: "past" }, "2"],
		[{ due: "week" }, "2"],
		[{ owner: "none", due: "past" }, "2"],
	] as const)("%j", (view, keys) => expect(found(view)).toBe(keys));
});

test("a list in the order of the board, by due, by title, by change", () => {
	const tasks = [
		task({ key: "A", stage: "stg_doing", place: "a", title: "b", changed_at: "2026-11-01T00:00:00Z" }),
		task({
			key: "B",
			stage: "stg_ready",
			place: "b",
			title: "c",
			due: due("2026-12-01"),
			changed_at: "2026-11-03T00:00:00Z",
		}),
		task({
			key: "C",
			stage: "stg_ready",
			place: "a",
			title: "a",
			due: due("2026-11-30"),
			changed_at: "2026-11-02T00:00:00Z",
		}),
	];
	const keys = (sort: Parameters<typeof orderOf>[0]) =>
		tasks
			.toSorted(orderOf(sort, project().stages))
			.map(({ key }) => key)
			.join("");
	expect(["place", "due", "title", "changed"].map((sort) => keys(sort as "due"))).toEqual(["CBA", "CBA", "CAB", "BCA"]);
});

test("groups: empty ones are left out, two labels stand under both", () => {
	const words = {
		person: (id: string) => id,
		nobody: "No one",
		noLabel: "None",
		past: "Past",
		today: "Today",
		week: "Week",
		later: "Later",
		noDue: "Without",
	};
	const labels = [
		{ id: "l1", name: "map", colour: "green" as const },
		{ id: "l2", name: "sign", colour: "blue" as const },
	];
	const tasks = [
		task({ key: "A", labels: ["l1", "l2"], owner: "b", due: due("2026-11-24") }),
		task({ key: "B", owner: "a", due: due("2026-11-25") }),
		task({ key: "C", due: due("2026-11-27"), stage: "stg_doing" }),
		task({ key: "D", due: due("2027-11-27") }),
	];
	const shown = (by: Parameters<typeof grouped>[1]) =>
		grouped(tasks, by, { ...project(), labels }, NOW, style, words).map(
			({ name, tasks }) => `${name}:${tasks.map(({ key }) => key).join("")}`,
		);
	expect(shown("stage")).toEqual(["Ready:ABD", "In progress:C"]);
	expect(shown("label")).toEqual(["map:A", "sign:A", "None:BCD"]);
	expect(shown("owner")).toEqual(["a:B", "b:A", "No one:CD"]);
	expect(shown("due")).toEqual(["Past:A", "Today:B", "Week:C", "Later:D"]);
});
