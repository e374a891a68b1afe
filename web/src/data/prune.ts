import type { Versioned } from "./store";
import type { Id, Post, Topic } from "./types";

/** A topic that was neither opened here nor written in for so long is not kept on this device. Milliseconds. */
const KEPT_FOR = 60 * 24 * 3600 * 1000;
/** More is left to the next start. */
const AT_ONCE = 2000;
/** More posts than this are not kept, even of topics that are not at rest. */
const AT_MOST = 30_000;

/**
 * The posts that this device need not keep, of topics at rest. Topics, asks and marks stay, so every list is as it was;
 * opening the topic fetches the posts again. `opened`: when each topic was last opened here.
 */
export function postsAtRest(rows: readonly Versioned[], opened: ReadonlyMap<Id, number>, now: number): ReadonlySet<Id> {
	const before = now - KEPT_FOR;
	const resting = new Set<Id>();
	for (const { table, id, row } of rows)
		if (table === "topics" && row && Date.parse((row as Topic).last_at) < before && (opened.get(id) ?? 0) < before)
			resting.add(id);
	const posts = rows.filter(({ table, row }) => table === "posts" && row).map(({ row }) => row as Post);
	const leaving = posts.filter((post) => resting.has(post.topic));
	const over = posts.length - leaving.length - AT_MOST;
	if (over > 0) leaving.push(...longestUnread(posts, resting, opened).slice(0, over));
	return new Set(leaving.slice(0, AT_ONCE).map((post) => post.id));
}

/** The posts of the other topics, those that were written and opened longest ago first. */
function longestUnread(posts: readonly Post[], resting: ReadonlySet<Id>, opened: ReadonlyMap<Id, number>): Post[] {
	const last = new Map<Id, number>();
	const touched = (post: Post) => Math.max(Date.parse(post.created_at), opened.get(post.topic) ?? 0);
	for (const post of posts) last.set(post.topic, Math.max(last.get(post.topic) ?? 0, touched(post)));
	return posts
		.filter((post) => !resting.has(post.topic))
		.sort((a, b) => (last.get(a.topic) ?? 0) - (last.get(b.topic) ?? 0));
}
