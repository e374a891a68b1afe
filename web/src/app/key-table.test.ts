// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { KEY_TABLE, mayBeChosen, takenBy, withKey } from "./key-table";
import { Keyboard } from "./keyboard.svelte";
import { possible } from "./preferences.svelte";

describe("the table of keys", () => {
	it("has each key once", () => {
		expect(new Set(KEY_TABLE.map(({ keys }) => keys)).size).toBe(KEY_TABLE.length);
	});

	it.each(["d", "shift+d", "9", "+", "é", "ж"])("%s may be chosen", (chord) => expect(mayBeChosen(chord)).toBe(true));
	it.each(["mod+d", "enter", "escape", "arrowdown", "tab", "space", "", "g i"])("%s may not", (chord) =>
		expect(mayBeChosen(chord)).toBe(false),
	);

	it("says what a key does already, under the person's own choices", () => {
		expect(takenBy("s", "e", {})?.keys).toBe("s");
		expect(takenBy("s", "e", { s: "d" })).toBeUndefined();
		expect(takenBy("d", "e", { s: "d" })?.keys).toBe("s");
		expect(takenBy("e", "e", {})).toBeUndefined();
	});

	it("keeps only what differs", () => {
		expect(withKey({ s: "d" }, "e", "w")).toEqual({ s: "d", e: "w" });
		expect(withKey({ s: "d", e: "w" }, "e", "e")).toEqual({ s: "d" });
		expect(withKey({ s: "d" }, "s", null)).toEqual({});
	});

	it("takes over from storage only what may be chosen", () => {
		expect(possible({ keys: { e: "d" } })).toEqual({ keys: { e: "d" } });
		for (const keys of [{ e: "mod+w" }, { e: 3 }, "e", null]) expect(possible({ keys })).toEqual({});
	});
});

describe("a key that was changed", () => {
	function pressed(changes: Record<string, string>, ...names: string[]): string[] {
		const done: string[] = [];
		const keyboard = new Keyboard(
			() => true,
			false,
			(keys) => changes[keys] ?? keys,
		);
		const keys = ["e", "s", "g i", "g w"].map((keys) => ({ keys, label: keys, run: () => void done.push(keys) }));
		keyboard.open({ title: "list", keys: () => keys });
		for (const key of names) keyboard.press(new KeyboardEvent("keydown", { key, cancelable: true }));
		return done;
	}

	it("does what the other did, and the other does nothing", () => {
		expect(pressed({ e: "d" }, "d", "e")).toEqual(["e"]);
	});
	it("may change places with another", () => {
		expect(pressed({ e: "s", s: "e" }, "s", "e")).toEqual(["e", "s"]);
	});
	it("may stand for a sequence", () => {
		expect(pressed({ "g i": "1" }, "1", "g", "i", "g", "w")).toEqual(["g i", "g w"]);
	});
});

describe("an input method", () => {
	it("that composes 日本 gives no key to the page: not the letters, not the Enter that accepts", () => {
		const done: string[] = [];
		const keyboard = new Keyboard(() => true, false);
		const all = ["n", "i", "h", "enter", "space", "escape"];
		keyboard.open({
			title: "list",
			keys: () => all.map((keys) => ({ keys, label: keys, run: () => void done.push(keys) })),
		});
		const press = (key: string, more: KeyboardEventInit & { keyCode?: number } = {}) => {
			const event = new KeyboardEvent("keydown", { key, cancelable: true, ...more });
			if (more.keyCode !== undefined) Object.defineProperty(event, "keyCode", { value: more.keyCode });
			keyboard.press(event);
		};
		// Chromium: each key is "Process" with code 229; Firefox gives the letter and says that it composes.
		press("Process", { keyCode: 229, code: "KeyN" });
		for (const key of ["n", "i", "h", " ", "Enter", "Escape"]) press(key, { isComposing: true });
		// Safari ends the composition before the Enter that accepted it.
		press("Enter", { keyCode: 229 });
		expect(done).toEqual([]);
		press("n");
		expect(done).toEqual(["n"]);
	});
});
