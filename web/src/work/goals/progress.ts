/** How far a goal has come: by its key results, else by what was accepted, else by what is done. */
import type { Goal, GoalCounts, KeyResult } from "$data/index";

/** From 0 to 1. */
export function partOf({ kind, from, to, value, done_at }: KeyResult): number {
	if (kind === "done" || from === null || to === null || value === null || from === to) return done_at ? 1 : 0;
	return Math.max(0, Math.min(1, (value - from) / (to - from)));
}

/** From 0 to 1; null where there is nothing to tell it by. */
export function progress(goal: Pick<Goal, "results" | "state">, counts: GoalCounts | undefined): number | null {
	if (goal.state === "reached") return 1;
	if (goal.results.length > 0)
		return goal.results.reduce((sum, result) => sum + partOf(result), 0) / goal.results.length;
	if (counts && counts.deliverables > 0) return counts.accepted / counts.deliverables;
	return counts && counts.tasks > 0 ? counts.done / counts.tasks : null;
}

/** Whether the owner's line is of another week: older than six days. */
export function isLineDue(goal: Pick<Goal, "line" | "state">, now: number): boolean {
	return goal.state === "open" && (goal.line === null || now - Date.parse(goal.line.at) > 6 * 86_400_000);
}

/** The month before or after, "2026-11". */
export function monthBeside(month: string, by: 1 | -1): string {
	const date = new Date(`${month}-15T12:00:00Z`);
	date.setUTCMonth(date.getUTCMonth() + by);
	return date.toISOString().slice(0, 7);
}
