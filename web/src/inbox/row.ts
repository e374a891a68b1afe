/** How one item of the inbox is shown: whose face, which reason, which words, which time. */
import AtSign from "@lucide/svelte/icons/at-sign";
import Bookmark from "@lucide/svelte/icons/bookmark";
import CheckCheck from "@lucide/svelte/icons/check-check";
import Eye from "@lucide/svelte/icons/eye";
import Flag from "@lucide/svelte/icons/flag";
import Hourglass from "@lucide/svelte/icons/hourglass";
import MessageSquareText from "@lucide/svelte/icons/message-square-text";
import Siren from "@lucide/svelte/icons/siren";
import SquareCheckBig from "@lucide/svelte/icons/square-check-big";
import Users from "@lucide/svelte/icons/users";
import type { Ask, Id, Mark } from "$data/index";
import type { IconType } from "$design/Icon.svelte";
import { m } from "$paraglide/messages";
import { countsUntil, isRinging } from "../asks/order";
import { askedName, type Look, nameOf } from "../asks/sentences";
import type { Item } from "./places";

/** The reason at the start of a row. */
export interface Reason {
	words: string;
	icon: IconType;
	/** Somebody waits for a reply: in the colour of doing. */
	ask: boolean;
}

/** The person whose face stands for the row: who asks, who answered or owes the answer, else who wrote last. */
export function faceOf({ ask, reason, last }: Item): Id {
	if (!ask) return last.by;
	return reason === "answered" || reason === "late" ? (ask.asked ?? ask.asker) : ask.asker;
}

/** Why it is here: the strongest reason. */
export function reasonOf(item: Item, look: Look): Reason {
	const { ask, reason, unread, arrived, mark } = item;
	if (ask) return askReason(ask, reason, look);
	if (reason === "mentioned") return { words: m.inbox_mentioned(), icon: AtSign, ask: false };
	if (reason === "assigned" && unread > 0) return { words: m.inbox_assigned(), icon: SquareCheckBig, ask: false };
	if (unread > 0) {
		const words = unread === arrived && arrived === 1 ? m.inbox_new_thread() : m.inbox_new_posts({ count: unread });
		return { words, icon: MessageSquareText, ask: false };
	}
	if (mark?.kept) return { words: m.inbox_kept(), icon: Bookmark, ask: false };
	return { words: m.inbox_read(), icon: Eye, ask: false };
}

function askReason(ask: Ask, reason: Item["reason"], look: Look): Reason {
	switch (reason) {
		case "answered":
			return { words: m.inbox_answered({ name: askedName(ask, look) }), icon: CheckCheck, ask: true };
		case "late":
			return { words: m.inbox_late({ name: askedName(ask, look) }), icon: Hourglass, ask: false };
		case "asked_group":
			return { words: m.inbox_group_asked({ group: askedName(ask, look) }), icon: Users, ask: true };
		default:
			return isRinging(ask)
				? { words: m.inbox_urgent({ kind: ask.kind }), icon: Siren, ask: true }
				: { words: m.inbox_verb({ kind: ask.kind }), icon: Flag, ask: true };
	}
}

/** The first words that help to decide what to do: the question, else the last post. */
export function textOf({ ask, reason, last }: Item): string {
	return ask && reason !== "answered" ? ask.question : last.text;
}

/** Why it is here, as a sentence. */
export function whyText({ ask, reason, mark }: Item, look: Look): string {
	if (ask && reason === "asked") return m.inbox_why_asked({ kind: ask.kind, name: nameOf(ask.asker, look) });
	if (ask && reason === "asked_group")
		return m.inbox_why_group({ name: nameOf(ask.asker, look), group: askedName(ask, look) });
	if (ask && reason === "late") return m.inbox_why_late({ name: askedName(ask, look) });
	if (ask) return m.inbox_why_answered({ name: askedName(ask, look) });
	if (reason === "mentioned") return m.inbox_why_mentioned();
	if (mark?.kept) return m.inbox_why_kept();
	return followText(mark?.reason ?? null);
}

function followText(reason: Mark["reason"]): string {
	switch (reason) {
		case "started":
			return m.inbox_why_started();
		case "posted":
			return m.inbox_why_posted();
		case "participant":
			return m.inbox_why_participant();
		case "asked":
			return m.inbox_why_was_asked();
		case "assigned":
			return m.inbox_why_assigned();
		case "mentioned":
			return m.inbox_why_was_mentioned();
		default:
			return m.inbox_why_follows();
	}
}

/** A reply that is due in less than this is in the colour of time. Milliseconds. */
const SOON = 3 * 3_600_000;

/** Whether the time of an ask is near or has passed. */
export function isSoon({ ask }: Item, now: number): boolean {
	const due = ask && countsUntil(ask);
	return due !== null && Date.parse(due) - now < SOON;
}
