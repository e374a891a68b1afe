// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { preferences } from "./preferences.svelte";
import { type Refusal, refusalWords } from "./refusals";

preferences.start();
beforeEach(() => preferences.set({ language: "en" }));

const said = (status: number, code: string, detail: string, field: string | null = null): Refusal => ({
	status,
	title: "Unprocessable Entity",
	detail,
	field,
	code,
});

test("a rule that is known is said in the reader's language, with its names", () => {
	const archived = said(403, "space_archived", "Billing is archived: it can be read, not written.");
	expect(refusalWords(archived)).toBe("Billing is archived: it can be read, not written.");
	preferences.set({ language: "pt" });
	expect(refusalWords(archived)).toBe("Billing está arquivado: pode ser lido, não escrito.");
	expect(refusalWords(said(422, "cannot_read", "to: Ana Lúcia cannot read this thread.", "to"))).toBe(
		"Ana Lúcia não pode ler esta conversa.",
	);
});

test.each([
	["too_long", "source: is too long.", "A text is too long."],
	["empty", "ask.question: is empty.", "A text is empty."],
	["not_here", "ask.asked: is nobody here.", "It names somebody who is not here any more."],
	["not_here", "stage: is no stage of this project.", "The column is not there any more."],
	[
		"not_here",
		"changes[2].patch.labels[0]: is no label of this project.",
		"It names something that is not there any more.",
	],
	["not_here", "parent: is no task of this project.", "It names a task that is not there any more."],
	["invalid", "files[3]: is no file that you uploaded.", "Something in it is not possible. Look at it again."],
	["cannot_read", "to: they cannot read it.", "Something in it is not possible. Look at it again."],
])("%s is said without the name of the field", (code, detail, words) => {
	expect(refusalWords(said(422, code, detail, detail.split(":")[0] ?? null))).toBe(words);
});

test("what is not known keeps the server's sentence in English and has its sort in other languages", () => {
	const other = said(409, "conflict", "The lamp is on.");
	expect(refusalWords(other)).toBe("The lamp is on.");
	preferences.set({ language: "es" });
	expect(refusalWords(other)).toBe("Alguien lo ha cambiado mientras tanto. Míralo de nuevo.");
	expect(refusalWords(said(500, "internal", "This did not work. It is our fault."))).toBe(
		"No ha funcionado. Es culpa nuestra.",
	);
	expect(refusalWords({ status: 0, title: "The server could not be reached." })).toBe("El servidor no responde.");
});
