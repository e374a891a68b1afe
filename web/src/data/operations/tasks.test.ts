import { beforeEach, describe, expect, test } from "vitest";
import { type Arguments, apply, inverse, type Operation, type OperationName, operation } from "../operations";
import { Store } from "../store";
import { member, space, topic } from "../testing/rows";
import { project, task, taskPage } from "../testing/work-rows";
import type { RowChange, TableName } from "../types";
import { projectsOfSpace, tasksOfOwner, tasksOfStage } from "../views";

const ME = "mem_me";
const AT = "2026-11-25T12:00:00.000Z";
const of = { task: "k", project: "prj_1" };

let store: Store<Operation>;
let seq: number;
beforeEach(() => {
	store = new Store<Operation>(apply);
	seq = 1;
	confirm("spaces", space({ id: "spc_1" }));
	confirm("members", member({ id: ME }));
	confirm("projects", project());
	confirm("topics", topic({ id: "k", kind: "task", code: "DRV-1", space: "spc_1" }));
	confirm("tasks", task({ id: "k", place: "b" }));
	confirm("task_pages", taskPage({ id: "k" }));
	confirm("tasks", task({ id: "other", key: "DRV-2", place: "c" }));
});
function confirm(table: TableName, row: { id: string }) {
	store.confirm([{ seq: seq++, operation: null, rows: [{ table, id: row.id, row } as RowChange] }]);
}
function act<N extends OperationName>(name: N, args: Arguments[N]): Operation {
	const op = operation(name, args, ME, AT);
	store.add(op);
	return op;
}
/** Does it, takes it back as the person would, and answers what was there before and after. */
function thereAndBack<N extends OperationName>(name: N, args: Arguments[N]) {
	const before = store.row("tasks", "k");
	const back = inverse(name, args, store, ME);
	act(name, args);
	const done = store.row("tasks", "k");
	for (const call of back) act(call.name, call.args);
	return { before, done, after: store.row("tasks", "k") };
}

describe("a new task", () => {
	test("is there at once, with its page, its topic and my mark", () => {
		const spot = { stage: "stg_ready", after: null, place: "a" };
		const due = { date: "2026-12-04", time: "15:00" };
		const op = act("task.create", { id: "n", project: "prj_1", title: "New", spot, owner: ME, due, why: "**Why**" });
		expect(op.request.body).toMatchObject({ id: "n", stage: "stg_ready", after: null, due });
		expect(op.request.body).not.toHaveProperty("spot");
		expect(store.list(tasksOfStage, "stg_ready")).toEqual(["n", "k", "other"]);
		expect(store.list(tasksOfOwner, ME)).toEqual(["n"]);
		expect(store.row("topics", "n")).toMatchObject({ kind: "task", space: "spc_1", post_count: 0 });
		expect(store.row("task_pages", "n")?.why_html).toContain("Why");
		expect(store.row("marks", "n")?.following).toBe(true);
	});

	test("is put away when it is taken back", () => {
		const spot = { stage: "stg_ready", after: null, place: "a" };
		const args = { id: "n", project: "prj_1", title: "New", spot };
		const back = inverse("task.create", args, store, ME);
		act("task.create", args);
		for (const call of back) act(call.name, call.args);
		expect(store.list(tasksOfStage, "stg_ready")).toEqual(["k", "other"]);
	});
});

describe("moving", () => {
	const to = { stage: "stg_done", after: null, place: "a" };
	const from = { stage: "stg_ready", after: null, place: "b" };

	test("to what is done is done, and back is not", () => {
		const { before, done, after } = thereAndBack("task.move", { ...of, to, from, version: 7 });
		expect(done).toMatchObject({ stage: "stg_done", done_at: AT, moved_at: AT });
		expect(after).toMatchObject({ stage: before?.stage, place: before?.place, done_at: null });
	});

	test("is sent in order with everything else of the project, and carries what the person saw", () => {
		const op = act("task.move", { ...of, to: { ...to, after: "other" }, from, version: 7 });
		expect(op.lane).toBe("prj_1");
		expect(op.uses).toContain("other");
		expect(op.request).toEqual({
			method: "POST",
			path: "/tasks/k/move",
			body: { stage: "stg_done", after: "other", version: 7 },
		});
	});

	test("within a stage leaves its time there as it is", () => {
		act("task.move", { ...of, to: { stage: "stg_ready", after: "other", place: "d" }, from, version: 1 });
		expect(store.row("tasks", "k")?.moved_at).toBe(task().moved_at);
		expect(store.list(tasksOfStage, "stg_ready")).toEqual(["other", "k"]);
	});
});

describe("what may be taken back", () => {
	const changes: [string, Arguments["task.patch"]["change"]][] = [
		["title", { title: "Other" }],
		["owner", { owner: ME }],
		["due", { due: { date: "2026-12-04", time: null } }],
		["labels", { labels: ["lbl_1"] }],
		["done", { done: true }],
		["archived", { archived: true }],
	];
	test.each(changes)("%s", (_, change) => {
		const { before, done, after } = thereAndBack("task.patch", { ...of, change });
		const plain = ({ pending: _, changed_at: __, moved_at: ___, ...row }: NonNullable<typeof before>) => row;
		expect(done && plain(done)).not.toEqual(before && plain(before));
		expect(after && plain(after)).toEqual(before && plain(before));
	});

	test("many at once, all of them", () => {
		const tasks = ["k", "other"].map((id) => ({ task: id, change: { owner: ME } }));
		const back = inverse("tasks.patch", { project: "prj_1", tasks }, store, ME);
		const op = act("tasks.patch", { project: "prj_1", tasks });
		expect(op.request.body).toEqual({ items: tasks.map(({ task, change }) => ({ task, patch: change })) });
		expect(store.list(tasksOfOwner, ME)).toHaveLength(2);
		for (const call of back) act(call.name, call.args);
		expect(store.list(tasksOfOwner, ME)).toEqual([]);
	});
});

test("somebody who took it first keeps it", () => {
	confirm("tasks", task({ id: "k", owner: "mem_ana" }));
	act("task.take", of);
	expect(store.row("tasks", "k")?.owner).toBe("mem_ana");
	expect(inverse("task.take", of, store, ME)).toEqual([]);
});

test("a due time stands on the owner's clock until the server says", () => {
	confirm("members", member({ id: "mem_yuki", schedule: { ...member().schedule, zone: "Asia/Tokyo" } }));
	act("task.patch", { ...of, change: { owner: "mem_yuki", due: { date: "2026-12-04", time: "12:00" } } });
	expect(store.row("tasks", "k")?.due).toEqual({
		date: "2026-12-04",
		time: "12:00",
		zone: "Asia/Tokyo",
		at: "2026-12-04T03:00:00.000Z",
	});
});

test("a due time around a change of the clocks is the instant that the clock shows", () => {
	const at = (zone: string, date: string, time: string) => {
		confirm("members", member({ id: "mem_z", schedule: { ...member().schedule, zone } }));
		act("task.patch", { ...of, change: { owner: "mem_z", due: { date, time } } });
		return store.row("tasks", "k")?.due?.at;
	};
	expect(at("Europe/Lisbon", "2026-10-26", "09:00")).toBe("2026-10-26T09:00:00.000Z");
	expect(at("Europe/Lisbon", "2026-10-24", "09:00")).toBe("2026-10-24T08:00:00.000Z");
	expect(at("America/Santiago", "2026-09-07", "00:30")).toBe("2026-09-07T03:30:00.000Z");
	expect(at("Asia/Kolkata", "2026-09-07", "09:00")).toBe("2026-09-07T03:30:00.000Z");
});

test("steps and what it waits for are counted on the card", () => {
	act("step.add", { ...of, id: "s1", text: "One" });
	act("step.add", { ...of, id: "s0", text: "Zero", after: null });
	act("step.patch", { ...of, id: "s1", done: true });
	act("wait.add", { ...of, id: "w", on: { member: "mem_ana" } });
	expect(store.row("task_pages", "k")?.done_when.map((step) => step.id)).toEqual(["s0", "s1"]);
	expect(store.row("tasks", "k")).toMatchObject({ steps: 2, steps_done: 1, waits: 1 });
	const back = inverse("step.patch", { ...of, id: "s1", done: false, after: null }, store, ME);
	expect(back).toEqual([{ name: "step.patch", args: { ...of, id: "s1", done: true, after: "s0" } }]);
});

test("the tasks of a stage that goes away go where the person said", () => {
	act("stage.remove", { id: "stg_ready", project: "prj_1", to: "stg_doing", tasks: ["k", "other"] });
	expect(store.list(tasksOfStage, "stg_doing")).toEqual(["k", "other"]);
	expect(store.row("projects", "prj_1")?.stages.map((stage) => stage.id)).not.toContain("stg_ready");
});

test("a stage goes back to where it stood", () => {
	const args = { id: "stg_done", project: "prj_1", after: null, limit: 3 };
	expect(inverse("stage.patch", args, store, ME)).toEqual([
		{ name: "stage.patch", args: { id: "stg_done", project: "prj_1", limit: null, after: "stg_doing" } },
	]);
});

test("what I may no longer see leaves the device with its space", () => {
	const entries = store.withLosses([{ seq: 99, operation: null, rows: [{ table: "spaces", id: "spc_1", row: null }] }]);
	store.confirm(entries);
	expect(store.row("tasks", "k")).toBeUndefined();
	expect(store.row("task_pages", "k")).toBeUndefined();
	expect(store.list(projectsOfSpace, "spc_1")).toEqual([]);
});
