import { type Id, mutate } from "$data/index";
import type { Composed } from "./composer/composed";

/** Sends a post to a topic. The first ask goes with it; each further person gets an ask of their own right after. */
export function sendPost(topic: Id, { post, asks, answers, draft }: Composed): void {
	const [ask, ...others] = asks;
	mutate("post.create", { ...post, topic, ...(ask ? { ask } : {}), ...(answers ? { answers } : {}) }, { draft });
	for (const other of others) mutate("ask.create", { topic, post: post.id, ask: other });
}

/** Starts a thread with its first post. */
export function sendThread(
	{ id, title, space, participants }: { id: Id; title: string; space?: Id; participants?: Id[] },
	{ post, asks, draft }: Composed,
): void {
	const [ask, ...others] = asks;
	const where = space ? { space } : { participants };
	mutate("topic.create", { id, title, ...where, post, ...(ask ? { ask } : {}) }, { draft });
	for (const other of others) mutate("ask.create", { topic: id, post: post.id, ask: other });
}
