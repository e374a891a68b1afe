import type { Versioned } from "./store";
import type { Id, Post, Topic } from "./types";

/** A topic that was neither opened here nor written in for so long is not kept on this device. Milliseconds. */
const KEPT_FOR = 60 * 24 * 3600 * 1000;
/** More is left to the next start. */
const AT_ONCE = 2000;

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
	const posts = rows.filter(({ table, row }) => table === "posts" && row && resting.has((row as Post).topic));
	return new Set(posts.slice(0, AT_ONCE).map((post) => post.id));
}
