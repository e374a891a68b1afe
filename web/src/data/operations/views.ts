import type { Id, SavedView, Shows } from "../types";
import { type Definitions, defined, previous } from "./definition";

export interface ViewArguments {
	"view.create": { id: Id; project: Id; name: string; shared: boolean; shows: Shows };
	/** `shows`: the whole of it. */
	"view.patch": { id: Id; project: Id; name?: string; shared?: boolean; shows?: Shows };
	"view.remove": { id: Id; project: Id };
}

const part = {
	lane: ({ project }: { project: Id }) => project,
	uses: ({ id, project }: { id: Id; project: Id }): (Id | undefined)[] => [project, id],
};

export const views: Definitions<ViewArguments> = {
	"view.create": {
		...part,
		request: ({ project, ...view }) => ({ method: "POST", path: `/projects/${project}/views`, body: view }),
		creates: ({ id }) => [id],
		uses: ({ project }) => [project],
		apply(rows, view, { by, at }) {
			if (!rows.row("views", view.id)) rows.put("views", { ...view, made_by: by, made_at: at, version: 0 });
		},
		inverse: (_rows, { id, project }) => [{ name: "view.remove", args: { id, project } }],
		text: ({ name }) => name,
	},
	"view.patch": {
		...part,
		request: ({ id, project: _, ...change }) => ({ method: "PATCH", path: `/views/${id}`, body: change }),
		apply(rows, { id, project: _, ...change }) {
			const view = rows.row("views", id);
			if (view) rows.put("views", { ...view, ...defined(change) });
		},
		inverse(rows, { id, project, ...change }) {
			const view = rows.row("views", id);
			return view ? [{ name: "view.patch", args: { id, project, ...previous<Partial<SavedView>>(change, view) } }] : [];
		},
		text: ({ name }) => name ?? "",
	},
	"view.remove": {
		...part,
		request: ({ id }) => ({ method: "DELETE", path: `/views/${id}` }),
		apply: (rows, { id }) => rows.remove("views", id),
		inverse(rows, { id, project }) {
			const view = rows.row("views", id);
			if (!view) return [];
			const { name, shared, shows } = view;
			return [{ name: "view.create", args: { id, project, name, shared, shows } }];
		},
	},
};
