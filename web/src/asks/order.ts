import type { Ask, Id } from "$data/types";

/** An ask that its asked person still has to settle. */
export const isOwed = (ask: Pick<Ask, "state">): boolean => ask.state === "open" || ask.state === "accepted";

/** The instant that counts: what was promised, else what was asked for. */
export const countsUntil = (ask: Pick<Ask, "promised_at" | "due_at">): string | null => ask.promised_at ?? ask.due_at;

/** By the instant that counts; what has none comes last. */
export function byDue(
	a: Pick<Ask, "promised_at" | "due_at" | "asked_at">,
	b: Pick<Ask, "promised_at" | "due_at" | "asked_at">,
): number {
	return instant(countsUntil(a)) - instant(countsUntil(b)) || Date.parse(a.asked_at) - Date.parse(b.asked_at);
}

const instant = (at: string | null) => (at === null ? Number.MAX_SAFE_INTEGER : Date.parse(at));

/** How long a declined ask stays on top for its asker, in milliseconds. */
const DECLINED_STAYS = 7 * 24 * 3600 * 1000;

/**
 * The asks on top of a topic: those that wait for somebody, mine first; those of mine that were answered, until I
 * close them; and those of mine that were declined a few days ago.
 */
export function onTop<A extends Ask>(asks: readonly A[], me: Id, now: number): A[] {
	const shown = asks.filter(
		(ask) =>
			isOwed(ask) ||
			(ask.asker === me && ask.state === "answered") ||
			(ask.asker === me && ask.state === "declined" && now - Date.parse(ask.ended_at ?? ask.asked_at) < DECLINED_STAYS),
	);
	return shown.toSorted((a, b) => rank(a, me) - rank(b, me) || byDue(a, b));
}

function rank(ask: Ask, me: Id): number {
	if (ask.asked === me && isOwed(ask)) return 0;
	return ask.asker === me ? 1 : 2;
}
