import { newId } from "../ids";
import type { Project, Task, TaskPage } from "../types";

/** Rows of work for tests, whole and valid. */

const AT = "2026-11-25T10:00:00Z";

export function project(change: Partial<Project> = {}): Project {
	return {
		id: "prj_1",
		key: "DRV",
		space: "spc_1",
		name: "Driver app",
		purpose: "",
		owner: null,
		health: null,
		health_note: "",
		health_at: null,
		health_by: null,
		created_by: "mem_ana",
		created_at: AT,
		archived_at: null,
		stages: [
			{ id: "stg_ideas", name: "Ideas", kind: "idea", limit: null },
			{ id: "stg_ready", name: "Ready", kind: "open", limit: null },
			{ id: "stg_doing", name: "In progress", kind: "open", limit: 5 },
			{ id: "stg_done", name: "Done", kind: "done", limit: null },
			{ id: "stg_not_now", name: "Not now", kind: "not_now", limit: null },
		],
		labels: [{ id: "lbl_1", name: "map", colour: "green" }],
		fields: [],
		version: 1,
		...change,
	};
}

export function task(change: Partial<Task> = {}): Task {
	return {
		id: newId("topic"),
		project: "prj_1",
		key: "DRV-1",
		title: "Save the route on the phone",
		stage: "stg_ready",
		place: "a0",
		owner: null,
		requester: "mem_ana",
		due: null,
		starts_on: null,
		labels: [],
		steps_done: 0,
		steps: 0,
		waits: 0,
		parent: null,
		deliverable: false,
		cover: null,
		values: {},
		moved_at: AT,
		changed_at: AT,
		done_at: null,
		archived_at: null,
		version: 1,
		...change,
	};
}

export function taskPage(change: Partial<TaskPage> = {}): TaskPage {
	return {
		id: "top_1",
		why: "",
		why_html: "",
		done_when: [],
		waits_for: [],
		hand_overs: [],
		stages: [],
		old_keys: [],
		made_from: null,
		...change,
	};
}
