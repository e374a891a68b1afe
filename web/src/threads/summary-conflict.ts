import type { Refused } from "$data/index";

/** Whether the server refused "where we are" because somebody else had written it meanwhile. Both are shown there. */
export function isSummaryConflict({ name, args, problem }: Refused, topic: string): boolean {
	const { id, summary } = args as { id?: string; summary?: unknown };
	return name === "topic.patch" && problem.status === 409 && id === topic && summary !== undefined;
}
