/** The rows and answers of goals, results and acceptance, and of a person's own calendar. */
import type { Id, Instant } from "./types";
import type { Project, Task } from "./work-types";

/** How the requester stands to what came out of a deliverable. `ask: null`: nobody could be asked. */
export interface Standing {
	state: "asked" | "accepted" | "sent_back";
	ask: Id | null;
}
/** Where a task was made from. `post: null`: an ask on the topic itself. `ask`: the one whose place it takes. */
export interface MadeFrom {
	topic: Id;
	post: Id | null;
	ask: Id | null;
}
/** One time that a deliverable was done. */
export interface Acceptance {
	state: Standing["state"] | "taken_back";
	ask: Id | null;
	asked_by: Id;
	asked_at: Instant;
	due_at: Instant | null;
	/** The evidence: posts of the task, and an address or "". */
	posts: Id[];
	link: string;
	decided_by: Id | null;
	decided_at: Instant | null;
	/** Markdown. */
	reason: string;
}
/** One time that a deliverable was put off; `to` is `from` where only the cause was stated. */
export interface Slip {
	from: Instant;
	to: Instant | null;
	cause: string;
	at: Instant;
}
export type GoalState = "open" | "reached" | "dropped";
/** A number on its way, or something that is done or not: then it has no numbers. */
export interface KeyResult {
	id: Id;
	name: string;
	kind: "number" | "done";
	unit: string;
	from: number | null;
	to: number | null;
	value: number | null;
	done_at: Instant | null;
}
export interface GoalLine {
	text: string;
	by: Id;
	at: Instant;
}
export interface Goal {
	id: Id;
	space: Id;
	title: string;
	measure: string;
	owner: Id | null;
	/** "2026-12-18" */
	target_date: string | null;
	state: GoalState;
	results: KeyResult[];
	/** The newest line of its owner. */
	line: GoalLine | null;
	projects: Id[];
	tasks: Id[];
	created_by: Id;
	created_at: Instant;
	ended_at: Instant | null;
	version: number;
}
export interface GoalCounts {
	deliverables: number;
	accepted: number;
	tasks: number;
	done: number;
}
/** `what`: what changed. There may be more of them than this client knows. */
export interface GoalChange {
	what: string;
	name: string;
	from: string;
	to: string;
	by: Id;
	at: Instant;
}
export interface GoalsAnswer {
	seq: number;
	items: Goal[];
	counts: Record<Id, GoalCounts>;
}
export interface GoalAnswer {
	seq: number;
	goal: Goal;
	counts: GoalCounts;
	changes: GoalChange[];
	/** The single tasks that belong to it, as far as I may see them. */
	tasks: Task[];
}
/** A deliverable that was accepted. */
export interface Delivered {
	task: Id;
	key: string;
	title: string;
	project: Id;
	at: Instant;
}
/** A deliverable that was put off, or is late. */
export interface Slipped {
	task: Id;
	key: string;
	title: string;
	project: Id;
	from: Instant;
	to: Instant | null;
	cause: string;
}
export interface TeamNumber {
	now: number;
	before: number | null;
}
/** Of four people or more; null where there are fewer behind a number. */
export interface TeamResults {
	/** Minutes, the median. */
	decided_after: TeamNumber | null;
	/** Of a hundred. */
	in_time: TeamNumber | null;
}
export interface ResultsAnswer {
	seq: number;
	results: {
		/** "2026-11" */
		month: string;
		accepted: Delivered[];
		accepted_before: number;
		slipped: Slipped[];
		team: TeamResults | null;
	};
}
export interface MadeTasksAnswer {
	seq: number;
	items: Task[];
	projects: Project[];
}
/** A person's own calendar. `path: null`: there is none. */
export interface Feed {
	path: string | null;
	made_at: Instant | null;
}
