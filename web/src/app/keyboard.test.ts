// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chordOf, isWriting, type Key, Keyboard, type KeyPress } from "./keyboard.svelte";

let done: string[];
let singleKeys: boolean;
let keyboard: Keyboard;

beforeEach(() => {
	vi.useFakeTimers();
	done = [];
	singleKeys = true;
	keyboard = new Keyboard(() => singleKeys, false);
});

afterEach(() => vi.useRealTimers());

function key(keys: string, more: Partial<Key> = {}): Key {
	return {
		keys,
		label: keys,
		run: () => {
			done.push(keys);
		},
		...more,
	};
}

function press(name: string, more: Partial<KeyPress> = {}): boolean {
	const event = new KeyboardEvent("keydown", { key: name, code: "", cancelable: true, ...(more as KeyboardEventInit) });
	if (more.target) Object.defineProperty(event, "target", { value: more.target });
	return keyboard.press(event);
}

function element(html: string): Element {
	document.body.innerHTML = html;
	const made = document.body.firstElementChild;
	if (!made) throw new Error("no element");
	return made;
}

describe("scopes", () => {
	it("give a key to the newest scope that knows it", () => {
		keyboard.open({ title: "shell", keys: () => [key("c"), key("e")] });
		const close = keyboard.open({ title: "list", keys: () => [key("e", { run: () => void done.push("list e") })] });
		press("e");
		press("c");
		close();
		press("e");
		expect(done).toEqual(["list e", "c", "e"]);
	});

	it("keep a fixed key where the person chose another one for the same letter elsewhere", () => {
		keyboard = new Keyboard(
			() => singleKeys,
			false,
			(keys) => (keys === "l" ? "y" : keys),
		);
		keyboard.open({ title: "shell", keys: () => [key("l", { run: () => void done.push("link") })] });
		keyboard.open({ title: "list", keys: () => [key("l", { fixed: true, run: () => void done.push("later") })] });
		press("l");
		press("y");
		expect(done).toEqual(["later", "link"]);
	});

	it("let a key through when its action answers false", () => {
		keyboard.open({ title: "shell", keys: () => [key("escape")] });
		keyboard.open({ title: "list", keys: () => [key("escape", { run: () => false })] });
		expect(press("Escape")).toBe(true);
		expect(done).toEqual(["escape"]);
	});

	it("below a dialog hear nothing", () => {
		keyboard.open({ title: "shell", keys: () => [key("e")] });
		const close = keyboard.open({ title: "dialog", keys: () => [], modal: true });
		expect(press("e")).toBe(false);
		close();
		expect(press("e")).toBe(true);
	});
});

describe("sequences", () => {
	beforeEach(() => {
		keyboard.open({ title: "shell", keys: () => [key("g i"), key("g w"), key("i")] });
	});

	it("wait for the second key and show the choices", () => {
		expect(press("g")).toBe(true);
		expect(keyboard.waiting?.choices.map((choice) => choice.keys)).toEqual(["g i", "g w"]);
		press("i");
		expect(done).toEqual(["g i"]);
		expect(keyboard.waiting).toBeNull();
	});

	it("give up after 1.2 seconds", () => {
		press("g");
		vi.advanceTimersByTime(1_199);
		expect(keyboard.waiting).not.toBeNull();
		vi.advanceTimersByTime(1);
		expect(keyboard.waiting).toBeNull();
		press("i");
		expect(done).toEqual(["i"]);
	});

	it("are forgotten after a key that does not belong to them", () => {
		press("g");
		expect(press("x")).toBe(false);
		press("i");
		expect(done).toEqual(["i"]);
	});
});

describe("while a person writes", () => {
	beforeEach(() => {
		keyboard.open({
			title: "shell",
			keys: () => [key("e"), key("mod+k", { whileWriting: true }), key("mod+b"), key("escape", { whileWriting: true })],
		});
	});

	it.each([
		"<input>",
		"<textarea></textarea>",
		"<input type='search'>",
		"<div role='textbox'></div>",
		"<select></select>",
	])("in %s only keys made for it work", (html) => {
		const target = element(html);
		expect(press("e", { target })).toBe(false);
		expect(press("b", { target, ctrlKey: true })).toBe(false);
		expect(press("k", { target, ctrlKey: true })).toBe(true);
		expect(press("Escape", { target })).toBe(true);
		expect(done).toEqual(["mod+k", "escape"]);
	});

	it("a checkbox is not writing", () => {
		expect(isWriting(element("<input type='checkbox'>"))).toBe(false);
	});

	it("nothing works while an input method composes", () => {
		expect(press("e", { isComposing: true })).toBe(false);
		const target = element("<input>");
		expect(press("Escape", { isComposing: true, target })).toBe(false);
		expect(press("Process", { keyCode: 229 })).toBe(false);
	});
});

describe("switched off", () => {
	it("single keys are silent; chords, arrows and Escape remain", () => {
		keyboard.open({
			title: "list",
			keys: () => ["j", "?", "g i", "mod+k", "arrowdown", "escape"].map((keys) => key(keys)),
		});
		singleKeys = false;
		press("j");
		press("?");
		press("g");
		expect(keyboard.waiting).toBeNull();
		press("k", { ctrlKey: true });
		press("ArrowDown");
		press("Escape");
		expect(done).toEqual(["mod+k", "arrowdown", "escape"]);
	});
});

it("leaves Enter to a link that has the focus", () => {
	keyboard.open({ title: "list", keys: () => [key("enter"), key("o")] });
	expect(press("Enter", { target: element("<a href='/x'>x</a>") })).toBe(false);
	expect(press("Enter", { target: element("<div></div>") })).toBe(true);
});

describe("chords", () => {
	const event = (more: Partial<KeyPress>): KeyPress => ({
		key: "",
		code: "",
		metaKey: false,
		ctrlKey: false,
		altKey: false,
		shiftKey: false,
		isComposing: false,
		keyCode: 0,
		target: null,
		defaultPrevented: false,
		repeat: false,
		preventDefault: () => {},
		...more,
	});

	it.each<[string, Partial<KeyPress>, string]>([
		["a letter", { key: "j", code: "KeyJ" }, "j"],
		["a capital", { key: "U", code: "KeyU", shiftKey: true }, "shift+u"],
		["a letter with caps lock", { key: "J", code: "KeyJ" }, "j"],
		["a sign that needs shift", { key: "?", code: "Slash", shiftKey: true }, "?"],
		["a sign that needs AltGr", { key: "[", code: "Digit8", altKey: true }, "["],
		["Dvorak: the letter counts, not the place", { key: "j", code: "KeyC" }, "j"],
		["Cyrillic: the place counts", { key: "о", code: "KeyJ" }, "j"],
		["Cyrillic question mark of the place", { key: "Ю", code: "Period", shiftKey: true }, ">"],
		["Greek capital", { key: "Θ", code: "KeyU", shiftKey: true }, "shift+u"],
		["an accented Latin letter stays itself", { key: "é", code: "Digit2" }, "é"],
		["space", { key: " ", code: "Space" }, "space"],
		["a chord", { key: "k", code: "KeyK", ctrlKey: true }, "mod+k"],
		["a chord with shift", { key: "Enter", code: "Enter", ctrlKey: true, shiftKey: true }, "mod+shift+enter"],
		["a bare modifier", { key: "Shift", shiftKey: true }, ""],
		["a dead key", { key: "Dead", code: "Quote" }, ""],
		["the key of the system", { key: "k", code: "KeyK", metaKey: true }, ""],
	])("%s", (_, pressed, chord) => {
		expect(chordOf(event(pressed), false)).toBe(chord);
	});

	it("use ⌘ on a Mac, where Ctrl belongs to the system", () => {
		expect(chordOf(event({ key: "k", metaKey: true }), true)).toBe("mod+k");
		expect(chordOf(event({ key: "k", ctrlKey: true }), true)).toBe("");
	});
});
