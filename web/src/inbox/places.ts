/** What stands in my inbox, read from the store with the one rule. */
import {
	type Ask,
	allGroups,
	allMarks,
	asksAwaited,
	asksOfTopic,
	asksOwed,
	asksUnclaimed,
	client,
	type Delivery,
	type Id,
	type Instant,
	type Mark,
	type Post,
	postsOfTopic,
	row,
	rows,
	snippet,
	type Topic,
} from "$data/index";
import { byDue, pressing } from "../asks/order";
import {
	arrivedNo,
	hasArrived,
	isForGroupOf,
	isHeld,
	isLate,
	isOpen,
	type Reason,
	type Section,
	type Seen,
	standing,
	unread,
} from "./rule";

export type Place = "today" | "later" | "done";

/** One topic in the inbox: one row, whatever the number of its posts. */
export interface Item {
	topic: Topic;
	mark: Mark | null;
	section: Section | null;
	reason: Reason;
	/** The ask that is the reason: of several, the one due first. */
	ask: Ask | null;
	/** The highest post that has reached me. */
	arrived: number;
	/** That post, as a row shows it: what is held back is not shown before its time. */
	last: { by: Id; at: Instant; text: string };
	/** Posts by others that have reached me and that I have not read. */
	unread: number;
}

export interface Inbox extends Record<Place, Item[]> {
	/** The topics with something that waits for the next delivery. */
	held: Id[];
}

/** The clock shows whole minutes: what arrives in one has arrived. Milliseconds. */
const REST_OF_MINUTE = 59_999;

/** Everything in my inbox in the minute `now` (milliseconds). Reactive where it is read. */
export function inboxOf(me: Id, now: number): Inbox {
	const inbox: Inbox = { today: [], later: [], done: [], held: [] };
	const instant = new Date(now + REST_OF_MINUTE).toISOString();
	const known = row("deliveries", me);
	const alone = known && client.live === "offline" ? sinceCutOff(known, instant) : null;
	const delivery = (alone && known ? { ...known, through: alone } : known) ?? null;
	const groups = rows(allGroups, "all").flatMap((group) => (group.members.includes(me) ? group.id : []));
	for (const id of candidates(me, groups)) {
		const topic = row("topics", id);
		if (!topic) continue;
		const posts = rows(postsOfTopic, id);
		const mark = arrivedBy(alone, row("marks", id) ?? null, posts);
		const asks = rows(asksOfTopic, id);
		const social = topic.space !== null && row("spaces", topic.space)?.social === true;
		const seen: Seen = { now: instant, me, groups, topic, mark, delivery, asks, space_social: social };
		if (isHeld(seen)) inbox.held.push(id);
		const { place, section, reason } = standing(seen);
		if (place === "none") continue;
		const arrived = arrivedNo(seen);
		inbox[place].push({
			topic,
			mark,
			section,
			reason,
			ask: askOf(reason, seen, asks),
			arrived,
			last: lastOf(topic, arrived, posts),
			unread: unread({ last_no: arrived }, mark, me, posts),
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

/** Topics the rule may have something to say about: those I have a mark on and those with an ask that concerns me. */
function candidates(me: Id, groups: readonly Id[]): Set<Id> {
	const marked = rows(allMarks, "all")
		.filter((mark) => mark.following || mark.kept || mark.mention_no > 0 || mark.done_no > 0)
		.map((mark) => mark.id);
	const asks = [
		...rows(asksOwed, me),
		...rows(asksAwaited, me),
		...groups.flatMap((group) => rows(asksUnclaimed, group)),
	];
	return new Set([...marked, ...asks.map((ask) => ask.topic)]);
}

/** The delivery that took place while there was no server to say so: what this device has of it has arrived all the same. */
function sinceCutOff({ next_at }: Delivery, now: Instant): Instant | null {
	return next_at && Date.parse(next_at) <= Date.parse(now) ? next_at : null;
}

/** The mark as it is after a delivery at `at`, from the posts at hand. */
function arrivedBy(at: Instant | null, mark: Mark | null, posts: readonly Post[]): Mark | null {
	if (!at || !mark) return mark;
	const last = posts.findLast((post) => Date.parse(post.created_at) < Date.parse(at));
	return last && last.no > mark.delivered_no ? { ...mark, delivered_no: last.no } : mark;
}

/** The last post that has reached me; of its words only those that are on this device. */
function lastOf(topic: Topic, arrived: number, posts: readonly Post[]): Item["last"] {
	if (arrived >= topic.last_no) return { by: topic.last_by, at: topic.last_at, text: topic.snippet };
	const post = posts.findLast(({ no }) => no <= arrived);
	if (!post) return { by: topic.created_by, at: topic.created_at, text: "" };
	return { by: post.author, at: post.created_at, text: snippet(post.source) };
}

/** Of several asks with the same reason, the one due first. */
function askOf(reason: Reason, { me, groups, delivery, now }: Seen, asks: readonly Ask[]): Ask | null {
	const first = (wanted: (ask: Ask) => boolean) => asks.filter(wanted).toSorted(byDue)[0] ?? null;
	switch (reason) {
		case "asked":
			return first((ask) => ask.asked === me && isOpen(ask) && hasArrived(ask, delivery, now));
		case "asked_group":
			return first((ask) => isForGroupOf(ask, me, groups));
		case "late":
			return first((ask) => ask.asker === me && isLate(ask, now));
		case "answered":
			return first((ask) => ask.asker === me && ask.state === "answered");
		default:
			return null;
	}
}

/** Waiting by the instant that counts, then the newest first. */
function inOrder(a: Item, b: Item): number {
	return dueOf(a) - dueOf(b) || Date.parse(b.last.at) - Date.parse(a.last.at);
}

/** What others wait for, from me: an answer of somebody else has no time of mine. */
function dueOf({ ask, reason }: Item): number {
	return ask && (reason === "asked" || reason === "asked_group") ? pressing(ask) : Number.MAX_SAFE_INTEGER;
}

const returnOf = ({ mark }: Item) => Date.parse(mark?.later_until ?? "") || 0;
const changeOf = ({ mark }: Item) => Date.parse(mark?.changed_at ?? "") || 0;
