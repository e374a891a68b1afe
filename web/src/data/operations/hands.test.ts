import { beforeEach, expect, test } from "vitest";
import { type Arguments, apply, inverse, type Operation, type OperationName, operation } from "../operations";
import { Store } from "../store";
import { handoff, project, task, taskPage } from "../testing/work-rows";
import type { RowChange, TableName } from "../types";
import { handoffsOfTask, handoffsTo } from "../views";

const ME = "mem_me";
const AT = "2026-11-25T12:00:00.000Z";
const of = { task: "k", project: "prj_1" };

let store: Store<Operation>;
let seq: number;
beforeEach(() => {
	store = new Store<Operation>(apply);
	seq = 1;
	confirm("projects", project());
	confirm("tasks", task({ id: "k", owner: "mem_ben" }));
	confirm("task_pages", taskPage({ id: "k" }));
});
function confirm(table: TableName, row: { id: string }) {
	store.confirm([{ seq: seq++, operation: null, rows: [{ table, id: row.id, row } as RowChange] }]);
}
function act<N extends OperationName>(name: N, args: Arguments[N]): Operation {
	const op = operation(name, args, ME, AT);
	store.add(op);
	return op;
}

test("an offer leaves the task where it is, and is taken back as one", () => {
	const args = { ...of, id: "han_1", to: "mem_ana", baton: { state: "Half is done", links: undefined } };
	const op = act("task.hand_over", args as never);
	expect(op.request.body).toEqual({ id: "han_1", to: "mem_ana", baton: { state: "Half is done" } });
	expect(store.row("tasks", "k")?.owner).toBe("mem_ben");
	expect(store.row("handoffs", "han_1")).toMatchObject({ state: "offered", from: "mem_ben", by: ME, ends_at: null });
	expect(store.list(handoffsTo, "mem_ana")).toEqual(["han_1"]);
	expect(op.text).toContain("Half is done");
	const back = inverse("task.hand_over", args as never, store, ME);
	for (const call of back) act(call.name, call.args as never);
	expect(store.row("handoffs", "han_1")?.state).toBe("taken_back");
	expect(store.list(handoffsTo, "mem_ana")).toEqual([]);
	expect(store.list(handoffsOfTask, "k")).toEqual(["han_1"]);
});

test("what is handed to oneself is one's own at once, and there is nothing to take back", () => {
	const args = { ...of, id: "han_1", to: ME, baton: { state: "I go on" } };
	act("task.hand_over", args);
	expect(store.row("tasks", "k")).toMatchObject({ owner: ME, handed: { from: "mem_ben", at: AT } });
	expect(store.row("handoffs", "han_1")?.state).toBe("accepted");
	expect(inverse("task.hand_over", args, store, ME)).toEqual([]);
});

test("accepting makes it mine, with whose it was", () => {
	confirm("handoffs", handoff({ id: "han_1", task: "k", to: ME }));
	const op = act("handoff.accept", { ...of, id: "han_1" });
	expect(op.request).toMatchObject({ method: "POST", path: "/handoffs/han_1/accept" });
	expect(store.row("tasks", "k")).toMatchObject({ owner: ME, handed: { from: "mem_ben", at: AT } });
	expect(store.row("task_pages", "k")?.hand_overs[0]).toEqual({ from: "mem_ben", to: ME, by: ME, at: AT });
	expect(store.row("handoffs", "han_1")).toMatchObject({ state: "accepted", settled_by: ME, settled_at: AT });
});

test("what is over stays over", () => {
	confirm("handoffs", handoff({ id: "han_1", task: "k", to: ME, state: "taken_back", settled_at: AT }));
	act("handoff.accept", { ...of, id: "han_1" });
	act("handoff.decline", { ...of, id: "han_1", reason: "No" });
	expect(store.row("tasks", "k")?.owner).toBe("mem_ben");
	expect(store.row("handoffs", "han_1")?.state).toBe("taken_back");
});

test("given back, it stays whose it is, with the reason", () => {
	confirm("handoffs", handoff({ id: "han_1", task: "k", to: ME }));
	const op = act("handoff.decline", { ...of, id: "han_1", reason: "Away on Friday" });
	expect(op.text).toBe("Away on Friday");
	expect(store.row("tasks", "k")?.owner).toBe("mem_ben");
	expect(store.row("handoffs", "han_1")).toMatchObject({ state: "returned", reason: "Away on Friday" });
});

test("queues are set and taken back", () => {
	const back = inverse("project.queue", { project: "prj_1", members: [ME] }, store, ME);
	act("project.queue", { project: "prj_1", members: [ME] });
	expect(store.row("projects", "prj_1")?.queue).toEqual([ME]);
	for (const call of back) act(call.name, call.args as never);
	expect(store.row("projects", "prj_1")?.queue).toEqual([]);
	act("task.queue", { ...of, queued: true });
	expect(store.row("tasks", "k")?.queued).toBe(true);
	expect(inverse("task.queue", { ...of, queued: false }, store, ME)[0]?.args).toEqual({ ...of, queued: true });
});
