/** How one item of the inbox is shown: whose face, which reason, which words, which time. */
import AtSign from "@lucide/svelte/icons/at-sign";
import Bookmark from "@lucide/svelte/icons/bookmark";
import CheckCheck from "@lucide/svelte/icons/check-check";
import Eye from "@lucide/svelte/icons/eye";
import Flag from "@lucide/svelte/icons/flag";
import MessageSquareText from "@lucide/svelte/icons/message-square-text";
import type { Id } from "$data/index";
import type { IconType } from "$design/Icon.svelte";
import { m } from "$paraglide/messages";
import { countsUntil } from "../asks/order";
import { type Look, nameOf } from "../asks/sentences";
import type { Item } from "./places";

/** The reason at the start of a row. */
export interface Reason {
	words: string;
	icon: IconType;
	/** Somebody waits for a reply: in the colour of doing. */
	ask: boolean;
}

/** The person whose face stands for the row: who asks, who answered, else who wrote last. */
export function faceOf({ ask, reason, topic }: Item): Id {
	if (ask) return reason === "answered" ? ask.asked : ask.asker;
	return topic.last_by;
}

/** Why it is here: the strongest reason. */
export function reasonOf(item: Item, look: Look): Reason {
	const { ask, reason, unread, topic, mark } = item;
	if (ask && reason === "asked") return { words: m.inbox_verb({ kind: ask.kind }), icon: Flag, ask: true };
	if (ask) return { words: m.inbox_answered({ name: nameOf(ask.asked, look) }), icon: CheckCheck, ask: true };
	if (reason === "mentioned") return { words: m.inbox_mentioned(), icon: AtSign, ask: false };
	if (unread > 0) {
		const words =
			unread === topic.last_no && topic.last_no === 1 ? m.inbox_new_thread() : m.inbox_new_posts({ count: unread });
		return { words, icon: MessageSquareText, ask: false };
	}
	if (mark?.kept) return { words: m.inbox_kept(), icon: Bookmark, ask: false };
	return { words: m.inbox_read(), icon: Eye, ask: false };
}

/** The first words that help to decide what to do: the question for me, else the last post. */
export function textOf({ ask, reason, topic }: Item): string {
	return ask && reason === "asked" ? ask.question : topic.snippet;
}

/** A reply that is due in less than this is in the colour of time. Milliseconds. */
const SOON = 3 * 3_600_000;

/** Whether the time of an ask is near or has passed. */
export function isSoon({ ask }: Item, now: number): boolean {
	const due = ask && countsUntil(ask);
	return due !== null && Date.parse(due) - now < SOON;
}
