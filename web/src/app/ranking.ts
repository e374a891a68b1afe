import { fold } from "$design/type-ahead";

/** Something that can be found by typing. */
export interface Rankable {
	id: string;
	label: string;
}

/** How well a typed text fits a label: 3 the start of a word, 2 the initials, 1 the letters in order, 0 not at all. */
export function fitOf(typed: string, label: string): 0 | 1 | 2 | 3 {
	const wanted = fold(typed).trim();
	if (!wanted) return 1;
	const words = fold(label)
		.split(/[\s\p{Punctuation}]+/u)
		.filter(Boolean);
	const text = words.join(" ");
	if (text.startsWith(wanted) || words.some((_, index) => words.slice(index).join(" ").startsWith(wanted))) return 3;
	if (
		words
			.map((word) => word[0])
			.join("")
			.startsWith(wanted.replaceAll(" ", ""))
	)
		return 2;
	return inOrder(wanted.replaceAll(" ", ""), text) ? 1 : 0;
}

/**
 * What fits, best first: exact start of a word, then recent use, then the rest; ties by name, never by a changing score,
 * so that the same letters always give the same first result. `recent` lists ids, the latest first.
 */
export function rank<T extends Rankable>(typed: string, items: readonly T[], recent: readonly string[] = []): T[] {
	const used = (id: string) => (recent.includes(id) ? recent.indexOf(id) : recent.length);
	return items
		.map((item) => ({ item, fit: fitOf(typed, item.label) }))
		.filter((entry) => entry.fit > 0)
		.sort(
			(a, b) =>
				Number(b.fit === 3) - Number(a.fit === 3) ||
				used(a.item.id) - used(b.item.id) ||
				b.fit - a.fit ||
				a.item.label.localeCompare(b.item.label),
		)
		.map((entry) => entry.item);
}

/** The parts of a label, those that the typed text begins a word with marked. */
export function marked(typed: string, label: string): { text: string; hit: boolean }[] {
	const wanted = typed.trim().toLocaleLowerCase();
	const at = wanted ? startOfWord(label.toLocaleLowerCase(), wanted) : -1;
	if (at < 0) return [{ text: label, hit: false }];
	const end = at + wanted.length;
	return [
		{ text: label.slice(0, at), hit: false },
		{ text: label.slice(at, end), hit: true },
		{ text: label.slice(end), hit: false },
	].filter((part) => part.text !== "");
}

function startOfWord(label: string, wanted: string): number {
	for (let at = label.indexOf(wanted); at >= 0; at = label.indexOf(wanted, at + 1)) {
		if (at === 0 || /[\s\p{Punctuation}]/u.test(label[at - 1] ?? "")) return at;
	}
	return -1;
}

function inOrder(letters: string, text: string): boolean {
	// One or two letters in order are in almost every label.
	if (letters.length < 3) return false;
	let at = 0;
	for (const letter of letters) {
		at = text.indexOf(letter, at) + 1;
		if (at === 0) return false;
	}
	return true;
}
