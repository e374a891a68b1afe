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

/** Objects of one kind that did not come along, for one reason. */
export interface LeftOut {
	kind: string;
	reason: string;
	count: number;
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
