/** What stands in my inbox, read from the store with the one rule. */
import {
	type Ask,
	allMarks,
	asksAwaited,
	asksOfTopic,
	asksOwed,
	type Id,
	type Mark,
	postsOfTopic,
	row,
	rows,
	type Topic,
} from "$data/index";
import { byDue, countsUntil, isOwed } from "../asks/order";
import { type Reason, type Section, standing, unread } from "./rule";

export type Place = "today" | "later" | "done";

/** One topic in the inbox: one row, whatever the number of its posts. */
export interface Item {
	topic: Topic;
	mark: Mark | null;
	section: Section | null;
	reason: Reason;
	/** The ask that is the reason: of several, the one due first. */
	ask: Ask | null;
	/** Posts by others that I have not read. */
	unread: number;
}

export type Inbox = Record<Place, Item[]>;

/** Everything in my inbox at the instant `now` (milliseconds). Reactive where it is read. */
export function inboxOf(me: Id, now: number): Inbox {
	const inbox: Inbox = { today: [], later: [], done: [] };
	const instant = new Date(now).toISOString();
	for (const id of candidates(me)) {
		const topic = row("topics", id);
		if (!topic) continue;
		const mark = row("marks", id) ?? null;
		const asks = rows(asksOfTopic, id);
		const social = topic.space !== null && row("spaces", topic.space)?.social === true;
		const { place, section, reason } = standing({ now: instant, me, topic, mark, asks, space_social: social });
		if (place === "none") continue;
		const posts = rows(postsOfTopic, id);
		inbox[place].push({
			topic,
			mark,
			section,
			reason,
			ask: askOf(reason, asks, me),
			unread: unread(topic, mark, me, posts),
		});
	}
	inbox.today.sort(inOrder);
	inbox.later.sort((a, b) => returnOf(a) - returnOf(b));
	inbox.done.sort((a, b) => changeOf(b) - changeOf(a));
	return inbox;
}

/** The items of one section, in order. */
export function sectionOf(items: readonly Item[], section: Section): Item[] {
	return items.filter((item) => item.section === section);
}

/** Topics the rule may have something to say about: those I have a mark on and those with an ask of mine. */
function candidates(me: Id): Set<Id> {
	const marked = rows(allMarks, "all")
		.filter((mark) => mark.following || mark.kept || mark.mention_no > 0 || mark.done_no > 0)
		.map((mark) => mark.id);
	const asks = [...rows(asksOwed, me), ...rows(asksAwaited, me).filter((ask) => ask.state === "answered")];
	return new Set([...marked, ...asks.map((ask) => ask.topic)]);
}

function askOf(reason: Reason, asks: readonly Ask[], me: Id): Ask | null {
	if (reason === "asked") return asks.filter((ask) => ask.asked === me && isOwed(ask)).toSorted(byDue)[0] ?? null;
	if (reason === "answered") return asks.find((ask) => ask.asker === me && ask.state === "answered") ?? null;
	return null;
}

/** Waiting by the instant that counts, then the newest first. */
function inOrder(a: Item, b: Item): number {
	return dueOf(a) - dueOf(b) || Date.parse(b.topic.last_at) - Date.parse(a.topic.last_at);
}

function dueOf({ ask, reason }: Item): number {
	const due = ask && reason === "asked" ? countsUntil(ask) : null;
	return due === null ? Number.MAX_SAFE_INTEGER : Date.parse(due);
}

const returnOf = ({ mark }: Item) => Date.parse(mark?.later_until ?? "") || 0;
const changeOf = ({ mark }: Item) => Date.parse(mark?.changed_at ?? "") || 0;
