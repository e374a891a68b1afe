import { afterEach, expect, test } from "vitest";
import { locales, overwriteGetLocale } from "$paraglide/runtime";
import { type ImportNote, type LeftOut, REASONS, THINGS } from "./import-types";
import { noteText, reasonText, thingText } from "./import-words";
import { leftOutTable } from "./left-out";

afterEach(() => overwriteGetLocale(() => "en"));

const FIGURES = { most: 0, reason: "In English.", kind: "english", detail: "" };
const NOTES: ImportNote["code"][] = [
	"further_lists",
	"ideas_list",
	"open_stage_added",
	"done_stage_added",
	"archived_lists",
	"no_room_for_stage",
	"no_room_for_label",
	"no_room_for_field",
	"history_cut",
	"owner_outside",
];

/** What every code says in each language, by the code. */
function inAll(say: (locale: string) => string): string[] {
	return locales.map((locale) => {
		overwriteGetLocale(() => locale);
		return say(locale);
	});
}

test("every reason has words of its own in each language", () => {
	for (const code of REASONS.filter((each) => each !== "sentence")) {
		const said = inAll((locale) => reasonText({ ...FIGURES, code, most: 20_000 }, new Intl.NumberFormat(locale)));
		expect(new Set(said).size, code).toBe(locales.length);
		for (const each of said) expect(each, code).toMatch(/^\p{Lu}.+\.$/u);
	}
});

test("a figure is written as the reader's language writes it", () => {
	const said = inAll((locale) =>
		reasonText({ ...FIGURES, code: "description_cut", most: 20_000 }, new Intl.NumberFormat(locale)),
	);
	expect(said.map((each) => each.match(/[\d.,\s]*\d/)?.[0].trim())).toEqual(["20,000", "20.000", "20.000"]);
});

test("everything that may stay behind has a name in each language", () => {
	for (const thing of THINGS.filter((each) => each !== "words")) {
		for (const each of inAll(() => thingText({ ...FIGURES, thing }))) expect(each.length, thing).toBeGreaterThan(2);
	}
	expect(thingText({ ...FIGURES, thing: "history", detail: "updateCard" })).toContain("(updateCard)");
});

test("every note has words of its own in each language", () => {
	const note = { count: 3, name: "Later", project: "Site", to: "To do" };
	for (const code of NOTES) {
		const said = inAll((locale) => noteText({ ...note, code }, new Intl.NumberFormat(locale)));
		expect(new Set(said).size, code).toBe(locales.length);
	}
});

test("what older reports say stays as it is", () => {
	// As it was kept: without codes.
	const old = JSON.parse('{"count":1,"kind":"vote","reason":"Tasks have no votes.","objects":[]}') as LeftOut;
	expect(thingText(old)).toBe("vote");
	expect(reasonText(old, new Intl.NumberFormat("es"))).toBe("Tasks have no votes.");
});

test("the whole list is a table in the reader's language", () => {
	overwriteGetLocale(() => "es");
	const group = { ...FIGURES, thing: "vote", code: "no_votes", count: 2, named: 2, objects: [] } as const;
	const objects = [
		{ group: 0, id: "a1", name: 'A "card"' },
		{ group: 0, id: "a2", name: "=1+1" },
	];
	expect(
		leftOutTable([{ ...group, objects: [] }], objects, new Intl.NumberFormat("es"))
			.split("\r\n")
			.slice(1),
	).toEqual(['voto,Las tareas no tienen votos.,"A ""card""",a1', "voto,Las tareas no tienen votos.,'=1+1,a2", ""]);
});
