/** The rows and answers of work: projects, their boards, tasks. Instants are RFC 3339, UTC; dates are "2026-12-04". */

import type { Acceptance, MadeFrom, Slip, Standing } from "./goals-types";
import type { Handed, Handoff } from "./hands-types";
import type { Repeats } from "./rhythm-types";
import type { Id, Instant, Topic } from "./types";

/** What a stage is for. `idea` and `not_now` are folded at the ends of a board; tasks in `done` are done. */
export type StageKind = "idea" | "open" | "done" | "not_now";
/** A column of a board. */
export interface Stage {
	id: Id;
	name: string;
	kind: StageKind;
	/** More than this are too many at once; shown, never enforced. */
	limit: number | null;
}
export type LabelColour = "ink" | "green" | "blue" | "violet" | "rose" | "sun" | "sand" | "slate";
export interface Label {
	id: Id;
	name: string;
	colour: LabelColour;
}
export interface Field {
	id: Id;
	name: string;
	kind: "text" | "number" | "date" | "choice" | "member";
	choices: { id: Id; name: string }[];
}
export type Health = "on_track" | "at_risk" | "off_track";
/** A set of tasks with one board, in a space. A project that is not sent yet has its id as `key`. */
export interface Project {
	id: Id;
	/** Two to six letters: the beginning of its tasks' keys. */
	key: string;
	space: Id;
	name: string;
	purpose: string;
	owner: Id | null;
	/** Who works on it: whom to turn to. Everybody who sees the space may write. */
	members: Id[];
	health: Health | null;
	health_note: string;
	health_at: Instant | null;
	health_by: Id | null;
	created_by: Id;
	created_at: Instant;
	archived_at: Instant | null;
	/** In the order of the board. */
	stages: Stage[];
	labels: Label[];
	fields: Field[];
	/** Who takes turns in its queue, which follows the sun; nobody where it has none. */
	queue: Id[];
	version: number;
}
/** A day, or a time of a day, on the clock of whoever owns the task. `at`: the instant that it is. */
export interface Due {
	date: string;
	/** "15:00"; null: by the end of that working day. */
	time: string | null;
	zone: string;
	at: Instant;
}
/** The same as it is asked for: the server knows whose clock it is on. */
export interface NewDue {
	date: string;
	time: string | null;
}
/** A task as a card of a board shows it. Its id is that of its topic. One that is not sent yet has its id as `key`. */
export interface Task {
	id: Id;
	project: Id;
	key: string;
	title: string;
	stage: Id;
	/** Its place in the stage: a text that sorts by its code points. */
	place: string;
	owner: Id | null;
	requester: Id;
	/** The last time that it went from one person to another. */
	handed: Handed | null;
	/** It is in the queue of its project, which follows the sun. */
	queued: boolean;
	due: Due | null;
	starts_on: string | null;
	labels: Id[];
	steps_done: number;
	steps: number;
	/** On how many things it still waits. */
	waits: number;
	parent: Id | null;
	deliverable: boolean;
	/** Null until its requester is asked. */
	acceptance: Standing | null;
	made_from: MadeFrom | null;
	cover: Id | null;
	values: Record<Id, unknown>;
	/** How many of the posts on it say what happened, and have no words of their own. */
	events: number;
	/** When it last came to another stage. */
	moved_at: Instant;
	changed_at: Instant;
	done_at: Instant | null;
	archived_at: Instant | null;
	version: number;
}
export interface Step {
	id: Id;
	text: string;
	done_at: Instant | null;
	done_by: Id | null;
	owner: Id | null;
}
/** Exactly one of `task`, `ask` and `member`. */
export interface Wait {
	id: Id;
	task: Id | null;
	ask: Id | null;
	member: Id | null;
	since: Instant;
	done: boolean;
}
export interface HandOver {
	from: Id | null;
	to: Id | null;
	by: Id;
	at: Instant;
}
/** With the names that the stages had then. */
export interface StageChange {
	from: string;
	to: string;
	by: Id;
	at: Instant;
}
/** What the page of a task shows besides its card. */
export interface TaskPage {
	id: Id;
	/** Markdown. */
	why: string;
	why_html: string;
	done_when: Step[];
	waits_for: Wait[];
	hand_overs: HandOver[];
	/** The newest 50. */
	stages: StageChange[];
	old_keys: string[];
	/** Null for a task that does not come again. */
	repeats: Repeats | null;
	/** Each time that it was done as a deliverable, the newest first. */
	acceptances: Acceptance[];
	/** Each time that it was put off, the newest first. */
	slips: Slip[];
}

export interface ProjectsAnswer {
	seq: number;
	items: Project[];
}
export interface TaskAnswer {
	seq: number;
	task: Task;
	page: TaskPage;
	project: Project;
	topic: Topic;
	handoffs: Handoff[];
}
/** `items`: mine, open or done this week. `follows`: those that I follow. */
export interface WorkAnswer {
	seq: number;
	items: Task[];
	follows: Task[];
	/** Open tasks that I asked for and that somebody else owns. */
	requested: Task[];
	projects: Project[];
}
