import type { AskKind, Budget, NamedBudget, Norms } from "$data/types";

/** The kinds of an ask, in the order in which they are offered. */
export const KINDS: readonly AskKind[] = ["answer", "review", "decide", "do", "acknowledge"];

/** The budgets that a norm may name, the shortest first. */
export const USUAL: readonly Exclude<NamedBudget, "urgent" | "exact">[] = [
	"half_day",
	"next_working_day",
	"this_week",
	"no_rush",
];

export const NO_NORMS: Norms = { budgets: {}, urgent_reasons: [], rota: [], note: "" };

/** How one replies in a space: its own norms, or the workspace's; a kind without a time of its own falls back. */
export function normsOf(workspace: Norms | undefined, space: Norms | null | undefined): Norms {
	const all = workspace ?? NO_NORMS;
	return space ? { ...space, budgets: { ...all.budgets, ...space.budgets } } : all;
}

/** The budget that an ask of a kind begins with. */
export function usualBudget(norms: Norms, kind: AskKind): Budget {
	return { kind: norms.budgets[kind] ?? "next_working_day" };
}

/** Whether there is anything to show to somebody who writes. */
export function saysSomething(norms: Norms): boolean {
	return norms.note.trim() !== "" || Object.keys(norms.budgets).length > 0;
}

/** A list without its empty and double lines, each trimmed. */
export function tidied(lines: readonly string[], most: number): string[] {
	return [...new Set(lines.map((line) => line.replace(/\s+/g, " ").trim()))].filter(Boolean).slice(0, most);
}
