/** Accepting, giving back and taking back: said with the way back where there is one. */
import { mutate, type Row, row } from "$data/index";
import { m } from "$paraglide/messages";
import { tellSaved } from "../settings/saved";
import { keyOf } from "./moves";
import { shortName } from "./takers";

type Handoff = Row<"handoffs">;

/** Who is named as the one from whom it comes. */
export const giverOf = ({ from, by }: Pick<Handoff, "from" | "by">): string => from ?? by;

function argsOf(handoff: Handoff) {
	const project = row("tasks", handoff.task)?.project ?? "";
	return { id: handoff.id, task: handoff.task, project };
}

const keyOfTask = (handoff: Handoff): string => {
	const task = row("tasks", handoff.task);
	return task ? keyOf(task) : "";
};

/** It is mine now, and what was said about that waits for nothing any more. */
export function accept(handoff: Handoff): void {
	const last = row("topics", handoff.task)?.last_no;
	if (last !== undefined)
		mutate("mark.set", { topic: handoff.task, read_no: last, done_no: last, later_until: null, kept: false });
	tellSaved(mutate("handoff.accept", argsOf(handoff)), m.work_accepted_told({ key: keyOfTask(handoff) }));
}

/** It stays whose it is. */
export function decline(handoff: Handoff, reason: string): void {
	const mutation = mutate("handoff.decline", { ...argsOf(handoff), reason });
	const name = shortName(giverOf(handoff));
	tellSaved(mutation, m.work_returned_told({ key: keyOfTask(handoff), name }));
}

export function takeBack(handoff: Handoff): void {
	tellSaved(mutate("handoff.take_back", argsOf(handoff)), m.work_took_back_told({ key: keyOfTask(handoff) }));
}
