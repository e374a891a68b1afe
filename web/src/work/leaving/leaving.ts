/** Who takes what is in the hands of somebody who leaves: the choices, and what each of them means. */
import { api, type Id, row } from "$data/index";
import type { Departure, Held, HeldProject, PossibleTaker, Taker, ToLeave } from "$data/leave-types";
import { m } from "$paraglide/messages";

/** What a select says: nothing yet, who answers for the project, nobody, or the id of a member. */
export type Choice = "" | "owner" | "nobody" | Id;
export interface Option {
	value: Choice;
	label: string;
}
export interface Choices {
	everything: Choice;
	/** By project; "" is as everything. */
	projects: Readonly<Record<Id, Choice>>;
	goals: Choice;
	asks: Choice;
}

/** Who leaves, and what: the space, or the workspace where it is null. */
export interface Leaving {
	member: Id;
	space: Id | null;
}

export function readHeld({ member, space }: Leaving): Promise<Held> {
	return api.get<Held>(`/members/${member}/held`, { space });
}

/** Whether there is anything to decide about. */
export const isEmpty = ({ projects, goals, asks, hidden }: Held): boolean =>
	projects.length + goals.length + asks.length + hidden === 0;

const called = (id: Id): string => row("members", id)?.short_name ?? "";

/** Everybody who could take all or some of it, with what they have to do already. */
export function takersOfAll({ takers, projects, goals }: Held): Option[] {
	const all = new Set([...projects, ...goals].map(({ space }) => space)).size;
	return takers.map((taker) => ({ value: taker.member, label: described(taker, all) }));
}

function described({ member, tasks: open, spaces }: PossibleTaker, all: number): string {
	const [name, tasks] = [row("members", member)?.name ?? "", m.leave_open_tasks({ count: open })];
	return spaces.length < all
		? m.leave_see_some({ count: spaces.length, name, tasks, all })
		: m.leave_taker({ name, tasks });
}

/** Those who see a space, who works on the project first. */
export function takersOf({ takers }: Held, space: Id, project?: Id): Option[] {
	const works = ({ projects }: PossibleTaker) => project !== undefined && projects.includes(project);
	return takers
		.filter(({ spaces }) => spaces.includes(space))
		.toSorted((a, b) => Number(works(b)) - Number(works(a)))
		.map((taker) => ({ value: taker.member, label: described(taker, 0) }));
}

/** What becomes of a project whose choice is left as everything is, where that is not simply who was chosen. */
export function fallback(held: Held, project: HeldProject, everything: Choice): string {
	const chosen = held.takers.find(({ member }) => member === everything);
	if (!chosen || chosen.spaces.includes(project.space)) return "";
	const name = called(chosen.member);
	return project.owner && project.owner !== held.member
		? m.leave_goes_owner({ name, owner: called(project.owner) })
		: m.leave_goes_nobody({ name });
}

/** Those who see every one of the goals. */
export function takersOfGoals({ takers, goals }: Held): Option[] {
	return takers
		.filter(({ spaces }) => goals.every(({ space }) => spaces.includes(space)))
		.map((taker) => ({ value: taker.member, label: described(taker, 0) }));
}

/** That whoever gets everything cannot own all of the goals. */
export function goalsFallback(held: Held, everything: Choice): string {
	const chosen = held.takers.find(({ member }) => member === everything);
	if (!chosen || held.goals.every(({ space }) => chosen.spaces.includes(space))) return "";
	return m.leave_goes_nobody({ name: called(chosen.member) });
}

export function asTaker(choice: Choice): Taker {
	if (choice === "owner") return { kind: "project_owner" };
	return choice === "nobody" || choice === "" ? { kind: "nobody" } : { kind: "member", member: choice };
}

/** The wish as the server takes it. */
export function asWish(leaving: Leaving, choices: Choices, said: Pick<ToLeave, "id" | "title" | "reason">): ToLeave {
	const chosen = Object.entries(choices.projects).filter(([, choice]) => choice !== "");
	return {
		...said,
		space: leaving.space,
		everything: asTaker(choices.everything),
		projects: chosen.map(([project, choice]) => ({ project, to: asTaker(choice) })),
		goals: choices.goals ? asTaker(choices.goals) : null,
		asks: choices.asks ? asTaker(choices.asks) : null,
	};
}

export function leave({ member }: Leaving, wish: ToLeave): Promise<Departure> {
	return api.post<Departure>(`/members/${member}/leave`, wish);
}
