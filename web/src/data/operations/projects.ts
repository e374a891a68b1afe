import type { Scratch } from "../store";
import type { Health, Id, Label, LabelColour, Project, Stage, StageKind } from "../types";
import { type Definitions, defined, previous } from "./definition";
import { inserted } from "./tasks";

export interface ProjectArguments {
	"project.create": {
		id: Id;
		key: string;
		name: string;
		space: Id;
		purpose?: string;
		owner?: Id;
		stages: { id: Id; name: string; kind: StageKind }[];
	};
	"project.patch": {
		id: Id;
		name?: string;
		purpose?: string;
		owner?: Id | null;
		members?: Id[];
		health?: Health | null;
		health_note?: string;
		key?: string;
		archived?: boolean;
		space?: Id;
	};
	/** `after`: null puts it first, absent last. */
	"stage.add": { id: Id; project: Id; name: string; kind: StageKind; limit?: number | null; after?: Id | null };
	"stage.patch": {
		id: Id;
		project: Id;
		name?: string;
		kind?: StageKind;
		limit?: number | null;
		after?: Id | null;
	};
	/** `to`: the stage that gets its tasks. `tasks`: which those are, so that it shows at once. */
	"stage.remove": { id: Id; project: Id; to: Id | null; tasks: Id[] };
	"label.add": { id: Id; project: Id; name: string; colour: LabelColour };
	"label.patch": { id: Id; project: Id; name?: string; colour?: LabelColour };
	"label.remove": { id: Id; project: Id };
}

/** A part of a project: they are sent in order with everything else that is done in it. */
const part = {
	lane: ({ project }: { project: Id }) => project,
	uses: ({ id, project }: { id: Id; project: Id }): (Id | undefined)[] => [project, id],
};

export const projects: Definitions<ProjectArguments> = {
	"project.create": {
		request: (project) => ({ method: "POST", path: "/projects", body: project }),
		lane: ({ id }) => id,
		creates: ({ id, stages }) => [id, ...stages.map((stage) => stage.id)],
		uses: ({ space }) => [space],
		apply(rows, { id, key, name, space, purpose, owner, stages }, { by, at }) {
			if (rows.row("projects", id)) return;
			rows.put("projects", {
				id,
				key,
				space,
				name,
				purpose: purpose ?? "",
				owner: owner ?? null,
				members: [],
				health: null,
				health_note: "",
				health_at: null,
				health_by: null,
				created_by: by,
				created_at: at,
				archived_at: null,
				stages: stages.map((stage) => ({ ...stage, limit: null })),
				labels: [],
				fields: [],
				queue: [],
				version: 0,
			});
		},
		text: ({ name, purpose }) => [name, purpose].filter(Boolean).join("\n\n"),
	},
	"project.patch": {
		request: ({ id, ...change }) => ({ method: "PATCH", path: `/projects/${id}`, body: change }),
		lane: ({ id }) => id,
		uses: ({ id, space }) => [id, space],
		apply: (rows, { id, archived, ...change }, { at, by }) =>
			patchProject(rows, id, (project) => ({
				...project,
				...defined(change),
				...(change.health === undefined ? {} : { health_at: at, health_by: by }),
				...(archived === undefined ? {} : { archived_at: archived ? at : null }),
			})),
		inverse(rows, args) {
			const project = rows.row("projects", args.id);
			if (!project) return [];
			const before = { ...project, archived: project.archived_at !== null };
			return [{ name: "project.patch", args: { id: args.id, ...previous(args, before) } }];
		},
		text: ({ name, purpose, health_note }) => [name, purpose, health_note].filter(Boolean).join("\n\n"),
	},
	"stage.add": {
		...part,
		request: ({ project, ...stage }) => ({ method: "POST", path: `/projects/${project}/stages`, body: stage }),
		creates: ({ id }) => [id],
		apply: (rows, { id, project, name, kind, limit, after }) =>
			patchProject(rows, project, (had) =>
				has(had.stages, id)
					? had
					: { ...had, stages: inserted(had.stages, { id, name, kind, limit: limit ?? null }, after) },
			),
		inverse: (_rows, { id, project }) => [{ name: "stage.remove", args: { id, project, to: null, tasks: [] } }],
		text: ({ name }) => name,
	},
	"stage.patch": {
		...part,
		request: ({ id, project: _, ...change }) => ({ method: "PATCH", path: `/stages/${id}`, body: change }),
		apply: (rows, { id, project, after, ...change }) =>
			patchProject(rows, project, (had) => {
				const stage = had.stages.find((each) => each.id === id);
				if (!stage) return had;
				const changed: Stage = { ...stage, ...defined(change) };
				const others = had.stages.filter((each) => each.id !== id);
				const stages =
					after === undefined
						? had.stages.map((each) => (each.id === id ? changed : each))
						: inserted(others, changed, after);
				return { ...had, stages };
			}),
		inverse(rows, { id, project, ...change }) {
			const stages = rows.row("projects", project)?.stages ?? [];
			const at = stages.findIndex((stage) => stage.id === id);
			const stage = stages[at];
			if (!stage) return [];
			const before = { ...stage, after: stages[at - 1]?.id ?? null };
			return [{ name: "stage.patch", args: { id, project, ...previous(change, before) } }];
		},
		text: ({ name }) => name ?? "",
	},
	"stage.remove": {
		...part,
		request: ({ id, to }) => ({ method: "DELETE", path: `/stages/${id}${to ? `?to=${to}` : ""}` }),
		uses: ({ id, project, to }) => [project, id, to ?? undefined],
		apply(rows, { id, project, to, tasks }, { at }) {
			patchProject(rows, project, (had) => ({ ...had, stages: had.stages.filter((stage) => stage.id !== id) }));
			for (const each of tasks) {
				const task = rows.row("tasks", each);
				if (task && to && task.stage === id) rows.put("tasks", { ...task, stage: to, moved_at: at, changed_at: at });
			}
		},
	},
	"label.add": {
		...part,
		request: ({ project, ...label }) => ({ method: "POST", path: `/projects/${project}/labels`, body: label }),
		creates: ({ id }) => [id],
		apply: (rows, { project, ...label }) =>
			patchProject(rows, project, (had) =>
				has(had.labels, label.id) ? had : { ...had, labels: [...had.labels, label] },
			),
		inverse: (_rows, { id, project }) => [{ name: "label.remove", args: { id, project } }],
		text: ({ name }) => name,
	},
	"label.patch": {
		...part,
		request: ({ id, project: _, ...change }) => ({ method: "PATCH", path: `/labels/${id}`, body: change }),
		apply: (rows, { id, project, ...change }) =>
			patchProject(rows, project, (had) => ({
				...had,
				labels: had.labels.map((label) => (label.id === id ? { ...label, ...defined(change) } : label)),
			})),
		inverse(rows, { id, project, ...change }) {
			const label = rows.row("projects", project)?.labels.find((each) => each.id === id);
			return label ? [{ name: "label.patch", args: { id, project, ...previous<Partial<Label>>(change, label) } }] : [];
		},
		text: ({ name }) => name ?? "",
	},
	"label.remove": {
		...part,
		request: ({ id }) => ({ method: "DELETE", path: `/labels/${id}` }),
		apply: (rows, { id, project }) =>
			patchProject(rows, project, (had) => ({ ...had, labels: had.labels.filter((label) => label.id !== id) })),
	},
};

const has = (items: readonly { id: Id }[], id: Id) => items.some((item) => item.id === id);

function patchProject(rows: Scratch, id: Id, change: (project: Project) => Project): void {
	const project = rows.row("projects", id);
	if (project) rows.put("projects", change(project));
}
