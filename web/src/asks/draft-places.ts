/** Drafts of this device and of the server as one list: where each goes on, and what it is called. */
import type { Draft } from "$data/idb";
import type { DraftPlace, Id, Instant, Post, ServerDraft, Topic } from "$data/types";
import { m } from "$paraglide/messages";
import { threadAddress } from "../threads/address";

/** One draft in the list. */
export interface Entry {
	key: string;
	href: string;
	title: string;
	source: string;
	at: Instant;
	local: Draft | null;
	server: ServerDraft | null;
}

/** Rows as far as they are on this device. */
export interface AtHand {
	topic(id: Id): Topic | undefined;
	post(id: Id): Post | undefined;
}

/** Where a draft of the server goes on, and what it is called. */
export function placeOf(place: DraftPlace, title: string | null, at: AtHand): { href: string; title: string } {
	if (place.kind === "topic") {
		const topic = at.topic(place.topic);
		return topic
			? { href: threadAddress(topic), title: topic.title }
			: { href: `/thread/${place.topic}`, title: m.threads_thread() };
	}
	return { href: "/new", title: title || m.asks_draft_new_thread() };
}

/** The newest first; a text that is both here and on the server stands once. */
export function listed(here: readonly Draft[], there: readonly ServerDraft[], at: AtHand): Entry[] {
	const entries: Entry[] = [];
	const seen = new Set<Id>();
	for (const draft of here) {
		const server = there.find((each) => each.id === tieOf(draft)) ?? null;
		const place = localPlace(draft, at) ?? (server && placeOf(server.place, server.title, at));
		if (!place) continue;
		if (server) seen.add(server.id);
		entries.push({ ...place, key: draft.key, source: draft.source, at: draft.at, local: draft, server });
	}
	for (const server of there)
		if (!seen.has(server.id))
			entries.push({
				...placeOf(server.place, server.title, at),
				key: server.id,
				source: server.source,
				at: server.changed_at,
				local: null,
				server,
			});
	return entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** The draft of the server that a draft of this device is a copy of. */
const tieOf = (draft: Draft): Id | undefined => (draft.more?.tie as { id?: Id } | undefined)?.id;

/** Where a draft of this device goes on; null when that is not known here. */
function localPlace(draft: Draft, at: AtHand): { href: string; title: string } | null {
	const [kind, id = ""] = draft.key.split(":");
	if (kind === "new") {
		const { title } = (draft.more?.extra ?? {}) as { title?: string };
		return { href: "/new", title: title || m.asks_draft_new_thread() };
	}
	const post = kind === "edit" ? at.post(id) : undefined;
	const topic = at.topic(kind === "edit" ? (post?.topic ?? "") : id);
	if (!topic) return null;
	return kind === "edit"
		? { href: threadAddress(topic, post?.no), title: m.asks_draft_edit({ title: topic.title }) }
		: { href: threadAddress(topic), title: topic.title };
}
