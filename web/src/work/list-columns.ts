/** The columns of a list of tasks, beside the key and the title, which are always there. */
import type { TaskView } from "$app/routes";
import type { Project } from "$data/types";
import { m } from "$paraglide/messages";

/** Those that are shown unless the address says others. */
const USUAL: readonly string[] = ["stage", "who", "when", "steps"];

/** All that there are, in order. The id of a field's is that of the field. */
export function allColumns(project: Pick<Project, "fields">): { id: string; name: string }[] {
	return [
		{ id: "stage", name: m.work_column() },
		{ id: "who", name: m.work_who() },
		{ id: "when", name: m.work_when() },
		{ id: "starts", name: m.work_starts_on() },
		{ id: "steps", name: m.work_steps() },
		{ id: "requester", name: m.work_requester() },
		{ id: "changed", name: m.work_last_change() },
		...project.fields.map(({ id, name }) => ({ id, name })),
	];
}

/** Those that the address names; without it the usual ones, and the first fields. */
export function columnsOf({ columns }: Pick<TaskView, "columns">, project: Pick<Project, "fields">): string[] {
	return columns ? columns.split(",") : [...USUAL, ...project.fields.slice(0, 2).map(({ id }) => id)];
}

/** What the address says once one of them is shown or not shown any more; undefined: the usual ones. At least one stays. */
export function columnsWith(
	view: Pick<TaskView, "columns">,
	project: Pick<Project, "fields">,
	id: string,
): string | undefined {
	const before = columnsOf(view, project);
	const wanted = before.includes(id) ? before.filter((each) => each !== id) : [...before, id];
	const inOrder = allColumns(project)
		.map((column) => column.id)
		.filter((each) => wanted.includes(each));
	const usual = columnsOf({}, project);
	if (inOrder.length === 0) return view.columns;
	return inOrder.length === usual.length && inOrder.every((each) => usual.includes(each))
		? undefined
		: inOrder.join(",");
}
