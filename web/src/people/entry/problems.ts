/** What to say when a request of these screens did not succeed: what happened, and what to do. */
import { refusalWords } from "$app/refusals";
import { Problem } from "$data/index";
import { duration } from "$design/time";
import { m } from "$paraglide/messages";

/** One sentence or two, for a line under the form. */
export function problemText(problem: unknown): string {
	if (!(problem instanceof Problem) || problem.status >= 500) return m.people_problem_ours();
	if (problem.status === 0) return m.people_problem_unreachable();
	if (problem.status === 429) return m.people_problem_too_many({ duration: waitOf(problem) });
	return refusalWords(problem);
}

/** The field of a form that the server refused, of those that the form has. */
export function fieldOf<Name extends string>(problem: unknown, names: readonly Name[]): Name | null {
	const field = problem instanceof Problem ? problem.field : undefined;
	return names.find((name) => name === field) ?? null;
}

function waitOf({ extra }: Problem): string {
	return duration(Math.max(1, Math.ceil((extra.retryAfter ?? 60_000) / 60_000)));
}
