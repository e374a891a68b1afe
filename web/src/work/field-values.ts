/** What tasks say in the fields of their project. */
import { type Field, type Id, row, rows, tasksOfProject } from "$data/index";
import { now } from "$design/now.svelte";
import { timeStyle } from "$design/time-style.svelte";
import { m } from "$paraglide/messages";
import { dateText, dayIn } from "./due";

export const textOfKind = (kind: Field["kind"]): string =>
	({
		text: m.work_field_text,
		number: m.work_field_number,
		date: m.work_field_date,
		choice: m.work_field_choice,
		member: m.work_field_member,
	})[kind]();

/** A value as people read it; empty where it says nothing. */
export function valueText(field: Field, value: unknown): string {
	if (value === undefined || value === null || value === "") return "";
	switch (field.kind) {
		case "number":
			return new Intl.NumberFormat(timeStyle.language, { maximumFractionDigits: 10 }).format(Number(value));
		case "date":
			return dateText(String(value), dayIn(timeStyle.zone, now.minute), timeStyle);
		case "choice":
			return field.choices.find(({ id }) => id === value)?.name ?? "";
		case "member":
			return row("members", String(value))?.short_name ?? m.work_someone();
		default:
			return String(value);
	}
}

/** What tasks say in a field, by the task; of those that are on the board. `only`: with these values. */
export function said(project: Id, field: Id, only?: readonly Id[]): Record<Id, unknown> {
	const found = rows(tasksOfProject, project).flatMap(({ id, values }): [Id, unknown][] => {
		const value = values[field];
		return value === undefined || (only && !only.includes(String(value))) ? [] : [[id, value]];
	});
	return Object.fromEntries(found);
}
