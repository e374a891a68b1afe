import { beforeEach, expect, test } from "vitest";
import { type Arguments, apply, inverse, type Operation, type OperationName, operation } from "../operations";
import { Store } from "../store";
import { project, task, view } from "../testing/work-rows";
import type { RowChange, TableName, Tables } from "../types";

const AT = "2026-11-25T10:00:00Z";
const ME = "mem_me";
let store: Store<Operation>;
const confirm = <T extends TableName>(table: T, row: Tables[T]) =>
	store.confirm([{ seq: 1, operation: null, rows: [{ table, id: row.id, row } as RowChange] }]);

/** Does it; answers how to take it back. */
function act<N extends OperationName>(name: N, args: Arguments[N]): () => void {
	const back = inverse(name, args, store, ME);
	store.add(operation(name, args, ME, AT));
	return () => back.forEach((call) => void store.add(operation(call.name, call.args as never, ME, AT)));
}

beforeEach(() => {
	store = new Store<Operation>(apply);
	const choices = [
		{ id: "cho_a", name: "Android" },
		{ id: "cho_i", name: "iPhone" },
	];
	confirm("projects", project({ id: "prj", fields: [{ id: "fld", name: "Platform", kind: "choice", choices }] }));
	confirm("tasks", task({ id: "a", project: "prj", values: { fld: "cho_a", other: 3 } }));
	confirm("tasks", task({ id: "b", project: "prj", values: { fld: "cho_i" } }));
});

test("a field that is removed takes what tasks say with it, and brings it back", () => {
	const before = store.row("projects", "prj")?.fields;
	const undo = act("field.remove", { id: "fld", project: "prj", lost: { a: "cho_a", b: "cho_i" } });
	expect(store.row("projects", "prj")?.fields).toEqual([]);
	expect(store.row("tasks", "a")?.values).toEqual({ other: 3 });
	undo();
	expect(store.row("projects", "prj")?.fields).toEqual(before);
	expect(store.row("tasks", "b")?.values).toEqual({ fld: "cho_i" });
});

test("what more tasks said than are changed in one step comes back in several", () => {
	const lost = Object.fromEntries(Array.from({ length: 450 }, (_, n) => [`t${n}`, n]));
	const calls = inverse("field.remove", { id: "fld", project: "prj", lost }, store, ME);
	expect(calls.map(({ name }) => name)).toEqual(["field.add", "tasks.patch", "tasks.patch", "tasks.patch"]);
});

test("a choice that is removed is said no more, and is said again when it is taken back", () => {
	const left = [{ id: "cho_i", name: "iPhone" }];
	const undo = act("field.patch", { id: "fld", project: "prj", choices: left, lost: { a: "cho_a" } });
	expect(store.row("tasks", "a")?.values).toEqual({ other: 3 });
	expect(store.row("tasks", "b")?.values).toEqual({ fld: "cho_i" });
	undo();
	expect(store.row("projects", "prj")?.fields[0]?.choices.map(({ name }) => name)).toEqual(["Android", "iPhone"]);
	expect(store.row("tasks", "a")?.values).toMatchObject({ fld: "cho_a" });
});

test("a view that is removed comes back as it was", () => {
	confirm("views", view({ id: "viw", project: "prj", name: "Due soon", shared: true, shows: { due: "week" } }));
	const undo = act("view.remove", { id: "viw", project: "prj" });
	expect(store.row("views", "viw")).toBeUndefined();
	undo();
	expect(store.row("views", "viw")).toMatchObject({ name: "Due soon", shared: true, shows: { due: "week" } });
});

test("a view that is changed goes back to what it was, and only that", () => {
	confirm("views", view({ id: "viw", project: "prj", name: "Due soon" }));
	const undo = act("view.patch", { id: "viw", project: "prj", shows: { as: "calendar" } });
	act("view.patch", { id: "viw", project: "prj", name: "Calendar" });
	undo();
	expect(store.row("views", "viw")).toMatchObject({ name: "Calendar", shows: { due: "week" } });
});
