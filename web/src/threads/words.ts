import { m } from "$paraglide/messages";

/** The three responses that are offered. They are kept in English and shown in the reader's language. */
export const OFFERED = ["Thanks", "Agree", "Noted"] as const;

/** A response as the reader sees it. */
export function responseWord(word: string): string {
	switch (word) {
		case "Thanks":
			return m.threads_word_thanks();
		case "Agree":
			return m.threads_word_agree();
		case "Noted":
			return m.threads_word_noted();
		default:
			return word;
	}
}
