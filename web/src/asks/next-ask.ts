/** Whom a thread that is about to open is to be asked in: chosen in the palette, on its row in a list. */
import type { Id } from "$data/index";

let next: { topic: Id; member: Id } | null = null;

/** The composer of this topic is to begin with an ask to this person. */
export function askNext(topic: Id, member: Id): void {
	next = { topic, member };
}

/** Who is to be asked in this topic, once. */
export function takeNextAsk(topic: Id): Id | null {
	const member = next?.topic === topic ? next.member : null;
	next = null;
	return member;
}
