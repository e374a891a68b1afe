import { newId } from "../ids";
import type { Goal, Handoff, Project, SavedView, Task, TaskPage } from "../types";

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
		members: [],
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
		queue: [],
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
		handed: null,
		queued: false,
		due: null,
		starts_on: null,
		labels: [],
		steps_done: 0,
		steps: 0,
		waits: 0,
		parent: null,
		deliverable: false,
		acceptance: null,
		made_from: null,
		cover: null,
		values: {},
		events: 0,
		moved_at: AT,
		changed_at: AT,
		done_at: null,
		archived_at: null,
		version: 1,
		...change,
	};
}

export function handoff(change: Partial<Handoff> = {}): Handoff {
	return {
		id: newId("handoff"),
		task: "top_1",
		from: "mem_ben",
		to: "mem_ana",
		by: "mem_ben",
		state: "offered",
		baton: { state: "Half is done", next_action: "", open_questions: "", do_not_touch: "", links: "", authority: "" },
		no: 1,
		by_queue: false,
		offered_at: AT,
		ends_at: null,
		settled_at: null,
		settled_by: null,
		reason: "",
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
		repeats: null,
		acceptances: [],
		slips: [],
		...change,
	};
}

export function view(change: Partial<SavedView> = {}): SavedView {
	return {
		id: newId("view"),
		project: "prj",
		name: "Due soon",
		shared: true,
		shows: { due: "week" },
		made_by: "mem_me",
		made_at: "2026-11-25T10:00:00Z",
		version: 1,
		...change,
	};
}

export function goal(change: Partial<Goal> = {}): Goal {
	return {
		id: "goa_1",
		space: "s",
		title: "Drivers work without a signal",
		measure: "",
		owner: null,
		target_date: null,
		state: "open",
		results: [{ id: "krs_1", name: "Sign-in", kind: "number", unit: "s", from: 45, to: 20, value: 45, done_at: null }],
		line: null,
		projects: [],
		tasks: [],
		created_by: "mem_ana",
		created_at: AT,
		ended_at: null,
		version: 1,
		...change,
	};
}
