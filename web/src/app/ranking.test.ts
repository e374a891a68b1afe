import { describe, expect, it } from "vitest";
import { fitOf, marked, rank } from "./ranking";

const items = ["Team time", "Inbox", "Driver app", "Inês Marques", "Work", "The map of drivers"].map((label) => ({
	id: label,
	label,
}));
const labels = (typed: string, recent: string[] = []) => rank(typed, items, recent).map((item) => item.label);

describe("ranking", () => {
	it("finds the start of any word, initials, and accents without typing them", () => {
		expect(labels("app")).toEqual(["Driver app"]);
		expect(labels("tt")).toEqual(["Team time"]);
		expect(labels("ines")).toEqual(["Inês Marques"]);
		expect(fitOf("driver a", "Driver app")).toBe(3);
	});

	it("puts the start of a word first, then recent use, then names", () => {
		expect(labels("in")).toEqual(["Inbox", "Inês Marques"]);
		expect(labels("in", ["Inês Marques"])).toEqual(["Inês Marques", "Inbox"]);
		expect(labels("dri")).toEqual(["Driver app", "The map of drivers"]);
	});

	it("gives the same answer to the same letters, whatever the order of the items", () => {
		const turned = rank("e", items.toReversed()).map((item) => item.label);
		expect(turned).toEqual(labels("e"));
	});

	it("finds three or more letters in order, but not two", () => {
		expect(fitOf("drvap", "Driver app")).toBe(1);
		expect(fitOf("rk", "Work")).toBe(0);
	});

	it("keeps everything for an empty text", () => {
		expect(labels("")).toHaveLength(items.length);
	});
});

describe("marking", () => {
	it("marks the word that the text begins", () => {
		expect(marked("yuki", "Ask Yuki for a reply")).toEqual([
			{ text: "Ask ", hit: false },
			{ text: "Yuki", hit: true },
			{ text: " for a reply", hit: false },
		]);
	});

	it("marks nothing inside a word", () => {
		expect(marked("river", "Driver app")).toEqual([{ text: "Driver app", hit: false }]);
		expect(marked("", "Inbox")).toEqual([{ text: "Inbox", hit: false }]);
	});
});
