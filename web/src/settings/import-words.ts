/** What imports are told with. */
import { m } from "$paraglide/messages";
import type { Counts, Meaning } from "./import-types";

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
