/** The rows and answers of handing over: handoffs, signing off, queues that follow the sun. */
import type { Id, Instant } from "./types";
import type { Project, StageChange, Task } from "./work-types";

/** What somebody needs to know to go on. Markdown in each part; empty where there is nothing to say. */
export interface Baton {
	/** What is done. */
	state: string;
	next_action: string;
	open_questions: string;
	do_not_touch: string;
	links: string;
	/** What the receiver may decide alone. */
	authority: string;
}
export type HandoffState = "offered" | "accepted" | "returned" | "taken_back";
/** A task on its way to somebody. It is theirs once they accept it. */
export interface Handoff {
	id: Id;
	task: Id;
	/** Whose it was; null for nobody's. */
	from: Id | null;
	to: Id;
	by: Id;
	state: HandoffState;
	baton: Baton;
	/** The number of the post that tells of it; null until the server has it. */
	no: number | null;
	/** The queue of the project passed it on: nobody needed to accept it. */
	by_queue: boolean;
	offered_at: Instant;
	/** Until when it can be accepted; null until the server says. */
	ends_at: Instant | null;
	settled_at: Instant | null;
	settled_by: Id | null;
	reason: string;
}
/** The last time that a task went from one person to another. */
export interface Handed {
	from: Id;
	at: Instant;
}

export interface HandoffsAnswer {
	seq: number;
	items: Handoff[];
	tasks: Task[];
	projects: Project[];
}
/** What was done about a task today, and what is left. */
export interface Today {
	steps: string[];
	moves: StageChange[];
	posts: string[];
	next_step: string | null;
	asks: { question: string; asked: Id | null }[];
}
export interface SignOffItem {
	task: Id;
	why: "today" | "in_progress" | "due_soon";
	today: Today;
}
export interface SignOffAnswer {
	seq: number;
	since: Instant;
	items: SignOffItem[];
	tasks: Task[];
	done: Id[];
	projects: Project[];
}
export interface TimeSpan {
	from: Instant;
	to: Instant;
}
export interface QueueAnswer {
	seq: number;
	project: Project;
	shown: TimeSpan;
	members: { member: Id; days: TimeSpan[]; known: boolean }[];
	/** When nobody is on shift. */
	gaps: TimeSpan[];
	items: Task[];
	posts: Record<Id, number>;
}
export interface TouchedTasksAnswer {
	seq: number;
	items: Task[];
	projects: Project[];
}
