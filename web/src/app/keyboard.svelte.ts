import { untrack } from "svelte";
import { isApple } from "$design/key-caps";

/** One key of a screen. */
export interface Key {
	/** "j", "shift+u", "mod+k" (⌘ or Ctrl), "escape", "enter", "?", or a sequence: "g i". */
	keys: string;
	/** What it does, as the list of keys says it. */
	label: string;
	/** Answer `false` to let the browser and outer scopes have the key. */
	// biome-ignore lint/suspicious/noConfusingVoidType: most actions answer nothing.
	run: (event: KeyPress) => void | boolean;
	/** Works also while writing; only for chords with `mod` and for Escape. */
	whileWriting?: boolean;
	/** Not in the list of keys: a second key for the same. */
	hidden?: boolean;
	/** This key itself, whatever the person chose in place of the one of the table that has the same letter. */
	fixed?: boolean;
}

/** The parts of a `KeyboardEvent` that matter. */
export type KeyPress = Pick<
	KeyboardEvent,
	| "key"
	| "code"
	| "metaKey"
	| "ctrlKey"
	| "altKey"
	| "shiftKey"
	| "isComposing"
	| "keyCode"
	| "target"
	| "preventDefault"
	| "defaultPrevented"
	| "repeat"
>;

/** Keys that belong together: those of the shell, of a screen, of a list, of a dialog. */
export interface Scope {
	/** Heading in the list of keys. */
	title: string;
	keys: () => readonly Key[];
	/** A dialog: nothing below it hears a key. */
	modal?: boolean;
}

/** How long a sequence waits for its second key, in milliseconds. */
const PATIENCE = 1_200;

/** Hears keys for the scopes that are open, the newest first. */
export class Keyboard {
	/** The first key of a sequence that waits for its second, and what may follow. */
	waiting = $state.raw<{ first: string; choices: readonly Key[] } | null>(null);
	#scopes = $state.raw<readonly Scope[]>([]);
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		readonly singleKeys: () => boolean,
		readonly apple: boolean = isApple(),
		/** The key that the person has chosen in place of one of ours. */
		readonly chosen: (keys: string) => string = (keys) => keys,
	) {}

	/** Opens a scope above the others. Answers a function that closes it. */
	open(scope: Scope): () => void {
		// Scopes are opened by effects, which must not depend on what they change.
		this.#scopes = [scope, ...untrack(() => this.#scopes)];
		return () => {
			this.#scopes = untrack(() => this.#scopes).filter((other) => other !== scope);
		};
	}

	/** The scopes that hear keys now, innermost first. */
	get scopes(): readonly Scope[] {
		const modal = this.#scopes.findIndex((scope) => scope.modal);
		return modal < 0 ? this.#scopes : this.#scopes.slice(0, modal + 1);
	}

	/** Does what the key means here. True when it meant something. */
	press = (event: KeyPress): boolean => {
		if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false;
		const chord = chordOf(event, this.apple);
		if (!chord) return false;
		const pressed = this.waiting ? `${this.waiting.first} ${chord}` : chord;
		this.stopWaiting();
		const writing = isWriting(event.target);
		const hears = (key: Key) => this.#hears(key, chord, writing, event.target);
		// What is pressed in a dialog or a menu is not meant for the screen below it.
		if (isFloating(event.target) && !this.#scopes.some((scope) => scope.modal)) return false;
		for (const key of this.#keys()) {
			if (this.chordFor(key) === pressed && hears(key) && key.run(event) !== false) {
				event.preventDefault();
				return true;
			}
		}
		return this.#begin(pressed, hears, event);
	};

	/** What is pressed for that key here. */
	chordFor(key: Key): string {
		return key.fixed ? key.keys : this.chosen(key.keys);
	}

	/** Forgets the first key of a sequence. */
	stopWaiting(): void {
		clearTimeout(this.#timer);
		this.waiting = null;
	}

	#keys(): Key[] {
		return this.scopes.flatMap((scope) => scope.keys());
	}

	#hears(key: Key, chord: string, writing: boolean, target: EventTarget | null): boolean {
		const single = !chord.includes("mod+") && chord !== "escape";
		if (writing) return key.whileWriting === true && !(single && chord.length === 1);
		if (!single || isNeutral(chord)) return !(chord === "enter" || chord === "space") || !isControl(target);
		return this.singleKeys();
	}

	#begin(pressed: string, hears: (key: Key) => boolean, event: KeyPress): boolean {
		const choices = this.#keys().filter((key) => this.chordFor(key).startsWith(`${pressed} `) && hears(key));
		if (choices.length === 0) return false;
		event.preventDefault();
		this.waiting = { first: pressed, choices };
		this.#timer = setTimeout(() => this.stopWaiting(), PATIENCE);
		return true;
	}
}

/**
 * The chord of a press: "j", "shift+u", "mod+k", "?". The letter that the layout gives counts; only where it is not Latin
 * (Cyrillic, Greek, Arabic…) the place of the key does. Empty for a bare modifier.
 */
export function chordOf(event: KeyPress, apple: boolean = isApple()): string {
	const name = nameOf(event);
	if (!name) return "";
	const mod = apple ? event.metaKey : event.ctrlKey;
	const foreign = apple ? event.ctrlKey : event.metaKey;
	if (foreign) return "";
	// Alt and AltGr write characters on many layouts: "[" is Alt+5 on a Mac with a German keyboard.
	const alt = event.altKey && name.length > 1;
	const shift = event.shiftKey && (name.length > 1 || /\p{Letter}/u.test(name));
	return `${mod ? "mod+" : ""}${alt ? "alt+" : ""}${shift ? "shift+" : ""}${name}`;
}

const MODIFIERS = new Set([
	"Shift",
	"Control",
	"Alt",
	"Meta",
	"AltGraph",
	"CapsLock",
	"Fn",
	"Dead",
	"Process",
	"Unidentified",
]);

const PLACES: Record<string, [plain: string, shifted: string]> = {
	Slash: ["/", "?"],
	Period: [".", ">"],
	Comma: [",", "<"],
	BracketLeft: ["[", "{"],
	BracketRight: ["]", "}"],
};

function nameOf(event: KeyPress): string {
	if (MODIFIERS.has(event.key)) return "";
	if (event.key === " ") return "space";
	if (event.key.length > 1 && [...event.key].length > 1) return event.key.toLowerCase();
	return isLatin(event.key) ? event.key.toLowerCase() : byPlace(event);
}

/** ASCII and Latin letters with marks; digits and signs too. */
function isLatin(key: string): boolean {
	return /^[\x21-\x7e]$/.test(key) || /\p{Script=Latin}/u.test(key);
}

function byPlace(event: KeyPress): string {
	const letter = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1];
	if (letter) return letter.toLowerCase();
	return PLACES[event.code]?.[event.shiftKey ? 1 : 0] ?? "";
}

/** Keys that move and confirm in every program; they are not "single keys" that a person may switch off. */
function isNeutral(chord: string): boolean {
	return /^(?:shift\+)?(?:arrow(?:up|down|left|right)|enter|space|home|end|pageup|pagedown|tab)$/.test(chord);
}

const CLICKED = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);

/** Whether the person writes text in that element. */
export function isWriting(target: EventTarget | null): boolean {
	const element = target as (HTMLElement & { type?: string }) | null;
	if (!element?.tagName) return false;
	if (element.isContentEditable || element.getAttribute("role") === "textbox") return true;
	if (element.tagName === "INPUT") return !CLICKED.has(element.type ?? "text");
	return element.tagName === "TEXTAREA" || element.tagName === "SELECT";
}

/** Whether that element floats above the screen: in an open dialog, menu or list. */
function isFloating(target: EventTarget | null): boolean {
	return target instanceof Element && target.closest("dialog[open], [popover]") !== null;
}

/** Whether Enter and Space already do something there. */
function isControl(target: EventTarget | null): boolean {
	return (
		target instanceof Element &&
		target.closest("a[href], button, summary, input, select, [role='button'], [role^='menuitem']") !== null
	);
}
