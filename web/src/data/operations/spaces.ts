import type { Scratch } from "../store";
import type { Id, Instant, Norms, Space } from "../types";
import { type Definitions, defined, previous } from "./definition";

export interface SpaceArguments {
	"workspace.patch": { id: Id; name?: string; norms?: Norms };
	"space.create": {
		id: Id;
		name: string;
		purpose?: string;
		visibility: Space["visibility"];
		social?: boolean;
		hue?: number;
		members?: Id[];
	};
	"space.patch": {
		id: Id;
		name?: string;
		purpose?: string;
		visibility?: Space["visibility"];
		social?: boolean;
		hue?: number;
		archived?: boolean;
		/** `null`: those of the workspace. */
		norms?: Norms | null;
		lead?: Id | null;
	};
	"space.join": { space: Id; member: Id };
	"space.leave": { space: Id; member: Id };
	"group.create": { id: Id; name: string; members: Id[] };
	"group.patch": { id: Id; name?: string; members?: Id[] };
	"group.remove": { id: Id };
}

export const spaces: Definitions<SpaceArguments> = {
	"workspace.patch": {
		request: ({ id: _, ...change }) => ({ method: "PATCH", path: "/workspace", body: change }),
		lane: ({ id }) => id,
		apply(rows, { id, ...change }) {
			const workspace = rows.row("workspaces", id);
			if (workspace) rows.put("workspaces", { ...workspace, ...defined(change) });
		},
		inverse(rows, args) {
			const workspace = rows.row("workspaces", args.id);
			return workspace ? [{ name: "workspace.patch", args: { id: args.id, ...previous(args, workspace) } }] : [];
		},
		text: ({ name, norms }) => [name, norms?.note].filter(Boolean).join("\n\n"),
	},
	"space.create": {
		request: (space) => ({ method: "POST", path: "/spaces", body: space }),
		lane: ({ id }) => id,
		creates: ({ id }) => [id],
		apply(rows, { id, members = [], ...space }, { at, by }) {
			if (rows.row("spaces", id)) return;
			const all = [...new Set([by, ...members])];
			rows.put("spaces", { ...blankSpace(id, by, at), ...defined(space), member_count: all.length });
			for (const member of all) rows.put("space_members", { id: `${id}/${member}`, space: id, member, joined_at: at });
		},
		text: ({ name, purpose }) => [name, purpose].filter(Boolean).join("\n\n"),
	},
	"space.patch": {
		request: ({ id, ...change }) => ({ method: "PATCH", path: `/spaces/${id}`, body: change }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply(rows, { id, archived, ...change }, { at }) {
			const space = rows.row("spaces", id);
			if (!space) return;
			const archive = archived === undefined ? {} : { archived_at: archived ? at : null };
			rows.put("spaces", { ...space, ...defined(change), ...archive });
		},
		inverse(rows, args) {
			const space = rows.row("spaces", args.id);
			if (!space) return [];
			const before = { ...space, archived: space.archived_at !== null };
			return [{ name: "space.patch", args: { id: args.id, ...previous(args, before) } }];
		},
		text: ({ name, purpose }) => [name, purpose].filter(Boolean).join("\n\n"),
	},
	"space.join": {
		request: (args) => ({ method: "PUT", path: membership(args) }),
		lane: ({ space }) => space,
		uses: ({ space }) => [space],
		apply(rows, { space, member }, { at }) {
			const row = { id: `${space}/${member}`, space, member, joined_at: at };
			if (rows.row("space_members", row.id)) return;
			rows.put("space_members", row);
			countMembers(rows, space, 1);
		},
		inverse: (_rows, args) => [{ name: "space.leave", args }],
	},
	"space.leave": {
		request: (args) => ({ method: "DELETE", path: membership(args) }),
		lane: ({ space }) => space,
		uses: ({ space }) => [space],
		apply(rows, { space, member }) {
			const id = `${space}/${member}`;
			if (!rows.row("space_members", id)) return;
			rows.remove("space_members", id);
			countMembers(rows, space, -1);
		},
		inverse: (_rows, args) => [{ name: "space.join", args }],
	},
	"group.create": {
		request: (group) => ({ method: "POST", path: "/groups", body: group }),
		lane: ({ id }) => id,
		creates: ({ id }) => [id],
		apply(rows, { id, name, members }, { at, by }) {
			if (!rows.row("groups", id)) rows.put("groups", { id, name, slug: id, members, created_by: by, created_at: at });
		},
		inverse: (_rows, { id }) => [{ name: "group.remove", args: { id } }],
		text: ({ name }) => name,
	},
	"group.patch": {
		request: ({ id, ...change }) => ({ method: "PATCH", path: `/groups/${id}`, body: change }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply(rows, { id, ...change }) {
			const group = rows.row("groups", id);
			if (group) rows.put("groups", { ...group, ...defined(change) });
		},
		inverse(rows, args) {
			const group = rows.row("groups", args.id);
			return group ? [{ name: "group.patch", args: { id: args.id, ...previous(args, group) } }] : [];
		},
		text: ({ name }) => name ?? "",
	},
	"group.remove": {
		request: ({ id }) => ({ method: "DELETE", path: `/groups/${id}` }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply: (rows, { id }) => rows.remove("groups", id),
	},
};

function blankSpace(id: Id, by: Id, at: Instant): Space {
	return {
		id,
		name: "",
		slug: id,
		purpose: "",
		visibility: "open",
		social: false,
		hue: 1,
		archived_at: null,
		created_at: at,
		created_by: by,
		member_count: 0,
		norms: null,
		lead: null,
	};
}

function membership({ space, member }: { space: Id; member: Id }): string {
	return `/spaces/${space}/members/${member}`;
}

function countMembers(rows: Scratch, id: Id, by: number): void {
	const space = rows.row("spaces", id);
	if (space) rows.put("spaces", { ...space, member_count: Math.max(0, space.member_count + by) });
}
