/**
 * The shapes of the public API, under the names that the client uses. What each field means is said in `schema.d.ts`,
 * which is generated from the server's specification; this is the only file that reads it.
 */
import type { Goal } from "./goals-types";
import type { Handoff } from "./hands-types";
import type { Rhythm } from "./rhythm-types";
import type { components } from "./schema";
import type { SavedView } from "./view-types";
import type { Project, Task, TaskPage } from "./work-types";

type Schemas = components["schemas"];

/** RFC 3339, UTC. */
export type Instant = string;
/** `prefix_` and 26 characters of base32. */
export type Id = string;

/** `T` with the fields of `M` as `M` has them: the specification says less, or more, of them than a program can use. */
type With<T, M> = Omit<T, keyof M> & M;

// Rows

/** What a workspace or a space expects of a reply. A budget that is missing falls back. */
export type Norms = Schemas["Norms"];
export type NamedBudget = Budget["kind"];
export type Workspace = Schemas["Workspace"];
export type Role = Schemas["Role"];
export type Member = Schemas["Member"];
/** What others may know about a person's time. Computed by the server. Intervals are `[start, end)`. */
export type MemberTime = Schemas["MemberTime"];
export type Away = Schemas["Away"];
/** Monday first. */
export type Week = Schemas["Week"];
/** Local "HH:MM" pairs of one day; an end that is not after its start is on the next day; "24:00" may be an end. */
export type Shifts = Schemas["Shifts"];
/** `norms: null`: those of the workspace. */
export type Space = Schemas["Space"];
/** Its id is `${space}/${member}`. */
export type SpaceMember = Schemas["SpaceMember"];
/** People who are asked and named together. Guests do not see them. */
export type Group = Schemas["Group"];
/** What a topic is. Each kind has a page of its own. */
export type TopicKind = Schemas["TopicKind"];
/** A topic that is not sent yet has its id as `code`, which addresses take as well. */
export type Topic = Schemas["Topic"];
/** Something that was done: `verb` says what. Its post has no text, or the note of whoever did it. */
export type PostEvent = NonNullable<Post["event"]>;
/** A post that is not sent yet has the number it would get now. */
export type Post = Schemas["Post"];
export type FileCard = Schemas["FileCard"];
export type AskKind = Schemas["AskKind"];
export type AskState = Schemas["AskState"];
export type Budget = Schemas["Budget"];
/** What happens when nobody replies. */
export type Silence = Schemas["Silence"];
export type Urgent = Schemas["Urgent"];
/** `asked: null`: an ask to a group that nobody claimed. */
export type Ask = Schemas["Ask"];
/** Mine alone: how I stand to a topic. No row: I do not follow it and never opened it. */
export type Mark = Schemas["Mark"];
/** When things reach a person. `times`: 1 to 6 local "HH:MM". */
export type Plan = Exclude<Schemas["Plan"], { kind: "fixed" }> | { kind: "fixed"; times: string[] };
/** Mine alone: how things reach me. Its id is mine. */
export type Delivery = With<Schemas["Delivery"], { plan: Plan }>;
/** Where a draft will be posted. */
export type DraftPlace = Schemas["Place"];
/** When a draft is posted by itself. */
export type SendWhen = Schemas["SendWhen"];
/** Mine alone: a text that is being written, on all of my devices. */
export type ServerDraft = With<Schemas["Draft"], { ask: Record<string, unknown> | null }>;
/** A topic that somebody is shown when they are back. Its id is `${topic}/${member}/${by}`. */
export type Show = Schemas["Show"];

export type * from "./goals-types";
export type * from "./hands-types";
export type * from "./rhythm-types";
export type * from "./view-types";
export type * from "./work-types";

export interface Tables {
	workspaces: Workspace;
	members: Member;
	groups: Group;
	spaces: Space;
	space_members: SpaceMember;
	topics: Topic;
	posts: Post;
	asks: Ask;
	shows: Show;
	marks: Mark;
	deliveries: Delivery;
	drafts: ServerDraft;
	projects: Project;
	tasks: Task;
	task_pages: TaskPage;
	goals: Goal;
	handoffs: Handoff;
	views: SavedView;
	rhythms: Rhythm;
}
export type TableName = keyof Tables;

/** A row as the client shows it. */
export type Row<T extends TableName> = Tables[T] & {
	/** The operation that is still to be sent and changed this row; absent when the server has it as shown. */
	pending?: string;
};

/** `row: null`: gone for me. The specification leaves open which table a row is of. */
export type RowChange = { [T in TableName]: { table: T; id: string; row: Tables[T] | null } }[TableName];

/** Rows that came from the server together, true at `seq`. `operation`: the Idempotency-Key of what caused them. */
export type Entry = WithRows<Schemas["Written"]>;
/** The answer to a write. */
export type Written = Entry;
/** One change of the stream. */
export type Change = WithRows<Schemas["LiveChange"]>;
type WithRows<T extends { rows: unknown }> = Required<Omit<T, "rows">> & { rows: RowChange[] };

// Answers

export type ServerState = Schemas["ServerState"];
export type Settings = Schemas["Settings"];
export type MeAnswer = With<Schemas["Start"], { delivery: Delivery }>;
export type InboxAnswer = Schemas["Inbox"];
export type TopicAnswer = Schemas["TopicPage"];
export type PostsAnswer = Schemas["PostList"];
export type PostVersion = Schemas["PostVersion"];
export type PostHistory = Schemas["PostHistory"];
export type SpaceAnswer = Schemas["Overview"];
export type SpacesAnswer = Schemas["Items_Space"];
export type SpaceTopicsAnswer = Schemas["TopicList"];
export type MembersAnswer = Schemas["Items_Member"];
export type MemberAnswer = Schemas["MemberAnswer"];
export type AsksAnswer = Schemas["AskList"];
export type GroupsAnswer = Schemas["Items_Group"];
export type DraftsAnswer = With<Schemas["DraftList"], { items: ServerDraft[] }>;
export type DeliveryAnswer = With<Schemas["DeliveryAnswer"], { delivery: Delivery }>;
/** When each person gets what would be sent now. */
export type Arrivals = Schemas["Arrivals"];
export type Arrival = Schemas["Arrival"];
/** The gate before an urgent ask. */
export type UrgentGate = Schemas["Gate"];
export type UrgentLog = Schemas["UrgentLog"];
/** The asks that a time off touches, and where each will be when it is left as it is. */
export type Touches = Schemas["Touches"];
export type HolidaysAnswer = Schemas["HolidayList"];
export type TeamTime = Schemas["TeamTime"];
/** The page for coming back. Minutes are of reading. */
export type AwayAnswer = Schemas["AwayPage"];
export type SearchHit = Schemas["Hit"];
export type SearchAnswer = Schemas["Found"];
export type AskPreview = Schemas["Preview"];
export type AskTimes = Schemas["AskTimes"];
/** Where Later falls in my working time; `null` where there is no such instant. */
export type LaterChoices = Schemas["LaterChoices"];
export type SignedInAs = Schemas["SignedInAs"];
export type Session = Schemas["Session"];
export type Token = Schemas["Token"];
export type CreatedToken = Schemas["CreatedToken"];
export type Invitation = Schemas["Invitation"];
export type CreatedInvitation = Schemas["CreatedInvitation"];
export type OpenInvitation = Schemas["OpenInvitation"];
export type AdminOverview = Schemas["AdminOverview"];
export type TimeOff = Schemas["TimeOff"];

// Requests

export type Credentials = Schemas["Credentials"];
export type FirstStart = Schemas["SetUp"];
export type Acceptance = Schemas["Acceptance"];
export type SettingsPatch = Schemas["SettingsPatch"];
export type MarkPatch = Schemas["MarkPatch"];
