import type { Scratch } from "../store";
import type { Id, Standing } from "../types";
import type { Definitions } from "./definition";

interface Of {
	task: Id;
	project: Id;
}

export interface AcceptanceArguments {
	/** A deliverable is done: its requester is asked. `posts`, `link`: what shows it. `stage`: where it stands then. */
	"task.deliver": Of & { stage: Id; posts: Id[]; link: string };
	"task.accept": Of & { note: string };
	/** It is open again. `stage`: where it stands then. */
	"task.send_back": Of & { reason: string; stage: Id };
}

const inProject = {
	lane: ({ project }: { project: Id }) => project,
	uses: ({ task, project }: Of) => [task, project],
};

export const acceptance: Definitions<AcceptanceArguments> = {
	"task.deliver": {
		...inProject,
		request: ({ task, posts, link }) => ({
			method: "POST",
			path: `/tasks/${task}/deliver`,
			body: { posts, link: link || undefined },
		}),
		uses: ({ task, project, posts }) => [task, project, ...posts],
		apply(rows, { task: id, stage }, { by, at }) {
			const task = rows.row("tasks", id);
			if (!task) return;
			const state = task.requester === by ? "accepted" : "asked";
			rows.put("tasks", {
				...task,
				stage,
				done_at: task.done_at ?? at,
				acceptance: { state, ask: task.acceptance?.ask ?? null },
			});
		},
		inverse: (_rows, { task, project }) => [{ name: "task.patch", args: { task, project, change: { done: false } } }],
		text: ({ link }) => link,
	},
	"task.accept": {
		...inProject,
		request: ({ task, note }) => ({ method: "POST", path: `/tasks/${task}/accept`, body: note ? { note } : {} }),
		apply: (rows, { task }) => settle(rows, task, "accepted"),
		text: ({ note }) => note,
	},
	"task.send_back": {
		...inProject,
		request: ({ task, reason }) => ({ method: "POST", path: `/tasks/${task}/send-back`, body: { reason } }),
		apply(rows, { task, stage }) {
			if (rows.row("tasks", task)?.acceptance?.state !== "asked") return;
			settle(rows, task, "sent_back");
			const row = rows.row("tasks", task);
			if (row) rows.put("tasks", { ...row, done_at: null, stage });
		},
		text: ({ reason }) => reason,
	},
};

function settle(rows: Scratch, id: Id, state: Standing["state"]): void {
	const task = rows.row("tasks", id);
	if (task?.acceptance?.state === "asked") rows.put("tasks", { ...task, acceptance: { ...task.acceptance, state } });
}
