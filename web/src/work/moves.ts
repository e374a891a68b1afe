/** Moving tasks: where to, and saying that it was done. */
import { type Id, list, mutate, placeBetween, type Row, row, type Spot, tasksOfStage } from "$data/index";
import { m } from "$paraglide/messages";
import { tellSaved } from "../settings/saved";

/** The tasks of a stage without the one that moves. */
function others(stage: Id, task: Id): Id[] {
	return list(tasksOfStage, stage).filter((id) => id !== task);
}

/** The spot before the `index`-th of the other tasks of a stage; beyond the last it is the bottom. */
export function spotAt(stage: Id, index: number, task: Id): Spot {
	const ids = others(stage, task);
	const at = Math.max(0, Math.min(index, ids.length));
	const after = ids[at - 1] ?? null;
	const place = (id: Id | null | undefined) => (id ? (row("tasks", id)?.place ?? null) : null);
	return { stage, after, place: placeBetween(place(after), place(ids[at])) };
}

/** Where a task stands now. */
export function spotOf(task: Pick<Row<"tasks">, "id" | "stage" | "place">): Spot {
	const ids = list(tasksOfStage, task.stage);
	return { stage: task.stage, after: ids[ids.indexOf(task.id) - 1] ?? null, place: task.place };
}

/** Its place in its stage: 0 is on top. */
export const indexOf = (task: Pick<Row<"tasks">, "id" | "stage">): number =>
	list(tasksOfStage, task.stage).indexOf(task.id);

/** The key as people read it; a task that is not sent yet has none. */
export const keyOf = (task: Pick<Row<"tasks">, "id" | "key">): string =>
	task.key === task.id ? m.work_key_new() : task.key;

/** Moves it there and says so, with the way back: "DRV-142 moved to In review, 2 of 3". Nothing when it stands there. */
export function move(task: Row<"tasks">, stage: Id, index: number): boolean {
	const to = spotAt(stage, index, task.id);
	const from = spotOf(task);
	if (to.stage === from.stage && to.after === from.after) return false;
	const name = row("projects", task.project)?.stages.find(({ id }) => id === stage)?.name ?? "";
	const mutation = mutate("task.move", { task: task.id, project: task.project, to, from, version: task.version });
	const ids = list(tasksOfStage, stage);
	const at = ids.indexOf(task.id) + 1;
	tellSaved(mutation, m.work_moved({ key: keyOf(task), stage: name, at, count: ids.length }));
	return true;
}

/** Done, or not done after all; with the way back, which for what was done leads to the place where it stood. */
export function setDone(task: Row<"tasks">, done: boolean): void {
	const { id, project, version } = task;
	const key = keyOf(task);
	const to = spotOf(task);
	const mutation = mutate("task.patch", { task: id, project, change: { done } });
	const undo = () =>
		void mutate("task.move", { task: id, project, to, from: spotOf(row("tasks", id) ?? task), version });
	if (done) tellSaved(mutation, m.work_done_told({ key }), { undo });
	else tellSaved(mutation, m.work_reopened_told({ key }));
}

/**
 * The way back to where these tasks stand now. The upper one of a stage goes first: by the time that the next one comes back,
 * the one that it stood below is there again.
 */
export function backToPlaces(tasks: readonly Row<"tasks">[]): () => void {
	const places = tasks
		.toSorted((a, b) => indexOf(a) - indexOf(b))
		.map(({ id, project, version, ...at }) => ({ id, project, version, to: spotOf({ id, ...at }) }));
	return () => {
		for (const { id, project, version, to } of places) {
			const task = row("tasks", id);
			if (task) mutate("task.move", { task: id, project, to, from: spotOf(task), version });
		}
	};
}

/** Nobody has it: it is mine now. */
export function take(task: Row<"tasks">): void {
	tellSaved(mutate("task.take", { task: task.id, project: task.project }), m.work_taken_told({ key: keyOf(task) }));
}

/** To the first stage of that kind, on top. False where the project has none. */
export function moveToKind(task: Row<"tasks">, kind: "not_now" | "open"): boolean {
	const stage = row("projects", task.project)?.stages.find((each) => each.kind === kind);
	return stage ? move(task, stage.id, 0) : false;
}
