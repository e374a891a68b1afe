/** What two people change in the same thing meanwhile, put together: nothing that one of them saved is written over unseen. */
import type { AskKind, Norms } from "$data/index";
import { KINDS } from "../asks/norms";

/** A part of the norms that has one value, so that two new ones cannot both stand. */
export type Part = "note" | AskKind;

export interface Joined {
	norms: Norms;
	/** Where both changed the same part, each in another way; `norms` has mine there. */
	both: Part[];
}

/** What I changed since `base`, over what is saved now. */
export function joinedNorms(base: Norms, mine: Norms, saved: Norms): Joined {
	const both: Part[] = [];
	const one = <V>(part: Part, before: V, own: V, now: V): V => {
		if (own === before) return now;
		if (now !== before && now !== own) both.push(part);
		return own;
	};
	const note = one("note", base.note, mine.note, saved.note);
	const budgets = KINDS.flatMap((kind) => {
		const budget = one(kind, base.budgets[kind], mine.budgets[kind], saved.budgets[kind]);
		return budget ? [[kind, budget] as const] : [];
	});
	const norms = {
		budgets: Object.fromEntries(budgets),
		note,
		urgent_reasons: joinedList(base.urgent_reasons, mine.urgent_reasons, saved.urgent_reasons),
		rota: joinedList(base.rota, mine.rota, saved.rota),
	};
	return { norms, both };
}

/** A list that two changed: without what either took out, with what either added. My order counts where I alone changed it. */
export function joinedList<T>(base: readonly T[], mine: readonly T[], saved: readonly T[]): T[] {
	if (same(base, saved)) return [...mine];
	const left = saved.filter((item) => mine.includes(item) || !base.includes(item));
	const added = mine.filter((item) => !base.includes(item) && !left.includes(item));
	return [...left, ...added];
}

/** Whether two lists have the same in the same order. */
export function same<T>(a: readonly T[], b: readonly T[]): boolean {
	return a.length === b.length && a.every((item, at) => item === b[at]);
}

/** Whether two norms say the same, in whatever order their parts came. */
export function sameNorms(a: Norms | null, b: Norms | null): boolean {
	if (!a || !b) return a === b;
	return (
		a.note === b.note &&
		KINDS.every((kind) => a.budgets[kind] === b.budgets[kind]) &&
		same(a.urgent_reasons, b.urgent_reasons) &&
		same(a.rota, b.rota)
	);
}
