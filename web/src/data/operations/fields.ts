import type { Scratch, Store } from "../store";
import type { Field, Id } from "../types";
import type { Call } from "./arguments";
import { type Definitions, defined, previous } from "./definition";

/** What tasks say in a field, by the task. */
type Said = Record<Id, unknown>;

export interface FieldArguments {
	"field.add": { id: Id; project: Id; name: string; kind: Field["kind"]; choices?: Field["choices"] };
	/** `choices`: all of them. `lost`: what tasks say that is no longer among them, to take it back. */
	"field.patch": { id: Id; project: Id; name?: string; choices?: Field["choices"]; lost?: Said };
	/** `lost`: what tasks say in it, so that it shows at once, and to take it back. */
	"field.remove": { id: Id; project: Id; lost: Said };
}

/** As many tasks as the server changes in one step. */
const AT_ONCE = 200;

const part = {
	lane: ({ project }: { project: Id }) => project,
	uses: ({ id, project }: { id: Id; project: Id }): (Id | undefined)[] => [project, id],
};

export const fields: Definitions<FieldArguments> = {
	"field.add": {
		...part,
		request: ({ project, ...field }) => ({ method: "POST", path: `/projects/${project}/fields`, body: field }),
		creates: ({ id, choices }) => [id, ...(choices ?? []).map((choice) => choice.id)],
		uses: ({ project }) => [project],
		apply: (rows, { project, id, name, kind, choices }) =>
			patchFields(rows, project, (had) =>
				had.some((field) => field.id === id) ? had : [...had, { id, name, kind, choices: choices ?? [] }],
			),
		inverse: (_rows, { id, project }) => [{ name: "field.remove", args: { id, project, lost: {} } }],
		text: ({ name }) => name,
	},
	"field.patch": {
		...part,
		request: ({ id, project: _, lost: __, ...change }) => ({ method: "PATCH", path: `/fields/${id}`, body: change }),
		creates: ({ choices }) => (choices ?? []).map((choice) => choice.id),
		apply(rows, { id, project, lost, ...change }) {
			patchFields(rows, project, (had) =>
				had.map((field) => (field.id === id ? { ...field, ...defined(change) } : field)),
			);
			forget(rows, id, lost ?? {});
		},
		inverse(rows, { id, project, lost, ...change }) {
			const field = fieldOf(rows, project, id);
			if (!field) return [];
			const back: Call = { name: "field.patch", args: { id, project, ...previous<Partial<Field>>(change, field) } };
			return [back, ...saidAgain(project, id, lost ?? {})];
		},
		text: ({ name }) => name ?? "",
	},
	"field.remove": {
		...part,
		request: ({ id }) => ({ method: "DELETE", path: `/fields/${id}` }),
		apply(rows, { id, project, lost }) {
			patchFields(rows, project, (had) => had.filter((field) => field.id !== id));
			forget(rows, id, lost);
		},
		inverse(rows, { id, project, lost }) {
			const field = fieldOf(rows, project, id);
			if (!field) return [];
			const { name, kind, choices } = field;
			const again = { id, project, name, kind, ...(kind === "choice" ? { choices } : {}) };
			return [{ name: "field.add", args: again }, ...saidAgain(project, id, lost)];
		},
	},
};

function fieldOf(rows: Pick<Store, "row">, project: Id, id: Id): Field | undefined {
	return rows.row("projects", project)?.fields.find((field) => field.id === id);
}

function patchFields(rows: Scratch, id: Id, change: (fields: Field[]) => Field[]): void {
	const project = rows.row("projects", id);
	if (project) rows.put("projects", { ...project, fields: change(project.fields) });
}

function forget(rows: Scratch, field: Id, lost: Said): void {
	for (const id of Object.keys(lost)) {
		const task = rows.row("tasks", id);
		if (!task || !(field in task.values)) continue;
		const { [field]: _, ...values } = task.values;
		rows.put("tasks", { ...task, values });
	}
}

/** The calls with which tasks say again what they said. */
function saidAgain(project: Id, field: Id, lost: Said): Call[] {
	const tasks = Object.entries(lost).map(([task, value]) => ({ task, change: { values: { [field]: value } } }));
	const calls: Call[] = [];
	for (let from = 0; from < tasks.length; from += AT_ONCE)
		calls.push({ name: "tasks.patch", args: { project, tasks: tasks.slice(from, from + AT_ONCE) } });
	return calls;
}
