/** A task from a post, from what is selected in one, or in place of an ask: opens the field for it, filled in. */
import type { Ask, Id, MadeFrom } from "$data/index";
import { openAskDialog } from "../asks/ask-dialog";

/** The longest title that a task may have. */
const LONGEST = 200;

export interface Beginning {
	from: MadeFrom;
	/** What the line begins with. */
	line: string;
	/** What the task is for, in Markdown; empty for nothing. */
	why: string;
	owner?: Id;
	/** The space whose projects come first. */
	space: Id | null;
}

/** The key that opens it, from a post that has the focus or text that is selected. */
export const MAKE_TASK = "shift+c";

/** Opens the dialog. Its part of the program is fetched when it is first needed. */
export async function makeTask(beginning: Beginning): Promise<void> {
	const { default: MakeTaskDialog } = await import("./MakeTaskDialog.svelte");
	openAskDialog(MakeTaskDialog, { beginning });
}

/** From a post; with a selection, its words are the title and are quoted in what the task is for. */
export function fromPost(post: { id: Id; topic: Id; source: string }, space: Id | null, selected = ""): Beginning {
	const words = selected.trim();
	const why = words
		? words
				.split("\n")
				.map((line) => `> ${line}`)
				.join("\n")
		: "";
	const line = titleOf(words || plain(post.source));
	return { from: { topic: post.topic, post: post.id, ask: null }, line, why, space };
}

/** In place of an ask of mine: whoever was asked owns the task. */
export function fromAsk(ask: Ask, space: Id | null): Beginning {
	const from = { topic: ask.topic, post: ask.post, ask: ask.id };
	return { from, line: titleOf(ask.question), why: "", space, ...(ask.asked ? { owner: ask.asked } : {}) };
}

/** The first line, cut between words where it is too long. */
export function titleOf(text: string): string {
	const first =
		text
			.split("\n")
			.map((line) => line.trim())
			.find(Boolean) ?? "";
	const letters = [...first.replace(/\s+/g, " ")];
	if (letters.length <= LONGEST) return letters.join("");
	const cut = letters.slice(0, LONGEST - 1).join("");
	const space = cut.lastIndexOf(" ");
	return `${space > LONGEST / 2 ? cut.slice(0, space) : cut}…`;
}

/** Markdown without the marks that one line of text does not show: of headings, lists and quotes, of mentions and links. */
export function plain(source: string): string {
	return source
		.replace(/!?@?\[([^\]]*)\]\([^)]*\)/g, "$1")
		.replace(/^\s*(?:[>#]+|[-*+]|\d+\.)\s+/gm, "")
		.replace(/[*_`~]{1,3}(\S(?:.*?\S)?)[*_`~]{1,3}/g, "$1");
}
