import { expect, test } from "vitest";
import { apply, inverse, operation } from "../operations";
import type { Scratch } from "../store";
import { goal, task } from "../testing/work-rows";
import type { Goal, Task } from "../types";

const AT = "2026-11-23T09:00:00Z";

/** Rows in a map, as operations write over them. */
function scratch(...first: (Goal | Task)[]) {
	const kept = new Map<string, { id: string }>(first.map((row) => [row.id, row]));
	const rows: Scratch = {
		row: ((_table: string, id: string) => kept.get(id)) as Scratch["row"],
		put: ((_table: string, row: { id: string }) => void kept.set(row.id, row)) as Scratch["put"],
		remove: ((_table: string, id: string) => void kept.delete(id)) as Scratch["remove"],
	};
	return { rows, goal: (id = "goa_1") => kept.get(id) as Goal, task: (id: string) => kept.get(id) as Task };
}

test("a number that arrives is done, and one that leaves again is not", () => {
	const at = scratch(goal());
	const patch = (value: number) =>
		apply(at.rows, operation("goal.result_patch", { goal: "goa_1", id: "krs_1", value }, "mem_ana", AT));
	patch(18);
	expect(at.goal().results[0]).toMatchObject({ value: 18, done_at: AT });
	patch(21.5);
	expect(at.goal().results[0]).toMatchObject({ value: 21.5, done_at: null });
	const back = inverse("goal.result_patch", { goal: "goa_1", id: "krs_1", value: 5 }, at.rows, "mem_ana");
	expect(back).toEqual([{ name: "goal.result_patch", args: { goal: "goa_1", id: "krs_1", value: 21.5 } }]);
});

test("a goal ends and is opened again", () => {
	const at = scratch(goal());
	apply(at.rows, operation("goal.patch", { id: "goa_1", change: { state: "reached" } }, "mem_ana", AT));
	expect(at.goal().ended_at).toBe(AT);
	apply(at.rows, operation("goal.patch", { id: "goa_1", change: { state: "open" } }, "mem_ana", AT));
	expect(at.goal().ended_at).toBeNull();
});

test("what somebody delivers for themselves is accepted, for others it is asked", () => {
	const at = scratch(task({ id: "k", requester: "mem_ana", deliverable: true }));
	const deliver = { task: "k", project: "prj_1", stage: "stg_done", posts: [], link: "" };
	apply(at.rows, operation("task.deliver", deliver, "mem_ben", AT));
	expect(at.task("k")).toMatchObject({ done_at: AT, stage: "stg_done", acceptance: { state: "asked" } });
	const back = { task: "k", project: "prj_1", reason: "The legend", stage: "stg_ready" };
	apply(at.rows, operation("task.send_back", back, "mem_ana", AT));
	expect(at.task("k")).toMatchObject({ done_at: null, stage: "stg_ready", acceptance: { state: "sent_back" } });
	apply(at.rows, operation("task.deliver", deliver, "mem_ana", AT));
	expect(at.task("k").acceptance?.state).toBe("accepted");
});

test("a task made from an ask names it, and taking it back opens the ask again", () => {
	const spot = { stage: "stg_ready", after: null, place: "a" };
	const from = { topic: "top_9", post: "pst_1", ask: "ask_1" };
	const args = { id: "k", project: "prj_1", title: "Labels", spot, from };
	const made = operation("task.create", args, "mem_ana", AT);
	expect(made.request.body).toMatchObject({ from_ask: "ask_1" });
	expect(made.request.body).not.toHaveProperty("from");
	const back = inverse("task.create", args, scratch().rows, "mem_ana").map(({ name }) => name);
	expect(back).toEqual(["task.patch", "ask.reopen"]);
	const post = { ...args, from: { ...from, ask: null } };
	expect(operation("task.create", post, "mem_ana", AT).request.body).toMatchObject({ from_post: "pst_1" });
});
