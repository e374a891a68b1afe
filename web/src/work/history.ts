/** What became of a task, as lines for its rail. */
import type { TaskPage } from "$data/types";

export interface Line {
	kind: "stage" | "hand_over";
	from: string;
	to: string;
	at: string;
}
export interface HistoryWords {
	person: (id: string) => string;
	nobody: string;
}

/** Changes of stage and of owner, the newest first. */
export function historyOf(page: Pick<TaskPage, "stages" | "hand_overs">, words: HistoryWords): Line[] {
	const person = (id: string | null) => (id ? words.person(id) : words.nobody);
	const stages = page.stages
		// Where it began is no change.
		.filter(({ from }) => from !== "")
		.map(({ from, to, at }) => ({ kind: "stage" as const, from, to, at }));
	const hands = page.hand_overs.map(({ from, to, at }) => ({
		kind: "hand_over" as const,
		from: person(from),
		to: person(to),
		at,
	}));
	return [...stages, ...hands].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
