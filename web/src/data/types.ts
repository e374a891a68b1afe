/**
 * The shapes of the public API, by table and by answer. This is the only file of the client that names where they
 * come from.
 */

/** RFC 3339, UTC. */
export type Instant = string;
/** `prefix_` and 26 characters of base32. */
export type Id = string;

export interface Workspace {
	id: Id;
	name: string;
	slug: string;
	created_at: Instant;
}

export type Role = "owner" | "admin" | "member" | "guest";

export interface Member {
	id: Id;
	role: Role;
	state: "active" | "imported" | "removed";
	name: string;
	short_name: string;
	slug: string;
	city: string | null;
	picture: string | null;
	/** 1 to 8. */
	hue: number;
	schedule: MemberTime;
}

/** What others may know about a person's time. Computed by the server. */
export interface MemberTime {
	/** `null`: no schedule set. That is *unknown*, never *off*. */
	zone: string | null;
	week: Week | null;
	/** Working intervals from 24 hours before to 72 hours after the answer, time off taken out. */
	working: [Instant, Instant][];
	/** Up to when `working` is complete. */
	working_until: Instant | null;
	/** The first start after the answer, however far; `null`: never or unknown. */
	next_start: Instant | null;
	away: { from: Instant; until: Instant; cover: Id | null } | null;
}

/** Local "HH:MM" pairs of one day; an end that is not after its start is on the next day; "24:00" may be an end. */
export type Shifts = [string, string][];
/** Monday first. */
export type Week = [Shifts, Shifts, Shifts, Shifts, Shifts, Shifts, Shifts];

export interface Space {
	id: Id;
	name: string;
	slug: string;
	purpose: string;
	visibility: "open" | "private";
	social: boolean;
	hue: number;
	archived_at: Instant | null;
	created_at: Instant;
	created_by: Id | null;
	member_count: number;
}

export interface SpaceMember {
	/** `${space}/${member}` */
	id: string;
	space: Id;
	member: Id;
	joined_at: Instant;
}

export interface Topic {
	id: Id;
	/** Five characters for addresses. Until the server has given one, it is the id, which addresses take as well. */
	code: string;
	kind: "thread";
	title: string;
	/** `null`: a direct topic. */
	space: Id | null;
	/** Of a direct topic, its author among them. */
	participants: Id[];
	created_by: Id;
	created_at: Instant;
	/** The highest post number. */
	last_no: number;
	post_count: number;
	last_at: Instant;
	last_by: Id;
	/** Plain text of the last post, at most 160 characters. */
	snippet: string;
	state: "open" | "closed";
	outcome: string | null;
	outcome_html: string | null;
	closed_by: Id | null;
	closed_at: Instant | null;
	/** "Where we are", Markdown. */
	summary: string | null;
	summary_html: string | null;
	summary_by: Id | null;
	summary_at: Instant | null;
}

export interface Post {
	id: Id;
	topic: Id;
	/** From 1 in each topic. A post that is not sent yet has the number it would get now. */
	no: number;
	author: Id;
	/** Markdown; empty when deleted. */
	source: string;
	/** Safe HTML made by the server; empty when deleted. */
	html: string;
	created_at: Instant;
	edited_at: Instant | null;
	edits: number;
	deleted_at: Instant | null;
	deleted_by: Id | null;
	mentions: Id[];
	files: FileCard[];
	responses: { word: string; members: Id[] }[];
	imported: boolean;
}

export interface FileCard {
	id: Id;
	name: string;
	media_type: string;
	/** Bytes. */
	size: number;
	width: number | null;
	height: number | null;
	url: string;
}

export type AskKind = "answer" | "decide" | "review" | "do" | "acknowledge";

export type Budget =
	| { kind: "next_working_day" }
	| { kind: "half_day" }
	| { kind: "this_week" }
	| { kind: "no_rush" }
	| { kind: "exact"; at: Instant };

export interface Ask {
	id: Id;
	topic: Id;
	post: Id | null;
	kind: AskKind;
	question: string;
	asker: Id;
	asked: Id;
	budget: Budget;
	asked_at: Instant;
	/** When the asked person gets it. */
	delivered_at: Instant;
	due_at: Instant | null;
	/** Accepted with another time. */
	promised_at: Instant | null;
	state: "open" | "accepted" | "answered" | "closed" | "declined" | "passed_on" | "withdrawn";
	answer_post: Id | null;
	/** Of declining, or the note of passing on. */
	reason: string | null;
	suggested: Id | null;
	passed_to: Id | null;
	passed_from: Id | null;
	ended_at: Instant | null;
}

/** Mine alone: how I stand to a topic. No row: I do not follow it and never opened it. */
export interface Mark {
	/** The topic's id. */
	id: Id;
	following: boolean;
	read_no: number;
	done_no: number;
	/** The last post that mentions me; 0 when none does. */
	mention_no: number;
	reason: "started" | "mentioned" | "asked" | "posted" | "participant" | "follows" | null;
	later_until: Instant | null;
	kept: boolean;
	changed_at: Instant;
}

export interface Tables {
	workspaces: Workspace;
	members: Member;
	spaces: Space;
	space_members: SpaceMember;
	topics: Topic;
	posts: Post;
	asks: Ask;
	marks: Mark;
}
export type TableName = keyof Tables;

/** A row as the client shows it. */
export type Row<T extends TableName> = Tables[T] & {
	/** The operation that is still to be sent and changed this row; absent when the server has it as shown. */
	pending?: string;
};

/** `row: null`: gone for me. */
export type RowChange = { [T in TableName]: { table: T; id: string; row: Tables[T] | null } }[TableName];

/** Rows that came from the server together, true at `seq`. */
export interface Entry {
	seq: number;
	/** The operation (Idempotency-Key) that caused them. */
	operation: string | null;
	rows: RowChange[];
}
/** The answer to a write. */
export type Written = Entry;
/** One change of the stream. */
export interface Change extends Entry {
	at: Instant;
	actor: Id | null;
	verb: string;
}

export interface Settings {
	theme: string;
	density: string;
	text_size: string;
	clock: "24" | "12";
	first_weekday: "mon" | "sun" | "sat";
	language: "en" | "es" | "pt";
	single_keys: boolean;
}

export interface ServerState {
	version: string;
	needs_setup: boolean;
	workspaces: number;
	signed_in: boolean;
}

export interface MeAnswer {
	seq: number;
	member: Member;
	workspace: Workspace;
	email: string;
	members: Member[];
	spaces: Space[];
	space_members: SpaceMember[];
	counts: { waiting: number };
	settings: Settings;
}
export interface InboxAnswer {
	seq: number;
	now: Instant;
	topics: Topic[];
	marks: Mark[];
	asks: Ask[];
	posts: Post[];
	items: { topic: Id; section: "waiting" | "reading" | null; reason: string | null; ask: Id | null; unread: number }[];
}
export interface TopicAnswer {
	seq: number;
	topic: Topic;
	posts: Post[];
	asks: Ask[];
	mark: Mark | null;
	followers: Id[];
	more_before: boolean;
	more_after: boolean;
}
export interface PostsAnswer {
	seq: number;
	items: Post[];
	more: boolean;
}
export interface SpaceAnswer {
	seq: number;
	space: Space;
	members: SpaceMember[];
	open_asks: Ask[];
	topics: Topic[];
	marks: Mark[];
}
export interface SpaceTopicsAnswer {
	seq: number;
	items: Topic[];
	marks: Mark[];
	next: string | null;
}
export interface MembersAnswer {
	seq: number;
	items: Member[];
}
export interface SpacesAnswer {
	seq: number;
	items: Space[];
}
export interface MemberAnswer {
	seq: number;
	member: Member;
	spaces: Id[];
	zone_note?: string | null;
}
export interface AsksAnswer {
	seq: number;
	items: Ask[];
	topics: Topic[];
	posts?: Post[];
}
export interface SearchHit {
	kind: "topic" | "post";
	topic: Topic;
	post: Id | null;
	post_no: number | null;
	/** Who wrote it; of a title, who started the topic. */
	author: Id;
	at: Instant;
	/** Escaped text with `<mark>` around what was found. */
	excerpt_html: string;
}
export interface SearchAnswer {
	seq: number;
	items: SearchHit[];
	next: string | null;
	/** How the server understood the query. */
	query: {
		in_space: string | null;
		from: string | null;
		before: string | null;
		after: string | null;
		/** What it could not use, in sentences. */
		problems: string[];
	};
}
export interface AskPreview {
	now: Instant;
	items: {
		member: Id;
		delivered_at: Instant;
		due_at: Instant | null;
		in_hours: boolean;
		note: string | null;
		away: { until: Instant; cover: Id | null } | null;
	}[];
	choices?: { kind: Budget["kind"]; due_at: Instant | null }[];
}
/** Where Later falls in my working time; `null` where there is no such instant. */
export interface LaterChoices {
	next_start: Instant | null;
	this_afternoon: Instant | null;
	next_week: Instant | null;
}
export interface Session {
	id: Id;
	label: string;
	created_at: Instant;
	expires_at: Instant;
	current: boolean;
}
export interface TimeOff {
	id: Id;
	member: Id;
	/** Local wall time "YYYY-MM-DDTHH:MM". */
	from: string;
	to: string;
	cover: Id | null;
	/** Only for oneself. */
	note: string | null;
}
