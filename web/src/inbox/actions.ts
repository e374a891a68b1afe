/** What a person does with items of the inbox: shown at once, said in one line, taken back with Z. */
import { type Arguments, type Id, type Instant, type Mutation, mutate, postsOfTopic, rows } from "$data/index";
import { toasts } from "$design/toasts.svelte";
import { m } from "$paraglide/messages";
import { isOwed } from "../asks/order";
import { askedName, type Look, nameOf } from "../asks/sentences";
import { tellSaved } from "../settings/saved";
import type { Item } from "./places";

/**
 * Done: out of the inbox until something new arrives. An ask that waits for me leaves only with a reply of mine, which
 * then counts as the answer; one to my group when somebody takes it, one of mine that is late when I choose what happens.
 * Answers whether anything left.
 */
export function finish(items: readonly Item[], look: Look): boolean {
	const able = items.filter((item) => !whyStays(item, look));
	const staying = items.find((item) => !able.includes(item));
	if (able.length === 0) {
		if (staying) toasts.show(whyStays(staying, look));
		return false;
	}
	const done = able.flatMap((item) => {
		const reply = owed(item) ? replyOf(item, look.me) : undefined;
		const answer =
			item.ask && reply ? [mutate("ask.answer", { id: item.ask.id, topic: item.topic.id, post: reply })] : [];
		return [...answer, setMark(item, doneMark(item))];
	});
	toasts.show(m.inbox_done_toast({ count: able.length }), undoOf(done));
	return true;
}

/** An ask to my group becomes mine. */
export function take({ ask, topic }: Item): void {
	if (!ask) return;
	tellSaved(mutate("ask.claim", { id: ask.id, topic: topic.id }), m.inbox_taken_toast());
}

/** Whoever asked urgently learns that I have seen it, and it no longer repeats. */
export function acknowledge({ ask, topic }: Item, look: Look): void {
	if (!ask) return;
	const done = mutate("ask.acknowledge", { id: ask.id, topic: topic.id });
	tellSaved(done, m.inbox_acknowledged_toast({ name: nameOf(ask.asker, look) }));
}

/** From now on everything new in a topic reaches me, or only asks and posts that name me. */
export function follow({ topic }: Item, all: boolean): void {
	const done = mutate("mark.set", { topic: topic.id, following: all });
	const { title } = topic;
	toasts.show(all ? m.inbox_rule_all_toast({ title }) : m.inbox_rule_mine_toast({ title }), done.undo);
}

/** Everything to read is read and done. */
export function finishAll(items: readonly Item[]): void {
	const kept = items.filter((item) => item.mark?.kept);
	const others = items.filter((item) => !item.mark?.kept);
	const topics = others.map(({ topic, arrived }) => ({ id: topic.id, done_no: arrived }));
	const done = kept.map((item) => setMark(item, doneMark(item)));
	if (topics.length > 0) done.push(mutate("marks.done", { topics }));
	toasts.show(m.inbox_all_read_toast({ count: items.length }), undoOf(done));
}

/** Out of the inbox until an instant. What has nothing new is kept, so that it does come back. */
export function putOff(items: readonly Item[], until: Instant, words: string): void {
	const done = items.map((item) =>
		setMark(item, item.section ? { later_until: until } : { later_until: until, kept: true }),
	);
	toasts.show(m.inbox_later_toast({ when: words }), undoOf(done));
}

/** Back into the inbox now. */
export function bringBack(items: readonly Item[]): void {
	const done = items.map((item) =>
		setMark(item, item.section ? { later_until: null } : { later_until: null, kept: true }),
	);
	toasts.show(m.inbox_back_toast({ count: items.length }), undoOf(done));
}

/** The last post is new again. */
export function markAsNew(items: readonly Item[]): void {
	const done = items.map((item) => {
		const before = Math.max(0, item.arrived - 1);
		const read_no = Math.min(item.mark?.read_no ?? 0, before);
		const done_no = Math.min(item.mark?.done_no ?? 0, before);
		return setMark(item, { read_no, done_no, unread: true, later_until: null });
	});
	toasts.show(m.inbox_new_toast({ count: items.length }), undoOf(done));
}

/** Why Done leaves it where it is, as a sentence; empty when it does not. */
export function whyStays(item: Item, look: Look): string {
	const { ask, reason } = item;
	if (!ask) return "";
	if (reason === "late") return m.inbox_late_waits({ name: askedName(ask, look) });
	if (reason === "asked_group") return m.inbox_group_waits({ group: askedName(ask, look) });
	return owed(item) && replyOf(item, look.me) === undefined
		? m.inbox_needs_reply({ name: nameOf(ask.asker, look) })
		: "";
}

const owed = ({ ask, reason }: Item) => reason === "asked" && ask !== null && isOwed(ask);

/** Only what has arrived: what is held back comes all the same. */
const doneMark = ({ arrived }: Item) => ({
	read_no: arrived,
	done_no: arrived,
	later_until: null,
	kept: false,
});

function setMark(item: Item, change: Omit<Arguments["mark.set"], "topic">): Mutation {
	return mutate("mark.set", { topic: item.topic.id, ...change });
}

/** My newest post after I was asked. */
function replyOf({ ask, topic }: Item, me: Id): Id | undefined {
	if (!ask) return undefined;
	return rows(postsOfTopic, topic.id).findLast(
		(post) => post.author === me && !post.deleted_at && Date.parse(post.created_at) > Date.parse(ask.asked_at),
	)?.id;
}

/** Takes several back, the last first. */
function undoOf(done: readonly Mutation[]): (() => void) | null {
	const undos = done.flatMap(({ undo }) => undo ?? []);
	if (undos.length === 0) return null;
	return () => {
		for (const undo of undos.toReversed()) undo();
	};
}
