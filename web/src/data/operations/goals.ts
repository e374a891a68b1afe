import type { Scratch } from "../store";
import type { Goal, GoalState, Id, KeyResult } from "../types";
import { type Definitions, defined, previous } from "./definition";

/** What may be changed of a goal; what is absent stays. */
export interface GoalPatch {
	title?: string;
	measure?: string;
	owner?: Id | null;
	target_date?: string | null;
	state?: GoalState;
	projects?: Id[];
	tasks?: Id[];
}
/** A key result as it is made; a number needs `to`. */
export type NewKeyResult = Pick<KeyResult, "id" | "name" | "kind" | "unit"> & { from?: number; to?: number };

export interface GoalArguments {
	"goal.create": { id: Id; space: Id; title: string; results?: NewKeyResult[] } & Pick<
		GoalPatch,
		"measure" | "owner" | "target_date" | "projects"
	>;
	"goal.patch": { id: Id; change: GoalPatch };
	"goal.result_add": { goal: Id; result: NewKeyResult };
	"goal.result_patch": { goal: Id; id: Id; name?: string; value?: number; to?: number; done?: boolean };
	"goal.result_remove": { goal: Id; id: Id };
	/** The weekly line of its owner. */
	"goal.line": { id: Id; text: string };
}

const inGoal = {
	lane: ({ goal }: { goal: Id }) => goal,
	uses: ({ goal }: { goal: Id }) => [goal],
};

export const goals: Definitions<GoalArguments> = {
	"goal.create": {
		request: (goal) => ({ method: "POST", path: "/goals", body: goal }),
		lane: ({ id }) => id,
		creates: ({ id, results }) => [id, ...(results ?? []).map((result) => result.id)],
		uses: ({ space, projects }) => [space, ...(projects ?? [])],
		apply(rows, { id, space, title, results, ...given }, { by, at }) {
			if (rows.row("goals", id)) return;
			rows.put("goals", {
				id,
				space,
				title,
				measure: given.measure ?? "",
				owner: given.owner ?? null,
				target_date: given.target_date ?? null,
				state: "open",
				results: (results ?? []).map(newResult),
				line: null,
				projects: given.projects ?? [],
				tasks: [],
				created_by: by,
				created_at: at,
				ended_at: null,
				version: 0,
			});
		},
		inverse: (_rows, { id }) => [{ name: "goal.patch", args: { id, change: { state: "dropped" } } }],
		text: ({ title }) => title,
	},
	"goal.patch": {
		request: ({ id, change }) => ({ method: "PATCH", path: `/goals/${id}`, body: change }),
		lane: ({ id }) => id,
		uses: ({ id, change }) => [id, ...(change.projects ?? []), ...(change.tasks ?? [])],
		apply(rows, { id, change }, { at }) {
			patch(rows, id, (goal) => ({
				...goal,
				...defined(change),
				...(change.state === undefined || change.state === goal.state
					? {}
					: { ended_at: change.state === "open" ? null : at }),
			}));
		},
		inverse(rows, { id, change }) {
			const goal = rows.row("goals", id);
			return goal ? [{ name: "goal.patch", args: { id, change: previous(change, goal) } }] : [];
		},
		text: ({ change }) => [change.title, change.measure].filter(Boolean).join("\n\n"),
	},
	"goal.result_add": {
		...inGoal,
		request: ({ goal, result }) => ({ method: "POST", path: `/goals/${goal}/results`, body: result }),
		creates: ({ result }) => [result.id],
		apply: (rows, { goal, result }) =>
			patchResults(rows, goal, (all) => (all.some(({ id }) => id === result.id) ? all : [...all, newResult(result)])),
		inverse: (_rows, { goal, result }) => [{ name: "goal.result_remove", args: { goal, id: result.id } }],
		text: ({ result }) => result.name,
	},
	"goal.result_patch": {
		...inGoal,
		request: ({ goal, id, ...change }) => ({ method: "PATCH", path: `/goals/${goal}/results/${id}`, body: change }),
		uses: ({ goal, id }) => [goal, id],
		apply: (rows, { goal, id, done, ...change }, { at }) =>
			patchResults(rows, goal, (all) =>
				all.map((result) => {
					if (result.id !== id) return result;
					const changed = { ...result, ...defined(change) };
					const isDone = changed.kind === "number" ? hasArrived(changed) : (done ?? result.done_at !== null);
					return { ...changed, done_at: isDone ? (result.done_at ?? at) : null };
				}),
			),
		inverse(rows, { goal, id, ...change }) {
			const result = rows.row("goals", goal)?.results.find((each) => each.id === id);
			if (!result) return [];
			const before = { ...result, done: result.done_at !== null };
			return [{ name: "goal.result_patch", args: { goal, id, ...previous(change, before) } }];
		},
	},
	"goal.result_remove": {
		...inGoal,
		request: ({ goal, id }) => ({ method: "DELETE", path: `/goals/${goal}/results/${id}` }),
		uses: ({ goal, id }) => [goal, id],
		apply: (rows, { goal, id }) => patchResults(rows, goal, (all) => all.filter((result) => result.id !== id)),
	},
	"goal.line": {
		request: ({ id, text }) => ({ method: "POST", path: `/goals/${id}/lines`, body: { text } }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply: (rows, { id, text }, { by, at }) => patch(rows, id, (goal) => ({ ...goal, line: { text, by, at } })),
		text: ({ text }) => text,
	},
};

function newResult({ id, name, kind, unit, from = 0, to }: NewKeyResult): KeyResult {
	if (kind === "done") return { id, name, kind, unit, from: null, to: null, value: null, done_at: null };
	return { id, name, kind, unit, from, to: to ?? null, value: from, done_at: null };
}

/** Its number is where it is to arrive, or beyond. */
function hasArrived({ from, to, value }: KeyResult): boolean {
	if (from === null || to === null || value === null) return false;
	return to > from ? value >= to : value <= to;
}

function patch(rows: Scratch, id: Id, change: (goal: Goal) => Goal): void {
	const goal = rows.row("goals", id);
	if (goal) rows.put("goals", change(goal));
}

function patchResults(rows: Scratch, id: Id, change: (results: KeyResult[]) => KeyResult[]): void {
	patch(rows, id, (goal) => ({ ...goal, results: change(goal.results) }));
}
