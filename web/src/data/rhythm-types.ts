/** What happens to tasks by itself or again: series, reminders, rules, templates, forms. */
import type { Id, Instant } from "./types";

export type DaysOff = "skip" | "move" | "cover";
export type SeriesState = "running" | "paused" | "ended";
/** That a task comes again. Dates are "2026-12-04". */
export interface Repeat {
	series: Id;
	/** RFC 5545, about days: "FREQ=WEEKLY;BYDAY=MO". */
	rule: string;
	begins_on: string;
	/** "15:00"; null: the end of the owner's working day. */
	time: string | null;
	days_off: DaysOff;
	/** Working days before it is due. */
	lead: number;
	state: SeriesState;
	/** Why the program has paused it. */
	stopped: string | null;
	next_due: string | null;
	next_at: Instant | null;
}
/** Where a task stands in its series, which its newest task has. */
export interface Repeats {
	series: Repeat | null;
	previous: Id | null;
	next: Id | null;
}
export interface NewRepeat {
	id: Id;
	rule: string;
	time: string | null;
	days_off: DaysOff;
	lead: number;
}
export interface ComingDay {
	on: string;
	due: string;
	made_at: Instant;
}
/** When I am reminded of my tasks. */
export interface ReminderChoice {
	/** Working days before; null: not at all. */
	days_before: number | null;
	after: boolean;
}

export type Happening =
	| "created"
	| "moved"
	| "given"
	| "labelled"
	| "steps_done"
	| "waits_over"
	| "due_soon"
	| "late"
	| "done"
	| "archived";
export type RuleDoes =
	| "ask"
	| "assign"
	| "move"
	| "add_label"
	| "remove_label"
	| "set_due"
	| "add_step"
	| "post"
	| "make_task"
	| "archive";
export type Whom = "owner" | "requester" | "member" | "nobody";
export interface RuleAction {
	does: RuleDoes;
	whom: Whom | null;
	member: Id | null;
	kind: "answer" | "decide" | "review" | "do" | "acknowledge" | null;
	text: string | null;
	stage: Id | null;
	label: Id | null;
	days: number | null;
	template: Id | null;
}
export interface Rule {
	id: Id;
	when: Happening;
	stage: Id | null;
	label: Id | null;
	action: RuleAction;
	made_by: Id;
	made_at: Instant;
	active: boolean;
	stopped: string | null;
}
export interface RuleRun {
	id: Id;
	rule: Id;
	task: Id;
	at: Instant;
	outcome: "done" | "left" | "failed";
	why: string | null;
}
export type TemplateOwner = "kept" | "maker" | "project_owner" | "nobody";
export interface Template {
	id: Id;
	name: string;
	title: string;
	steps: number;
	owner: TemplateOwner;
	due_in: number | null;
	made_by: Id;
	made_at: Instant;
}
export type FormAsks = "details" | "name" | "email" | "wanted_by" | "field";
export interface FormField {
	asks: FormAsks;
	field: Id | null;
	needed: boolean;
}
export interface Form {
	id: Id;
	title: string;
	intro: string;
	stage: Id | null;
	fields: FormField[];
	/** The end of its address. */
	secret: string;
	open: boolean;
	made_by: Id;
	made_at: Instant;
}
/** The rules, templates and forms of a project. */
export interface Rhythm {
	id: Id;
	rules: Rule[];
	templates: Template[];
	forms: Form[];
}
