/** What imports are told with. */
import { m } from "$paraglide/messages";
import type { Counts, ImportNote, Meaning } from "./import-types";

export const countName = (name: keyof Counts): string =>
	({
		lists: m.settings_import_lists,
		lists_archived: m.settings_import_archived,
		cards: m.settings_import_cards,
		cards_archived: m.settings_import_archived,
		cards_with_due: m.settings_import_with_due,
		cards_with_description: m.settings_import_with_description,
		cards_with_owner: m.settings_import_with_owner,
		labels_on_cards: m.settings_import_labels,
		attachments: m.settings_import_attachments,
		checklists: m.settings_import_checklists,
		check_items: m.settings_import_check_items,
		check_items_done: m.settings_import_items_done,
		members: m.settings_import_people,
		comments: m.settings_import_comments,
	})[name]();

/** What a note says; a sentence of an older import as it is. */
export function noteText({ code, count, name, project, to }: ImportNote, figure: Intl.NumberFormat): string {
	switch (code) {
		case "further_lists":
			return m.settings_import_note_further_lists({ count });
		case "ideas_list":
			return m.settings_import_note_ideas_list({ name });
		case "open_stage_added":
			return m.settings_import_note_open_stage({ name });
		case "done_stage_added":
			return m.settings_import_note_done_stage({ name });
		case "archived_lists":
			return m.settings_import_note_archived_lists({ count });
		case "no_room_for_stage":
			return m.settings_import_note_no_stage({ project, name, to });
		case "no_room_for_label":
			return m.settings_import_note_no_label({ project, name });
		case "no_room_for_field":
			return m.settings_import_note_no_field({ project, name });
		case "history_cut":
			return m.settings_import_note_history_cut({ number: figure.format(count) });
		case "owner_outside":
			return m.settings_import_note_outside({ count, name });
		default:
			return name;
	}
}

export const meaningName = (meaning: Meaning): string =>
	({
		nothing: m.settings_import_as_nothing,
		title: m.settings_import_as_title,
		why: m.settings_import_as_why,
		stage: m.settings_import_as_stage,
		owner: m.settings_import_as_owner,
		owner_email: m.settings_import_as_owner_email,
		due: m.settings_import_as_due,
		starts_on: m.settings_import_as_start,
		labels: m.settings_import_as_labels,
		parent: m.settings_import_as_parent,
		waits_for: m.settings_import_as_waits,
		blocks: m.settings_import_as_blocks,
		done: m.settings_import_as_done,
		created_at: m.settings_import_as_created,
		changed_at: m.settings_import_as_changed,
		id: m.settings_import_as_id,
		project: m.settings_import_as_project,
		field: m.settings_import_as_field,
	})[meaning]();
