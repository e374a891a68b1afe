/** What is in somebody's hands when they leave, and who takes it. */
import type { Id, Instant } from "./types";

export interface HeldTask {
	id: Id;
	key: string;
	title: string;
	due_at: Instant | null;
}
/** What of a project is in somebody's hands. */
export interface HeldProject {
	project: Id;
	key: string;
	name: string;
	space: Id;
	/** Who answers for it. */
	owner: Id | null;
	/** How many open tasks are theirs. */
	tasks: number;
	/** The first of them. */
	first: HeldTask[];
	/** How many tasks that come again. */
	series: number;
	/** They take turns in its queue. */
	queue: boolean;
}
export interface HeldGoal {
	id: Id;
	space: Id;
	title: string;
}
export interface HeldAsk {
	id: Id;
	question: string;
	asker: Id;
	topic: Id;
	/** The end of the address of its thread, or the key of its task. */
	code: string;
	title: string;
	on_task: boolean;
	space: Id | null;
}
/** Somebody who could take over. */
export interface PossibleTaker {
	member: Id;
	/** Which of the spaces concerned they see. */
	spaces: Id[];
	/** On which of the projects concerned they work. */
	projects: Id[];
	/** How many open tasks are theirs. */
	tasks: number;
}
export interface Held {
	seq: number;
	member: Id;
	projects: HeldProject[];
	goals: HeldGoal[];
	asks: HeldAsk[];
	/** How many things there are besides that I may not see. */
	hidden: number;
	/** Who sees most of it first, then who has least to do. */
	takers: PossibleTaker[];
}
export type Taker = { kind: "member"; member: Id } | { kind: "project_owner" } | { kind: "nobody" };
export interface ToLeave {
	id: Id;
	/** Null: they are removed from the workspace. */
	space: Id | null;
	everything: Taker;
	projects: { project: Id; to: Taker }[];
	goals: Taker | null;
	asks: Taker | null;
	/** The title of the thread in which those who take over are told. */
	title: string;
	reason: string;
}
export interface Departure {
	id: Id;
	member: Id;
	space: Id | null;
	by: Id;
	at: Instant;
	/** How many tasks are with others. */
	tasks: number;
	/** Null while tasks are still on their way. */
	done_at: Instant | null;
}
