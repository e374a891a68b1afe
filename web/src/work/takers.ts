/** Whom a task may be handed to, and when each of them could begin. */
import { type Id, type Member, type Project, row } from "$data/index";
import { endOfWork, nextStart, stateOf } from "../asks/member-day";
import { readersOf } from "../threads/people";

/** When they can begin: who works for long yet is first, then by when the day starts; who is away comes last. */
export function soon({ schedule }: Pick<Member, "schedule">, now: number): number {
	const state = stateOf(schedule, now);
	if (state.kind === "working") return -(Date.parse(endOfWork(schedule, now) ?? "") || 0);
	const start = nextStart(schedule, now);
	return state.kind === "away" || !start ? Number.MAX_VALUE : Date.parse(start);
}

/** Those who see the project and are not these, the soonest first. */
export function takersOf(project: Pick<Project, "space">, except: readonly (Id | null)[], now: number): Member[] {
	return readersOf({ space: project.space, participants: [] })
		.filter(({ id }) => !except.includes(id))
		.toSorted((a, b) => soon(a, now) - soon(b, now));
}

/** What people call somebody. */
export const shortName = (id: Id | null): string => (id ? (row("members", id)?.short_name ?? "") : "");
