/** Many tasks in little room, as the board of a project comes: field by field. */

import type { Id, Instant, Task } from "./types";
import type { TaskColumns } from "./view-types";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** The letters in which the numbers of values are written. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The letters of an id that say when it was made, and those after them. */
const OF_TIME = 10;
const AFTER = 16;

/** The tasks of a portion. Their fields come in one order, whatever the portion says how. */
export function tasksOf(columns: TaskColumns): Task[] {
	const { born, ids, key, numbers, same, few, each, times } = columns;
	const columnOf: [string, (at: number) => unknown][] = [
		...Object.entries(same).map(([name, value]): [string, () => unknown] => [name, () => value]),
		...Object.entries(few).map(([name, { values, of }]): [string, (at: number) => unknown] => [
			name,
			(at) => values[LETTERS.indexOf(of.charAt(at))],
		]),
		...Object.entries(each).map(([name, values]): [string, (at: number) => unknown] => [name, (at) => values[at]]),
	];
	columnOf.sort(([a], [b]) => (a < b ? -1 : 1));
	const tasks: Task[] = [];
	let made = 0;
	let number = 0;
	for (let at = 0; at < born.length; at++) {
		made += born[at] ?? 0;
		number += numbers[at] ?? 0;
		const moved = made + (times.moved_at?.[at] ?? 0);
		const instant = (name: string): Instant | null => {
			const since = times[name]?.[at] ?? null;
			return since === null ? null : new Date(moved + since).toISOString();
		};
		const task: Record<string, unknown> = { id: idOf(made, ids.slice(at * AFTER, (at + 1) * AFTER)) };
		task.key = key + number;
		for (const [name, value] of columnOf) task[name] = value(at);
		task.moved_at = new Date(moved).toISOString();
		task.changed_at = instant("changed_at");
		task.done_at = instant("done_at");
		tasks.push(task as unknown as Task);
	}
	return tasks;
}

function idOf(made: number, rest: string): Id {
	let letters = "";
	// Beyond 32 bits there is no shifting.
	for (let left = made; letters.length < OF_TIME; left = Math.floor(left / 32))
		letters = (ALPHABET[left % 32] ?? "0") + letters;
	return `top_${letters}${rest}`;
}
