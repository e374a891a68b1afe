import type { Ask, Mark, Topic } from "$data/types";

/** Where a topic stands in my inbox. `none`: it is not there and was not cleared from there either. */
export type Place = "today" | "later" | "done" | "none";
export type Section = "waiting" | "reading";
export type Reason = Mark["reason"] | "answered";

export interface Standing {
	place: Place;
	section: Section | null;
	reason: Reason;
}

/** What the rule looks at: only these fields decide. */
export interface Seen {
	now: string;
	me: string;
	topic: Pick<Topic, "last_no">;
	mark: Pick<Mark, "following" | "done_no" | "mention_no" | "reason" | "later_until" | "kept"> | null;
	/** The asks on this topic. */
	asks: readonly Pick<Ask, "asker" | "asked" | "state">[];
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

function wanted(seen: Seen): { section: Section; reason: Reason } | null {
	const { mark, me, asks } = seen;
	const done = mark?.done_no ?? 0;
	const news = seen.topic.last_no > done;
	if (asks.some((ask) => ask.asked === me && isOpen(ask))) return { section: "waiting", reason: "asked" };
	if (news && asks.some((ask) => ask.asker === me && ask.state === "answered"))
		return { section: "waiting", reason: "answered" };
	if (!mark) return null;
	const mentioned = mark.mention_no > done;
	if (mentioned) return { section: "reading", reason: "mentioned" };
	const followed = mark.following && news && !seen.space_social;
	return followed || mark.kept ? { section: "reading", reason: mark.reason } : null;
}

function wasCleared({ mark, topic, space_social }: Seen): boolean {
	if (!mark || mark.done_no === 0 || mark.done_no < topic.last_no) return false;
	return !space_social || mark.mention_no > 0;
}

/** An ask that its asked person still has to settle. */
export const isOpen = (ask: Pick<Ask, "state">): boolean => ask.state === "open" || ask.state === "accepted";

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
