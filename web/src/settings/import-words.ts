/** What imports are told with. */
import { m } from "$paraglide/messages";
import type { Counts, ImportNote, ImportReason, ImportThing, LeftOut, Meaning } from "./import-types";

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

const THINGS: Record<Exclude<ImportThing, "words">, () => string> = {
	archived_list: m.settings_import_thing_archived_list,
	board_description: m.settings_import_thing_board_description,
	card: m.settings_import_thing_card,
	checklist: m.settings_import_thing_checklist,
	checklist_item: m.settings_import_thing_checklist_item,
	choice_of_field: m.settings_import_thing_choice_of_field,
	colour_of_cover: m.settings_import_thing_colour_of_cover,
	column: m.settings_import_thing_column,
	comment: m.settings_import_thing_comment,
	content_of_file: m.settings_import_thing_content_of_file,
	cover: m.settings_import_thing_cover,
	date: m.settings_import_thing_date,
	dependency: m.settings_import_thing_dependency,
	description: m.settings_import_thing_description,
	due_of_item: m.settings_import_thing_due_of_item,
	field: m.settings_import_thing_field,
	history: m.settings_import_thing_history,
	label: m.settings_import_thing_label,
	label_on_card: m.settings_import_thing_label_on_card,
	link: m.settings_import_thing_link,
	list_name: m.settings_import_thing_list_name,
	list_of_card: m.settings_import_thing_list_of_card,
	part: m.settings_import_thing_part,
	place_on_map: m.settings_import_thing_place_on_map,
	power_up_data: m.settings_import_thing_power_up_data,
	reminder: m.settings_import_thing_reminder,
	start_date: m.settings_import_thing_start_date,
	sticker: m.settings_import_thing_sticker,
	template: m.settings_import_thing_template,
	title: m.settings_import_thing_title,
	value_of_field: m.settings_import_thing_value_of_field,
	vote: m.settings_import_thing_vote,
};

const REASONS: Record<Exclude<ImportReason, "sentence">, (values: { most: string }) => string> = {
	stage_name_cut: m.settings_import_why_stage_name_cut,
	too_many_choices: m.settings_import_why_too_many_choices,
	too_many_fields: m.settings_import_why_too_many_fields,
	too_many_labels: m.settings_import_why_too_many_labels,
	too_many_steps: m.settings_import_why_too_many_steps,
	title_cut: m.settings_import_why_title_cut,
	description_cut: m.settings_import_why_description_cut,
	purpose_cut: m.settings_import_why_purpose_cut,
	step_cut: m.settings_import_why_step_cut,
	value_cut: m.settings_import_why_value_cut,
	post_cut: m.settings_import_why_post_cut,
	no_date: m.settings_import_why_no_date,
	date_too_far: m.settings_import_why_date_too_far,
	undated: m.settings_import_why_undated,
	start_after_due: m.settings_import_why_start_after_due,
	unreadable: m.settings_import_why_unreadable,
	empty: m.settings_import_why_empty,
	cannot_hold: m.settings_import_why_cannot_hold,
	field_missing: m.settings_import_why_field_missing,
	label_missing: m.settings_import_why_label_missing,
	no_such_title: m.settings_import_why_no_such_title,
	parts_too_deep: m.settings_import_why_parts_too_deep,
	no_part: m.settings_import_why_no_part,
	wait_loop: m.settings_import_why_wait_loop,
	wait_refused: m.settings_import_why_wait_refused,
	other_card: m.settings_import_why_other_card,
	history_kept: m.settings_import_why_history_kept,
	card_missing: m.settings_import_why_card_missing,
	card_twice: m.settings_import_why_card_twice,
	list_missing: m.settings_import_why_list_missing,
	cover_missing: m.settings_import_why_cover_missing,
	cover_colour: m.settings_import_why_cover_colour,
	file_missing: m.settings_import_why_file_missing,
	no_web_address: m.settings_import_why_no_web_address,
	template_is_task: m.settings_import_why_template_is_task,
	no_power_ups: m.settings_import_why_no_power_ups,
	reminders_follow_hours: m.settings_import_why_reminders_follow_hours,
	no_step_dates: m.settings_import_why_no_step_dates,
	no_places: m.settings_import_why_no_places,
	no_stickers: m.settings_import_why_no_stickers,
	no_votes: m.settings_import_why_no_votes,
};

/** What did not come along: `cover`, or of the history with what the other tool calls it. */
export function thingText({ thing, detail, kind }: Pick<LeftOut, "thing" | "detail" | "kind">): string {
	const words = thing && thing !== "words" ? THINGS[thing]() : kind;
	return detail ? `${words} (${detail})` : words;
}

/** Why it did not; a sentence of an older report as it is. */
export function reasonText(
	{ code, most, reason }: Pick<LeftOut, "code" | "most" | "reason">,
	figure: Intl.NumberFormat,
): string {
	return code && code !== "sentence" ? REASONS[code]({ most: figure.format(most) }) : reason;
}

/** Whether a report was made before there were codes: what it says of things is English. */
export const isWords = ({ thing }: Pick<LeftOut, "thing">): boolean => !thing || thing === "words";

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
