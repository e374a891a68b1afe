import { expect, test } from "vitest";
import { tasksOf } from "./columns";
import { newId } from "./ids";
import type { TaskColumns } from "./view-types";

test("columns become rows with the ids and instants that they stand for", () => {
	const made = [Date.parse("2026-11-25T10:00:00.123Z"), Date.parse("2026-12-01T00:00:00Z")];
	const ids = made.map((at) => newId("topic", at));
	const columns: TaskColumns = {
		born: [made[0] as number, (made[1] as number) - (made[0] as number)],
		ids: ids.map((id) => id.slice(14)).join(""),
		key: "DRV-",
		numbers: [7, 3],
		same: { project: "prj_1", archived_at: null },
		few: { owner: { values: [null, "mem_a"], of: "BA" } },
		each: { title: ["Save the route", "Map tiles"] },
		times: { moved_at: [0, 1000], changed_at: [500, 0], done_at: [null, 60_000] },
	};
	expect(tasksOf(columns)).toEqual([
		{
			id: ids[0],
			key: "DRV-7",
			project: "prj_1",
			archived_at: null,
			owner: "mem_a",
			title: "Save the route",
			moved_at: "2026-11-25T10:00:00.123Z",
			changed_at: "2026-11-25T10:00:00.623Z",
			done_at: null,
		},
		{
			id: ids[1],
			key: "DRV-10",
			project: "prj_1",
			archived_at: null,
			owner: null,
			title: "Map tiles",
			moved_at: "2026-12-01T00:00:01.000Z",
			changed_at: "2026-12-01T00:00:01.000Z",
			done_at: "2026-12-01T00:01:01.000Z",
		},
	]);
	expect(Object.keys(tasksOf(columns)[0] ?? {})).toEqual(
		Object.keys(
			tasksOf({ ...columns, same: {}, each: { ...columns.each, project: ["a", "b"], archived_at: [null, null] } })[0] ??
				{},
		),
	);
	expect(tasksOf({ born: [], ids: "", key: "", numbers: [], same: {}, few: {}, each: {}, times: {} })).toEqual([]);
});
