/** True on computers whose command key is ⌘. */
export function isApple(platform: string = globalThis.navigator?.platform ?? ""): boolean {
	return /mac|iphone|ipad/i.test(platform);
}

const SYMBOLS: Record<string, string> = {
	enter: "↵",
	escape: "Esc",
	arrowup: "↑",
	arrowdown: "↓",
	arrowleft: "←",
	arrowright: "→",
	space: "␣",
	shift: "⇧",
	backspace: "⌫",
};

/** The caps to draw for a chord: "mod+shift+enter" gives ⌘ ⇧ ↵, or Ctrl ⇧ ↵; "g i" gives G I. */
export function keyCaps(keys: string, apple: boolean = isApple()): string[] {
	return keys.split(" ").flatMap((chord) => chordParts(chord).map((part) => cap(part, apple)));
}

/** The value of `aria-keyshortcuts` for a chord; empty for sequences, which the attribute cannot express. */
export function ariaKeys(keys: string, apple: boolean = isApple()): string {
	if (keys.includes(" ")) return "";
	const names: Record<string, string> = {
		mod: apple ? "Meta" : "Control",
		shift: "Shift",
		alt: "Alt",
		enter: "Enter",
		escape: "Escape",
	};
	return chordParts(keys)
		.map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
		.join("+");
}

/** A plus sign may itself be the key: "mod++". */
function chordParts(chord: string): string[] {
	return chord.endsWith("+") ? [...chord.slice(0, -1).split("+").filter(Boolean), "+"] : chord.split("+");
}

function cap(part: string, apple: boolean): string {
	if (part === "mod") return apple ? "⌘" : "Ctrl";
	if (part === "alt") return apple ? "⌥" : "Alt";
	return SYMBOLS[part] ?? part.toUpperCase();
}
