/** The whole list of what an import left behind, as a table for other programs. */
import { api } from "$data/index";
import type { Id } from "$data/types";
import { m } from "$paraglide/messages";
import { cell } from "../work/csv";
import type { LeftOut, LeftOutPage } from "./import-types";
import { reasonText, thingText } from "./import-words";

/** A head, then a line for each object, in the language of whoever reads it. */
export function leftOutTable(
	groups: readonly LeftOut[],
	objects: readonly LeftOutPage["items"][number][],
	figure: Intl.NumberFormat,
): string {
	const head = [
		m.settings_import_left_what(),
		m.settings_import_left_why(),
		m.settings_import_left_name(),
		m.settings_import_left_origin(),
	];
	const said = groups.map((group) => [thingText(group), reasonText(group, figure)]);
	const lines = objects.map(({ group, id, name }) => [...(said[group] ?? ["", ""]), name, id]);
	return `\ufeff${[head, ...lines].map((cells) => cells.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** All that the import left behind, page after page. */
export async function readLeftOut(id: Id): Promise<LeftOutPage["items"]> {
	const all: LeftOutPage["items"] = [];
	let after: number | null = 0;
	while (after !== null) {
		const page: LeftOutPage = await api.get(`/imports/${id}/left-out`, { after });
		all.push(...page.items);
		after = page.next;
	}
	return all;
}
