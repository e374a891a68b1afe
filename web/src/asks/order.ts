import type { Ask, Group, Id } from "$data/types";

/** An ask that its asked person still has to settle. */
export const isOwed = (ask: Pick<Ask, "state">): boolean => ask.state === "open" || ask.state === "accepted";

/** The instant that counts: what was promised, else what was asked for. */
export const countsUntil = (ask: Pick<Ask, "promised_at" | "due_at">): string | null => ask.promised_at ?? ask.due_at;

/** Its time has passed, and nobody has settled it. `now` in milliseconds. */
export function isLate(ask: Pick<Ask, "state" | "promised_at" | "due_at">, now: number): boolean {
	const at = countsUntil(ask);
	return isOwed(ask) && at !== null && Date.parse(at) <= now;
}

/** An urgent ask that nobody has acknowledged: it repeats. */
export const isRinging = (ask: Pick<Ask, "state" | "urgent">): boolean =>
	isOwed(ask) && ask.urgent !== null && ask.urgent.acknowledged_at === null;

/** An ask to one of my groups that nobody took: any of us may. */
export function mayClaim(
	ask: Pick<Ask, "state" | "asked" | "asker" | "group">,
	me: Id,
	groups: readonly Pick<Group, "id" | "members">[],
): boolean {
	if (!isOwed(ask) || ask.asked !== null || ask.asker === me) return false;
	return groups.some((group) => group.id === ask.group && group.members.includes(me));
}

type Dated = Pick<Ask, "promised_at" | "due_at" | "asked_at" | "urgent">;

/** What is urgent first, then by the instant that counts; what has none comes last. */
export function byDue(a: Dated, b: Dated): number {
	return pressing(a) - pressing(b) || Date.parse(a.asked_at) - Date.parse(b.asked_at);
}

/** The place of an ask among others, as a number: urgent asks have no due time, they are due now. */
export function pressing(ask: Pick<Ask, "promised_at" | "due_at" | "urgent">): number {
	if (ask.urgent) return 0;
	const at = countsUntil(ask);
	return at === null ? Number.MAX_SAFE_INTEGER : Date.parse(at);
}

/** How long a declined ask stays on top for its asker, in milliseconds. */
const DECLINED_STAYS = 7 * 24 * 3600 * 1000;

/** How long the asked person is offered to judge an urgent ask that is over. Milliseconds. */
const JUDGED_WITHIN = 7 * 24 * 3600 * 1000;

/** An urgent ask that is over, which its asked person has not judged yet. */
export const mayJudge = (ask: Pick<Ask, "state" | "urgent" | "asked" | "ended_at" | "asked_at">, me: Id, now: number) =>
	ask.asked === me &&
	ask.urgent !== null &&
	ask.urgent.judged === null &&
	(ask.state === "answered" || ask.state === "closed") &&
	now - Date.parse(ask.ended_at ?? ask.asked_at) < JUDGED_WITHIN;

/**
 * The asks on top of a topic: those that wait for somebody, urgent ones and mine first; those of mine that were
 * answered, until I close them; those of mine that were declined or ran out a few days ago; and urgent ones that I am to judge.
 */
export function onTop<A extends Ask>(
	asks: readonly A[],
	me: Id,
	now: number,
	groups: readonly Pick<Group, "id" | "members">[] = [],
): A[] {
	const recent = (ask: Ask) => now - Date.parse(ask.ended_at ?? ask.asked_at) < DECLINED_STAYS;
	const shown = asks.filter(
		(ask) =>
			isOwed(ask) ||
			(ask.asker === me && ask.state === "answered") ||
			(ask.asker === me && (ask.state === "declined" || ask.state === "proceeded") && recent(ask)) ||
			mayJudge(ask, me, now),
	);
	return shown.toSorted((a, b) => rank(a, me, groups) - rank(b, me, groups) || byDue(a, b));
}

function rank(ask: Ask, me: Id, groups: readonly Pick<Group, "id" | "members">[]): number {
	if (isRinging(ask)) return 0;
	if (ask.asked === me && isOwed(ask)) return 1;
	if (mayClaim(ask, me, groups)) return 2;
	return ask.asker === me ? 3 : 4;
}
