/** Imports of boards and tables, as the server tells of them. */
import type { Id, Instant } from "$data/types";

export const COUNTS = [
	"lists",
	"lists_archived",
	"cards",
	"cards_archived",
	"cards_with_due",
	"cards_with_description",
	"cards_with_owner",
	"labels_on_cards",
	"attachments",
	"checklists",
	"check_items",
	"check_items_done",
	"members",
	"comments",
] as const;
export type Counts = Record<(typeof COUNTS)[number], number>;

/** What did not come along; `words`: `kind` says it in English, from before there were codes. */
export const THINGS = [
	"archived_list",
	"board_description",
	"card",
	"checklist",
	"checklist_item",
	"choice_of_field",
	"colour_of_cover",
	"column",
	"comment",
	"content_of_file",
	"cover",
	"date",
	"dependency",
	"description",
	"due_of_item",
	"field",
	"history",
	"label",
	"label_on_card",
	"link",
	"list_name",
	"list_of_card",
	"part",
	"place_on_map",
	"power_up_data",
	"reminder",
	"start_date",
	"sticker",
	"template",
	"title",
	"value_of_field",
	"vote",
	"words",
] as const;
export type ImportThing = (typeof THINGS)[number];

/** Why; `sentence`: `reason` says it in English. */
export const REASONS = [
	"stage_name_cut",
	"too_many_choices",
	"too_many_fields",
	"too_many_labels",
	"too_many_steps",
	"title_cut",
	"description_cut",
	"purpose_cut",
	"step_cut",
	"value_cut",
	"post_cut",
	"no_date",
	"date_too_far",
	"undated",
	"start_after_due",
	"unreadable",
	"empty",
	"cannot_hold",
	"field_missing",
	"label_missing",
	"no_such_title",
	"parts_too_deep",
	"no_part",
	"wait_loop",
	"wait_refused",
	"other_card",
	"history_kept",
	"card_missing",
	"card_twice",
	"list_missing",
	"cover_missing",
	"cover_colour",
	"file_missing",
	"no_web_address",
	"template_is_task",
	"no_power_ups",
	"reminders_follow_hours",
	"no_step_dates",
	"no_places",
	"no_stickers",
	"no_votes",
	"sentence",
] as const;
export type ImportReason = (typeof REASONS)[number];

/** Objects of one kind that did not come along, for one reason. */
export interface LeftOut {
	thing: ImportThing;
	/** Of an entry of the history, its kind where it came from. */
	detail: string;
	code: ImportReason;
	/** The figure that the reason names. */
	most: number;
	/** In English. */
	kind: string;
	/** In English. */
	reason: string;
	count: number;
	/** How many are named in the whole list; 0 in reports from before there was one. */
	named: number;
	/** The first of them. */
	objects: { id: string; name: string }[];
}

export interface PersonFound {
	origin: string;
	name: string;
	username: string;
	email: string | null;
	/** Null: not here yet. */
	member: Id | null;
	by: "hand" | "before" | "email" | "name" | "nothing";
}

/** What else there is to know: a code that this client says, or a sentence in English from before there were codes. */
export interface ImportNote {
	code:
		| "further_lists"
		| "ideas_list"
		| "open_stage_added"
		| "done_stage_added"
		| "archived_lists"
		| "no_room_for_stage"
		| "no_room_for_label"
		| "no_room_for_field"
		| "history_cut"
		| "owner_outside"
		| "sentence";
	count: number;
	name: string;
	project: string;
	to: string;
}

export interface ImportReport {
	carried: Counts;
	added: Counts;
	not_carried: LeftOut[];
	missing_comments: { count: number; cards: { name: string; count: number }[]; oldest: Instant | null } | null;
	notes: ImportNote[];
	people: PersonFound[];
	new_people: number;
	files: number;
	project: string;
	key: string | null;
	project_created: boolean;
	space: string;
	complete: boolean;
}

export const MEANINGS = [
	"nothing",
	"title",
	"why",
	"stage",
	"owner",
	"owner_email",
	"due",
	"starts_on",
	"labels",
	"parent",
	"waits_for",
	"blocks",
	"done",
	"created_at",
	"changed_at",
	"id",
	"project",
	"field",
] as const;
export type Meaning = (typeof MEANINGS)[number];
export type DateOrder = "day_first" | "month_first";

export interface ImportTable {
	columns: { name: string; meaning: Meaning; sample: string[] }[];
	lines: number;
	delimiter: string;
	dates: DateOrder | null;
	dates_are_unclear: boolean;
	asana: boolean;
}

export interface ImportPreview {
	source: "trello" | "csv";
	report: ImportReport;
	table: ImportTable | null;
}

export interface Import {
	id: Id;
	state: "running" | "stopping" | "stopped" | "done" | "failed";
	file_name: string;
	source: "trello" | "csv";
	space: Id;
	project: Id | null;
	done: number;
	tasks: number;
	report: ImportReport | null;
	problem: string | null;
	created_by: Id;
	created_at: Instant;
	moved_at: Instant;
	ended_at: Instant | null;
}

/** Some of what an import left behind; `group` is the place in `not_carried`. */
export interface LeftOutPage {
	items: { group: number; id: string; name: string }[];
	next: number | null;
}

/** What to import, and how. */
export interface ImportWish {
	file: Id;
	files?: Id[];
	space: Id;
	project?: Id | null;
	name?: string;
	people?: { origin: string; member: Id | null }[];
	table?: { columns?: Meaning[]; dates?: DateOrder };
}
