/**
 * What the shell says of things that the server refused, with whoever has it now where somebody was faster. The words of every
 * other reason are in `refusals.ts`, which the first screen does not load.
 */
import { type Refused, row } from "$data/index";
import { m } from "$paraglide/messages";

/** The line of the shell: what was written is kept; who was faster is named. */
export function refusedLine(items: readonly Refused[]): string {
	const [first] = items;
	const holder = items.length === 1 && first && holderOf(first);
	if (holder) return holder;
	return items.some(({ text }) => text)
		? m.app_refused({ count: items.length })
		: m.app_refused_plain({ count: items.length });
}

/** Who has the task that somebody wanted to take, as far as this device knows them. */
export function holderOf({ problem, args }: Refused): string | undefined {
	if (problem.code !== "task_taken") return undefined;
	const { task, id } = args as { task?: string; id?: string };
	const known = row("tasks", task ?? id ?? "");
	const holder = known?.owner ? row("members", known.owner) : undefined;
	return holder ? m.app_no_task_taken({ name: holder.name, key: known?.key ?? "" }) : undefined;
}
