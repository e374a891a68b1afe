import type { Ask, Id, Member, Norms, Space } from "$data/types";

/** Who covers for the person who is asked: whom they named for their time off, else the first of the rota. */
export function coverFor(
	ask: Pick<Ask, "asked" | "asker">,
	person: (id: Id) => Pick<Member, "state" | "schedule"> | undefined,
	norms: Norms,
	now: number,
): { member: Id; by: "cover" | "rota" } | null {
	const free = (id: Id | null | undefined): id is Id =>
		id !== null && id !== undefined && id !== ask.asked && id !== ask.asker && person(id)?.state === "active";
	const away = ask.asked ? person(ask.asked)?.schedule.away : null;
	const off = away && Date.parse(away.from) <= now && now < Date.parse(away.until);
	if (off && free(away.cover)) return { member: away.cover, by: "cover" };
	const next = norms.rota.find((id) => free(id));
	return next === undefined ? null : { member: next, by: "rota" };
}

/** Who leads where it was asked, if that is neither the asker nor the person who is asked. */
export function leadFor(ask: Pick<Ask, "asked" | "asker">, space: Pick<Space, "lead"> | undefined): Id | null {
	const lead = space?.lead ?? null;
	return lead !== null && lead !== ask.asked && lead !== ask.asker ? lead : null;
}
