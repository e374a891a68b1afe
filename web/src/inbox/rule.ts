import type { Ask, Delivery, Mark, Topic } from "$data/types";

/** Where a topic stands in my inbox. `none`: it is not there and was not cleared from there either. */
export type Place = "today" | "later" | "done" | "none";
export type Section = "waiting" | "reading";
export type Reason = Mark["reason"] | "answered" | "asked_group" | "late";

export interface Standing {
	place: Place;
	section: Section | null;
	reason: Reason;
}

/** What of an ask decides. */
export type AskSeen = Pick<
	Ask,
	"asker" | "asked" | "group" | "no" | "state" | "asked_at" | "delivered_at" | "due_at" | "promised_at"
>;

/** What the rule looks at: only these fields decide. */
export interface Seen {
	now: string;
	me: string;
	/** The groups that I belong to. */
	groups: readonly string[];
	topic: Pick<Topic, "last_no">;
	mark: Pick<Mark, "following" | "done_no" | "mention_no" | "delivered_no" | "reason" | "later_until" | "kept"> | null;
	/** What has reached me; null while this device does not know, and then everything has. */
	delivery: Pick<Delivery, "through" | "open_until"> | null;
	/** The asks on this topic. */
	asks: readonly AskSeen[];
	/** Whether the topic's space is social. */
	space_social: boolean;
}

/**
 * The one inbox rule. The server has the same in SQL; both run `crates/topics/tests/vectors/inbox.json`.
 * Times compare as instants, so any RFC 3339 spelling of them is good.
 */
export function standing(seen: Seen): Standing {
	const wants = wanted(seen);
	if (wants) {
		const until = seen.mark?.later_until;
		return { place: until && Date.parse(until) > Date.parse(seen.now) ? "later" : "today", ...wants };
	}
	return { place: wasCleared(seen) ? "done" : "none", section: null, reason: null };
}

/** The highest post that has reached me: between deliveries, topics stand still. */
export function arrivedNo({ now, topic, mark, delivery }: Pick<Seen, "now" | "topic" | "mark" | "delivery">): number {
	if (!delivery || isOpenAt(delivery, now)) return topic.last_no;
	return Math.min(topic.last_no, mark?.delivered_no ?? 0);
}

/** Whether an ask has reached the one it is for. */
export function hasArrived(
	ask: Pick<Ask, "asked_at" | "delivered_at">,
	delivery: Seen["delivery"],
	now: string,
): boolean {
	if (!delivery || isOpenAt(delivery, now) || Date.parse(ask.delivered_at) <= Date.parse(now)) return true;
	return Date.parse(ask.asked_at) < Date.parse(delivery.through);
}

function wanted(seen: Seen): { section: Section; reason: Reason } | null {
	const { mark, me, asks, now, delivery } = seen;
	const done = mark?.done_no ?? 0;
	const arrived = arrivedNo(seen);
	const news = arrived > done;
	if (asks.some((ask) => ask.asked === me && isOpen(ask) && hasArrived(ask, delivery, now)))
		return { section: "waiting", reason: "asked" };
	if (asks.some((ask) => isForGroupOf(ask, seen.me, seen.groups) && (ask.no ?? 0) <= arrived))
		return { section: "waiting", reason: "asked_group" };
	if (asks.some((ask) => ask.asker === me && isLate(ask, now))) return { section: "waiting", reason: "late" };
	if (news && asks.some((ask) => ask.asker === me && ask.state === "answered"))
		return { section: "waiting", reason: "answered" };
	if (!mark) return null;
	const mentioned = mark.mention_no > done && mark.mention_no <= arrived;
	if (mentioned) return { section: "reading", reason: "mentioned" };
	const followed = mark.following && news && !seen.space_social;
	return followed || mark.kept ? { section: "reading", reason: mark.reason } : null;
}

function wasCleared(seen: Seen): boolean {
	const { mark, space_social } = seen;
	if (!mark || mark.done_no === 0 || mark.done_no < arrivedNo(seen)) return false;
	return !space_social || mark.mention_no > 0;
}

/** Whether something of this topic is on its way to me, and waits for a delivery. */
export function isHeld(seen: Seen): boolean {
	const { mark, me, topic, asks, delivery, now, space_social } = seen;
	const mine = asks.filter((ask) => ask.asked === me && isOpen(ask));
	if (mine.some((ask) => !hasArrived(ask, delivery, now))) return true;
	// An ask that came by itself brought the words of its post.
	const arrived = Math.max(arrivedNo(seen), ...mine.map((ask) => ask.no ?? 0));
	if (topic.last_no <= arrived) return false;
	if (asks.some((ask) => isForGroupOf(ask, me, seen.groups) && (ask.no ?? 0) > arrived)) return true;
	return (mark?.mention_no ?? 0) > arrived || (mark?.following === true && !space_social);
}

const isOpenAt = (delivery: Pick<Delivery, "open_until">, now: string) =>
	delivery.open_until !== null && Date.parse(delivery.open_until) > Date.parse(now);

/** An ask that its asked person still has to settle. */
export const isOpen = (ask: Pick<Ask, "state">): boolean => ask.state === "open" || ask.state === "accepted";

/** An ask by somebody else to one of my groups that nobody has taken. */
export const isForGroupOf = (
	ask: Pick<Ask, "asker" | "asked" | "group" | "state">,
	me: string,
	groups: readonly string[],
): boolean => ask.asked === null && ask.asker !== me && ask.group !== null && isOpen(ask) && groups.includes(ask.group);

/** Whether the time of an open ask has passed: what was promised, else what was asked for. */
export function isLate(ask: Pick<Ask, "state" | "due_at" | "promised_at">, now: string): boolean {
	const until = ask.promised_at ?? ask.due_at;
	return isOpen(ask) && until !== null && Date.parse(until) <= Date.parse(now);
}

/**
 * How many posts by others I have not read. `posts` are those of the topic at hand, in any order; posts that are not
 * at hand count as written by others.
 */
export function unread(
	topic: Pick<Topic, "last_no">,
	mark: Pick<Mark, "read_no"> | null,
	me: string,
	posts: Iterable<{ no: number; author: string }>,
): number {
	const read = mark?.read_no ?? 0;
	let count = Math.max(0, topic.last_no - read);
	for (const post of posts) if (post.author === me && post.no > read && post.no <= topic.last_no) count--;
	return Math.max(0, count);
}

const NEW_FOR = 30 * 24 * 3600 * 1000;

/** Whether a topic is shown as new in its space: something by others is unread, and it is not older than 30 days. */
export const isNew = (topic: Pick<Topic, "last_at">, unread: number, now: number): boolean =>
	unread > 0 && now - Date.parse(topic.last_at) < NEW_FOR;
