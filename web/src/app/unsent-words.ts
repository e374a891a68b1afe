/**
 * What was written in a dialog that was left: it is there again when the same one opens, until it was sent or given up.
 * For this page and this member alone; nothing of it leaves the device.
 */
import { client } from "$data/index";

const kept = new Map<string, string>();
const own = (key: string): string => `${client.member ?? ""} ${key}`;

export const unsentWords = {
	/** `key` names the dialog and what it is about. */
	of: (key: string): string => kept.get(own(key)) ?? "",
	keep(key: string, words: string): void {
		if (words.trim() === "") kept.delete(own(key));
		else kept.set(own(key), words);
	},
};
