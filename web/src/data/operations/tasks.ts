import { sketch } from "../sketch";
import type { Scratch, Store } from "../store";
import type { Due, Id, MadeFrom, NewDue, Row, Stage, Step, Task, TaskPage, Topic, Wait } from "../types";
import { type Definitions, defined, type Made, previous } from "./definition";
import { blankMark } from "./marks";

/** What may be changed of a task; what is absent stays. */
export interface TaskPatch {
	title?: string;
	/** Markdown. */
	why?: string;
	owner?: Id | null;
	due?: NewDue | null;
	/** Why a deliverable is put off, or is late. */
	due_cause?: string;
	starts_on?: string | null;
	labels?: Id[];
	requester?: Id;
	deliverable?: boolean;
	parent?: Id | null;
	cover?: Id | null;
	values?: Record<Id, unknown>;
	archived?: boolean;
	/** True: to the first stage of what is done; false: back to where it came from. */
	done?: boolean;
	/** To the top of that stage. */
	stage?: Id;
	/** The one that the person saw, where title or why change: what somebody else wrote since is not overwritten. */
	version?: number;
}
/** Where a task stands: below `after`, or on top. `place`: the text that shows it until the server answers. */
export interface Spot {
	stage: Id;
	after: Id | null;
	place: string;
}
/** The task that something is about, and its project: what is done in one project is sent in order. */
interface Of {
	task: Id;
	project: Id;
}

export interface TaskArguments {
	"task.create": { id: Id; project: Id; title: string; spot: Spot; from?: MadeFrom } & Pick<
		TaskPatch,
		"owner" | "due" | "starts_on" | "labels" | "why" | "parent" | "deliverable"
	>;
	/** `back`: where it stood before it was done. */
	"task.patch": Of & { change: TaskPatch; back?: Spot };
	/** `version`: the one that the person saw. `from`: where it stands now, to take it back. */
	"task.move": Of & { to: Spot; from: Spot; version: number };
	/** Into another project, where it gets another key. */
	"task.transfer": Of & { to: Id };
	/** It is mine now. */
	"task.take": Of;
	/** All of them or none. */
	"tasks.patch": { project: Id; tasks: { task: Id; change: TaskPatch }[] };
	"step.add": Of & { id: Id; text: string; after?: Id | null };
	"step.patch": Of & { id: Id; text?: string; done?: boolean; owner?: Id | null; after?: Id | null };
	"step.remove": Of & { id: Id };
	"wait.add": Of & { id: Id; on: { task: Id } | { ask: Id } | { member: Id } };
	"wait.remove": Of & { id: Id };
}

const inProject = {
	lane: ({ project }: { project: Id }) => project,
	uses: ({ task, project }: Of): (Id | undefined)[] => [task, project],
};

export const tasks: Definitions<TaskArguments> = {
	"task.create": {
		request: ({ spot, from, ...task }) => ({
			method: "POST",
			path: "/tasks",
			body: { ...task, ...madeFrom(from), stage: spot.stage, after: spot.after },
		}),
		lane: inProject.lane,
		creates: ({ id }) => [id],
		uses: ({ project, spot, parent, labels, from }) => [
			from?.post ?? undefined,
			from?.ask ?? undefined,
			project,
			spot.stage,
			spot.after ?? undefined,
			parent ?? undefined,
			...(labels ?? []),
		],
		apply(rows, args, made) {
			if (rows.row("tasks", args.id)) return;
			const project = rows.row("projects", args.project);
			const task = newTask(args, made);
			rows.put("tasks", { ...task, due: args.due ? shownDue(rows, task, args.due, made) : null });
			rows.put("task_pages", { ...blankPage(args.id), why: args.why ?? "", why_html: sketch(args.why ?? "") });
			rows.put("topics", newTopic(args.id, args.title, project?.space ?? null, made));
			rows.put("marks", { ...blankMark(args.id, made), following: true, reason: "started" });
			const ask = args.from?.ask ? rows.row("asks", args.from.ask) : undefined;
			if (ask) rows.put("asks", { ...ask, state: "closed", ended_at: made.at });
		},
		inverse: (_rows, { id, project, from }) => [
			{ name: "task.patch", args: { task: id, project, change: { archived: true } } },
			...(from?.ask ? [{ name: "ask.reopen" as const, args: { id: from.ask, topic: from.topic } }] : []),
		],
		text: ({ title, why }) => [title, why].filter(Boolean).join("\n\n"),
	},
	"task.patch": {
		...inProject,
		request: ({ task, change }) => ({ method: "PATCH", path: `/tasks/${task}`, body: change }),
		apply: (rows, { task, change, back }, made) => patchTask(rows, task, change, made, back),
		inverse(rows, { task, project, change }) {
			const before = rows.row("tasks", task);
			return before ? [{ name: "task.patch", args: { task, project, ...takenBack(rows, before, change) } }] : [];
		},
		text: ({ change }) => [change.title, change.why].filter(Boolean).join("\n\n"),
	},
	"task.move": {
		...inProject,
		request: ({ task, to, version }) => ({
			method: "POST",
			path: `/tasks/${task}/move`,
			body: { stage: to.stage, after: to.after, version },
		}),
		uses: ({ task, project, to }) => [task, project, to.stage, to.after ?? undefined],
		apply(rows, { task: id, to }, made) {
			const task = rows.row("tasks", id);
			if (task) rows.put("tasks", { ...task, ...standingAt(rows, task, to, made) });
		},
		inverse: (_rows, { task, project, to, from, version }) => [
			{ name: "task.move", args: { task, project, to: from, from: to, version } },
		],
	},
	"task.transfer": {
		...inProject,
		request: ({ task, to }) => ({ method: "PATCH", path: `/tasks/${task}`, body: { project: to } }),
		uses: ({ task, project, to }) => [task, project, to],
		apply(rows, { task: id, to }) {
			const task = rows.row("tasks", id);
			const stage = firstOf(rows.row("projects", to)?.stages, "open");
			if (task && stage && task.project !== to)
				rows.put("tasks", { ...task, project: to, stage: stage.id, labels: [], values: {} });
		},
		inverse: (_rows, { task, project, to }) => [{ name: "task.transfer", args: { task, project: to, to: project } }],
	},
	"task.take": {
		...inProject,
		request: ({ task }) => ({ method: "POST", path: `/tasks/${task}/take` }),
		apply(rows, { task: id }, { by }) {
			const task = rows.row("tasks", id);
			if (task && task.owner === null) rows.put("tasks", { ...task, owner: by });
		},
		inverse: (rows, { task, project }) =>
			rows.row("tasks", task)?.owner === null
				? [{ name: "task.patch", args: { task, project, change: { owner: null } } }]
				: [],
	},
	"tasks.patch": {
		request: ({ tasks }) => ({
			method: "POST",
			path: "/tasks/bulk",
			body: { items: tasks.map(({ task, change }) => ({ task, patch: change })) },
		}),
		lane: inProject.lane,
		uses: ({ project, tasks }) => [project, ...tasks.map(({ task }) => task)],
		apply(rows, { tasks }, made) {
			for (const { task, change } of tasks) patchTask(rows, task, change, made);
		},
		inverse(rows, { project, tasks }) {
			const before = tasks.flatMap(({ task, change }) => {
				const row = rows.row("tasks", task);
				return row ? [{ task, change: takenBack(rows, row, change).change }] : [];
			});
			return before.length > 0 ? [{ name: "tasks.patch", args: { project, tasks: before } }] : [];
		},
	},
	"step.add": {
		...inProject,
		request: ({ id, task, text, after }) => ({
			method: "POST",
			path: `/tasks/${task}/steps`,
			body: { id, text, after },
		}),
		creates: ({ id }) => [id],
		apply: (rows, { id, task, text, after }) =>
			patchSteps(rows, task, (steps) =>
				steps.some((step) => step.id === id)
					? steps
					: inserted(steps, { id, text, done_at: null, done_by: null, owner: null }, after),
			),
		inverse: (_rows, { id, task, project }) => [{ name: "step.remove", args: { id, task, project } }],
		text: ({ text }) => text,
	},
	"step.patch": {
		...inProject,
		request: ({ id, task: _, project: __, ...change }) => ({ method: "PATCH", path: `/steps/${id}`, body: change }),
		uses: ({ id, task }) => [id, task],
		apply: (rows, { id, task, text, done, owner, after }, { at, by }) =>
			patchSteps(rows, task, (steps) => {
				const step = steps.find((each) => each.id === id);
				if (!step) return steps;
				const mark =
					done === undefined
						? {}
						: done
							? { done_at: step.done_at ?? at, done_by: step.done_by ?? by }
							: { done_at: null, done_by: null };
				const changed = { ...step, ...defined({ text, owner }), ...mark } as Step;
				return after === undefined
					? steps.map((each) => (each.id === id ? changed : each))
					: inserted(
							steps.filter((each) => each.id !== id),
							changed,
							after,
						);
			}),
		inverse(rows, { id, task, project, ...change }) {
			const steps = rows.row("task_pages", task)?.done_when ?? [];
			const at = steps.findIndex((each) => each.id === id);
			const step = steps[at];
			if (!step) return [];
			const before = {
				text: step.text,
				owner: step.owner,
				done: step.done_at !== null,
				after: steps[at - 1]?.id ?? null,
			};
			return [{ name: "step.patch", args: { id, task, project, ...previous(change, before) } }];
		},
		text: ({ text }) => text ?? "",
	},
	"step.remove": {
		...inProject,
		request: ({ id }) => ({ method: "DELETE", path: `/steps/${id}` }),
		uses: ({ id, task }) => [id, task],
		apply: (rows, { id, task }) => patchSteps(rows, task, (steps) => steps.filter((step) => step.id !== id)),
	},
	"wait.add": {
		...inProject,
		request: ({ id, task, on }) => ({ method: "POST", path: `/tasks/${task}/waits`, body: { id, ...on } }),
		creates: ({ id }) => [id],
		uses: ({ task, on }) => [task, "task" in on ? on.task : "ask" in on ? on.ask : undefined],
		apply: (rows, { id, task, on }, { at }) =>
			patchWaits(rows, task, (waits) =>
				waits.some((wait) => wait.id === id)
					? waits
					: [...waits, { id, task: null, ask: null, member: null, since: at, done: false, ...on }],
			),
		inverse: (_rows, { id, task, project }) => [{ name: "wait.remove", args: { id, task, project } }],
	},
	"wait.remove": {
		...inProject,
		request: ({ id }) => ({ method: "DELETE", path: `/waits/${id}` }),
		uses: ({ id, task }) => [id, task],
		apply: (rows, { id, task }) => patchWaits(rows, task, (waits) => waits.filter((wait) => wait.id !== id)),
	},
};

function patchTask(rows: Scratch, id: Id, change: TaskPatch, made: Made, back?: Spot): void {
	const task = rows.row("tasks", id);
	if (!task) return;
	const { why, due, due_cause: _cause, archived, done, stage, version: _, ...plain } = change;
	rows.put("tasks", {
		...task,
		...defined(plain),
		...(due === undefined ? {} : { due: due && shownDue(rows, { ...task, ...defined(plain) }, due, made) }),
		...(archived === undefined ? {} : { archived_at: archived ? made.at : null }),
		...(done === undefined ? {} : doneOrBack(rows, task, done, made, back)),
		...(stage === undefined ? {} : standingAt(rows, task, { stage, after: null, place: task.place }, made)),
		changed_at: made.at,
	});
	const page = rows.row("task_pages", id);
	if (why !== undefined && page) rows.put("task_pages", { ...page, why, why_html: sketch(why) });
	const topic = rows.row("topics", id);
	if (change.title !== undefined && topic) rows.put("topics", { ...topic, title: change.title });
}

/** The change that takes another back, from the task before it. */
function takenBack(
	rows: Pick<Store, "row">,
	task: Row<"tasks">,
	change: TaskPatch,
): { change: TaskPatch; back?: Spot } {
	const before = {
		...task,
		due: task.due && { date: task.due.date, time: task.due.time },
		why: rows.row("task_pages", task.id)?.why ?? "",
		archived: task.archived_at !== null,
		done: task.done_at !== null,
	};
	const back = change.done ? { back: { stage: task.stage, after: null, place: task.place } } : {};
	return { change: previous(change, before), ...back };
}

function doneOrBack(rows: Scratch, task: Task, done: boolean, made: Made, back?: Spot): Partial<Task> {
	if (done === (task.done_at !== null)) return {};
	const stages = rows.row("projects", task.project)?.stages;
	const stage = back?.stage ?? firstOf(stages, done ? "done" : "open")?.id;
	return stage ? standingAt(rows, task, { stage, after: null, place: back?.place ?? task.place }, made) : {};
}

/** What standing there says of a task: in a stage of what is done it is done. */
function standingAt(rows: Scratch, task: Task, { stage, place }: Spot, { at }: Made): Partial<Task> {
	const kind = rows.row("projects", task.project)?.stages.find(({ id }) => id === stage)?.kind;
	const moved = task.stage === stage ? {} : { moved_at: at, changed_at: at };
	return { stage, place, ...moved, done_at: kind === "done" ? (task.done_at ?? at) : null };
}

/** A due time until the server says which instant it is: on the clock of whoever owns the task, else of who set it. */
function shownDue(rows: Scratch, { owner }: Pick<Task, "owner">, due: NewDue, { by }: Made): Due {
	const zone = rows.row("members", owner ?? by)?.schedule.zone ?? rows.row("members", by)?.schedule.zone ?? "UTC";
	return { ...due, zone, at: instantOf(due.date, due.time ?? "18:00", zone) };
}

/** The instant at which a clock in `zone` shows that time; where clocks jump it may be the hour beside it. */
function instantOf(date: string, time: string, zone: string): string {
	const wanted = Date.parse(`${date}T${time}:00Z`);
	if (Number.isNaN(wanted)) return `${date}T00:00:00Z`;
	const ahead = (at: number) => {
		const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
		return Date.parse(`${shown.format(at).replace(" ", "T")}Z`) - at;
	};
	const near = wanted - ahead(wanted);
	return new Date(wanted - ahead(near)).toISOString();
}

function patchSteps(rows: Scratch, id: Id, change: (steps: Step[]) => Step[]): void {
	const page = rows.row("task_pages", id);
	if (!page) return;
	const done_when = change(page.done_when);
	rows.put("task_pages", { ...page, done_when });
	const task = rows.row("tasks", id);
	if (task)
		rows.put("tasks", {
			...task,
			steps: done_when.length,
			steps_done: done_when.filter((step) => step.done_at).length,
		});
}

function patchWaits(rows: Scratch, id: Id, change: (waits: Wait[]) => Wait[]): void {
	const page = rows.row("task_pages", id);
	if (!page) return;
	const waits_for = change(page.waits_for);
	rows.put("task_pages", { ...page, waits_for });
	const task = rows.row("tasks", id);
	if (task) rows.put("tasks", { ...task, waits: waits_for.filter((wait) => !wait.done).length });
}

/** Behind the one that is named; null: at the beginning; absent: at the end. */
export function inserted<T extends { id: Id }>(items: readonly T[], item: T, after: Id | null | undefined): T[] {
	const at = after === null ? 0 : after === undefined ? items.length : items.findIndex(({ id }) => id === after) + 1;
	return items.toSpliced(at === 0 && after ? items.length : at, 0, item);
}

export const firstOf = (stages: readonly Stage[] | undefined, kind: Stage["kind"]): Stage | undefined =>
	stages?.find((stage) => stage.kind === kind);

function newTask({ id, project, title, spot, ...given }: TaskArguments["task.create"], made: Made): Task {
	return {
		id,
		project,
		key: id,
		title,
		stage: spot.stage,
		place: spot.place,
		owner: given.owner ?? null,
		requester: made.by,
		handed: null,
		queued: false,
		due: null,
		starts_on: given.starts_on ?? null,
		labels: given.labels ?? [],
		steps_done: 0,
		steps: 0,
		waits: 0,
		parent: given.parent ?? null,
		deliverable: given.deliverable ?? false,
		acceptance: null,
		made_from: given.from ?? null,
		cover: null,
		values: {},
		events: 0,
		moved_at: made.at,
		changed_at: made.at,
		done_at: null,
		archived_at: null,
		version: 0,
	};
}

/** The server knows the topic of a post or an ask. */
function madeFrom(from: MadeFrom | undefined): { from_post?: Id; from_ask?: Id } {
	if (from?.ask) return { from_ask: from.ask };
	return from?.post ? { from_post: from.post } : {};
}

function blankPage(id: Id): TaskPage {
	return {
		id,
		why: "",
		why_html: "",
		done_when: [],
		waits_for: [],
		hand_overs: [],
		stages: [],
		old_keys: [],
		repeats: null,
		acceptances: [],
		slips: [],
	};
}

function newTopic(id: Id, title: string, space: Id | null, { by, at }: Made): Topic {
	return {
		id,
		code: id,
		kind: "task",
		title,
		space,
		participants: [],
		created_by: by,
		created_at: at,
		last_no: 0,
		post_count: 0,
		last_at: at,
		last_by: by,
		snippet: "",
		state: "open",
		outcome: null,
		outcome_html: null,
		closed_by: null,
		closed_at: null,
		summary: null,
		summary_html: null,
		summary_by: null,
		summary_at: null,
		summary_version: 0,
	};
}
