import type { Scratch } from "../store";
import type { Baton, Handoff, Id } from "../types";
import { type Definitions, defined } from "./definition";

/** The task that a handoff is of, and its project: what is done in one project is sent in order. */
interface Of {
	task: Id;
	project: Id;
}

export interface HandArguments {
	/** An offer: it stays whose it is until they accept it. One line in `state` or `next_action` is enough. */
	"task.hand_over": Of & { id: Id; to: Id; baton: Partial<Baton> };
	/** It is mine now. */
	"handoff.accept": Of & { id: Id };
	/** Back to whoever offered it, with the reason. */
	"handoff.decline": Of & { id: Id; reason: string };
	/** Before it is accepted. */
	"handoff.take_back": Of & { id: Id };
	/** Into the queue of its project, or out of it. */
	"task.queue": Of & { queued: boolean };
	/** Who takes turns in the queue of a project; nobody ends it. */
	"project.queue": { project: Id; members: Id[] };
}

const lane = ({ project }: { project: Id }) => project;
const ofHandoff = { lane, uses: ({ id, task, project }: Of & { id: Id }): (Id | undefined)[] => [id, task, project] };

const NOTHING: Baton = {
	state: "",
	next_action: "",
	open_questions: "",
	do_not_touch: "",
	links: "",
	authority: "",
};

export const hands: Definitions<HandArguments> = {
	"task.hand_over": {
		lane,
		creates: ({ id }) => [id],
		uses: ({ task, project }) => [task, project],
		request: ({ id, task, to, baton }) => ({
			method: "POST",
			path: `/tasks/${task}/hand-over`,
			body: { id, to, baton: defined(baton) },
		}),
		apply(rows, { id, task: of, to, baton }, { by, at }) {
			const task = rows.row("tasks", of);
			if (!task || rows.row("handoffs", id)) return;
			const mine = to === by;
			rows.put("handoffs", {
				id,
				task: of,
				from: task.owner,
				to,
				by,
				state: mine ? "accepted" : "offered",
				baton: { ...NOTHING, ...baton },
				no: null,
				by_queue: false,
				offered_at: at,
				ends_at: null,
				settled_at: mine ? at : null,
				settled_by: mine ? by : null,
				reason: "",
			});
			if (mine) pass(rows, of, to, at);
		},
		inverse: (_rows, { id, task, project, to }, by) =>
			to === by ? [] : [{ name: "handoff.take_back", args: { id, task, project } }],
		text: ({ baton }) => Object.values(baton).filter(Boolean).join("\n\n"),
	},
	"handoff.accept": {
		...ofHandoff,
		request: ({ id }) => ({ method: "POST", path: `/handoffs/${id}/accept` }),
		apply(rows, { id, task }, { by, at }) {
			if (settle(rows, id, { state: "accepted", settled_at: at, settled_by: by })) pass(rows, task, by, at);
		},
	},
	"handoff.decline": {
		...ofHandoff,
		request: ({ id, reason }) => ({ method: "POST", path: `/handoffs/${id}/decline`, body: { reason } }),
		apply: (rows, { id, reason }, { by, at }) =>
			void settle(rows, id, { state: "returned", settled_at: at, settled_by: by, reason }),
		text: ({ reason }) => reason,
	},
	"handoff.take_back": {
		...ofHandoff,
		request: ({ id }) => ({ method: "POST", path: `/handoffs/${id}/take-back` }),
		apply: (rows, { id }, { by, at }) => void settle(rows, id, { state: "taken_back", settled_at: at, settled_by: by }),
	},
	"task.queue": {
		lane,
		uses: ({ task, project }) => [task, project],
		request: ({ task, queued }) => ({ method: "PUT", path: `/tasks/${task}/queue`, body: { queued } }),
		apply(rows, { task: id, queued }) {
			const task = rows.row("tasks", id);
			if (task) rows.put("tasks", { ...task, queued });
		},
		inverse: (rows, { task, project }) => {
			const before = rows.row("tasks", task)?.queued ?? false;
			return [{ name: "task.queue", args: { task, project, queued: before } }];
		},
	},
	"project.queue": {
		lane,
		uses: ({ project }) => [project],
		request: ({ project, members }) => ({ method: "PUT", path: `/projects/${project}/queue`, body: { members } }),
		apply(rows, { project: id, members }) {
			const project = rows.row("projects", id);
			if (project) rows.put("projects", { ...project, queue: members });
		},
		inverse: (rows, { project }) => {
			const before = rows.row("projects", project)?.queue ?? [];
			return [{ name: "project.queue", args: { project, members: before } }];
		},
	},
};

/** Ends an offer that waits. False where it is over, or not known here. */
function settle(rows: Scratch, id: Id, end: Partial<Handoff>): boolean {
	const handoff = rows.row("handoffs", id);
	if (handoff?.state !== "offered") return false;
	rows.put("handoffs", { ...handoff, ...end });
	return true;
}

function pass(rows: Scratch, id: Id, to: Id, at: string): void {
	const task = rows.row("tasks", id);
	if (!task || task.owner === to) return;
	const handed = task.owner ? { from: task.owner, at } : (task.handed ?? null);
	rows.put("tasks", { ...task, owner: to, handed, changed_at: at });
	const page = rows.row("task_pages", id);
	if (page) rows.put("task_pages", { ...page, hand_overs: [{ from: task.owner, to, by: to, at }, ...page.hand_overs] });
}
