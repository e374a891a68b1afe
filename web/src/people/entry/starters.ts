/** Three first threads, already written. */
import { m } from "$paraglide/messages";

export interface FirstThread {
	/** Which starter it came from. */
	chosen: number;
	title: string;
	/** Markdown. */
	text: string;
}

export const STARTERS: readonly { title: () => string; text: () => string }[] = [
	{ title: m.people_starter_together, text: m.people_starter_together_text },
	{ title: m.people_starter_week, text: m.people_starter_week_text },
	{ title: m.people_starter_question, text: m.people_starter_question_text },
];

/** The first starter, to begin with. */
export function firstThread(): FirstThread {
	return { chosen: 0, title: m.people_starter_together(), text: m.people_starter_together_text() };
}
