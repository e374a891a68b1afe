import { describe, expect, it } from "vitest";
import { headOf, initialsOf } from "./heads";
import { hueOf } from "./hue";
import { ariaKeys, keyCaps } from "./key-caps";
import { place } from "./placement";
import { TypeAhead } from "./type-ahead";

describe("faces", () => {
	it("are the same for the same id and differ between ids", () => {
		expect(headOf("m_01")).toEqual(headOf("m_01"));
		const different = new Set(Array.from({ length: 40 }, (_, index) => JSON.stringify(headOf(`m_${index}`))));
		expect(different.size).toBeGreaterThan(35);
	});

	it("use all eight hues", () => {
		const hues = new Set(Array.from({ length: 200 }, (_, index) => hueOf(`id-${index}`)));
		expect([...hues].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
	});

	it("have initials in any script", () => {
		expect(initialsOf("Camila Restrepo")).toBe("CR");
		expect(initialsOf("Nguyễn Minh Anh")).toBe("NA");
		expect(initialsOf("élan")).toBe("É");
		expect(initialsOf("山田 太郎")).toBe("山太");
		expect(initialsOf("  ")).toBe("");
	});
});

describe("key caps", () => {
	it("name the command key of the computer", () => {
		expect(keyCaps("mod+shift+enter", true)).toEqual(["⌘", "⇧", "↵"]);
		expect(keyCaps("mod+k", false)).toEqual(["Ctrl", "K"]);
		expect(keyCaps("g i")).toEqual(["G", "I"]);
		expect(keyCaps("mod++", true)).toEqual(["⌘", "+"]);
	});

	it("are told to screen readers, except sequences", () => {
		expect(ariaKeys("mod+enter", true)).toBe("Meta+Enter");
		expect(ariaKeys("shift+u")).toBe("Shift+U");
		expect(ariaKeys("g i")).toBe("");
	});
});

describe("placement", () => {
	const window = { width: 1000, height: 600 };
	const size = { width: 200, height: 150 };

	it("opens below, aligned with the start or the end", () => {
		const anchor = { left: 300, top: 100, width: 80, height: 30 };
		expect(place(anchor, size, window)).toEqual({ left: 300, top: 136, above: false });
		expect(place(anchor, size, window, "end")).toEqual({ left: 180, top: 136, above: false });
		expect(place(anchor, size, window, "start", true)).toEqual({ left: 180, top: 136, above: false });
	});

	it("opens above where there is more room, and stays inside", () => {
		expect(place({ left: 950, top: 560, width: 40, height: 30 }, size, window)).toEqual({
			left: 792,
			top: 404,
			above: true,
		});
		expect(place({ left: -20, top: 0, width: 40, height: 30 }, size, window, "end").left).toBe(8);
	});

	it("shows the top of something taller than the window", () => {
		expect(place({ left: 0, top: 300, width: 40, height: 30 }, { width: 100, height: 900 }, window).top).toBe(8);
	});
});

describe("typing in a list", () => {
	const labels = ["Rename", "Copy link", "Resolve", "Ésta"];

	it("walks through entries with one letter", () => {
		const typing = new TypeAhead();
		expect(typing.next("r", labels, -1, 0)).toBe(0);
		expect(typing.next("r", labels, 0, 2_000)).toBe(2);
		expect(typing.next("r", labels, 2, 4_000)).toBe(0);
	});

	it("joins letters that follow quickly, and ignores accents", () => {
		const typing = new TypeAhead();
		typing.next("r", labels, -1, 0);
		typing.next("e", labels, 0, 100);
		expect(typing.next("s", labels, 0, 200)).toBe(2);
		expect(typing.next("e", labels, 2, 2_000)).toBe(3);
		expect(typing.next("x", labels, 3, 4_000)).toBe(-1);
	});
});
