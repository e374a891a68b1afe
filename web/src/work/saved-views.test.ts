import { expect, test } from "vitest";
import type { TaskView } from "$app/routes";
import { isChanged, showsOf, viewOf } from "./saved-views";

const yuki = { id: "mem_yuki", slug: "yuki" };
const people = (which: { id: string } | { slug: string }) =>
	("id" in which ? which.id === yuki.id : which.slug === yuki.slug) ? yuki : undefined;

test("a view keeps people by their ids, and its address names them as they are called", () => {
	const view: TaskView = {
		as: "list",
		find: " map ",
		owner: "yuki",
		due: "week",
		group: "owner",
		columns: "who,fld_1",
	};
	const shows = showsOf({ ...view, project: "DRV", saved: "viw_0" }, people);
	expect(shows).toEqual({
		as: "list",
		find: "map",
		owner: "mem_yuki",
		due: "week",
		group: "owner",
		columns: ["who", "fld_1"],
	});
	expect(viewOf(shows, "viw_1", "DRV", people)).toEqual({ ...view, find: "map", project: "DRV", saved: "viw_1" });
	expect(showsOf({ owner: "none" }, people)).toEqual({ nobody: true });
	expect(viewOf({ nobody: true }, "viw_1", undefined, people)).toEqual({ owner: "none", saved: "viw_1" });
});

test("what is usual is the same whether it is said or not", () => {
	expect(isChanged({}, { as: "board", group: "stage", sort: "place", span: "month", nobody: false }, people)).toBe(
		false,
	);
	expect(isChanged({ as: "calendar", span: "week" }, { as: "calendar" }, people)).toBe(true);
	expect(isChanged({ owner: "yuki", saved: "viw_1", on: "2026-12-01" }, { owner: "mem_yuki" }, people)).toBe(false);
});
