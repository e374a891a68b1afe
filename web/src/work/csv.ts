/** Tasks as a table for other programs (RFC 4180). */
import type { Field, Member, Project, Task } from "$data/types";

/** What the cells need besides the tasks. */
export interface TableWorld {
	project: Pick<Project, "stages" | "labels" | "fields">;
	member: (id: string) => Pick<Member, "name"> | undefined;
	/** What the columns are called, by their ids; those of fields have their own names. */
	names: Readonly<Record<string, string>>;
}

type Cells = Task & { title: string };

/** The columns of a list in the order of the list, between key and title and what only a table has room for. */
const ALWAYS_BEFORE = ["key", "title"];
const ALWAYS_AFTER = ["labels", "done"];

/** The text of a file: a head, then a line for each task, in the order given. Spreadsheets know its mark. */
export function tasksAsTable(tasks: readonly Cells[], columns: readonly string[], world: TableWorld): string {
	const ids = [...ALWAYS_BEFORE, ...columns, ...ALWAYS_AFTER];
	const fields = new Map(world.project.fields.map((field) => [field.id, field]));
	const head = ids.map((id) => fields.get(id)?.name ?? world.names[id] ?? id);
	const lines = tasks.map((task) => ids.map((id) => textOf(task, id, fields, world)));
	return `\ufeff${[head, ...lines].map((cells) => cells.map(cell).join(",")).join("\r\n")}\r\n`;
}

function textOf(task: Cells, id: string, fields: ReadonlyMap<string, Field>, { project, member }: TableWorld): string {
	const name = (who: string | null) => (who ? (member(who)?.name ?? "") : "");
	switch (id) {
		case "key":
			return task.key;
		case "title":
			return task.title;
		case "stage":
			return project.stages.find((stage) => stage.id === task.stage)?.name ?? "";
		case "who":
			return name(task.owner);
		case "when":
			return task.due ? [task.due.date, task.due.time].filter(Boolean).join(" ") : "";
		case "starts":
			return task.starts_on ?? "";
		case "steps":
			return task.steps ? `${task.steps_done} / ${task.steps}` : "";
		case "requester":
			return name(task.requester);
		case "changed":
			return task.changed_at.slice(0, 10);
		case "labels":
			return task.labels.flatMap((each) => project.labels.find((label) => label.id === each)?.name ?? []).join(", ");
		case "done":
			return task.done_at?.slice(0, 10) ?? "";
		default: {
			const field = fields.get(id);
			const value = field && task.values[field.id];
			if (!field || value === undefined || value === null) return "";
			if (field.kind === "choice") return field.choices.find((choice) => choice.id === value)?.name ?? "";
			return field.kind === "member" ? name(String(value)) : String(value);
		}
	}
}

/** What a spreadsheet would take for a formula begins with a mark that keeps it text; our own import takes it away. */
const FORMULA = /^[=+\-@\t\r]/;

/** One cell: in quotes where it must be. */
export function cell(text: string): string {
	const safe = FORMULA.test(text) && !/^-?\d+([.,]\d+)?$/.test(text) ? `'${text}` : text;
	return /[",;\t\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
