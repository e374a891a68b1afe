/** Giving a task other days, and saying which they are. */
import { mutate, type Row, type TaskPatch } from "$data/index";
import { now } from "$design/now.svelte";
import { timeStyle } from "$design/time-style.svelte";
import { m } from "$paraglide/messages";
import { tellSaved } from "../settings/saved";
import { dateText, dayIn } from "./due";
import { keyOf } from "./moves";

/** Changes its days, and says so with the way back. Nothing when they are the same. */
export function redate(task: Row<"tasks">, change: TaskPatch): void {
	const due = change.due;
	const sameDue =
		due === undefined || (due === null ? task.due === null : due.date === task.due?.date && due.time === task.due.time);
	const sameStart = change.starts_on === undefined || change.starts_on === task.starts_on;
	if (sameDue && sameStart) return;
	const mutation = mutate("task.patch", { task: task.id, project: task.project, change });
	tellSaved(mutation, toldOf(task, change, sameDue));
}

function toldOf(task: Row<"tasks">, { due, starts_on }: TaskPatch, sameDue: boolean): string {
	const key = keyOf(task);
	const today = dayIn(timeStyle.zone, now.minute);
	const words = (date: string) => dateText(date, today, timeStyle);
	if (!sameDue && due) return m.work_due_told({ key, when: words(due.date) });
	if (!sameDue) return m.work_no_due_told({ key });
	return starts_on ? m.work_starts_told({ key, when: words(starts_on) }) : m.work_changed({ key });
}
