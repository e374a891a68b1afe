/**
 * Why the server did not accept something, in the reader's language. Its problems name the rule that said no in a word of
 * its own (`code`); the sentence beside it is English, for programs and logs. A rule that is not known here keeps that
 * sentence in English and is told by its sort in other languages.
 */
import { m } from "$paraglide/messages";
import { preferences } from "./preferences.svelte";

/** What of a problem decides: a `Problem` of the data layer, or one that was kept. */
export interface Refusal {
	status: number;
	title: string;
	detail?: string | null;
	field?: string | null;
	code?: string | null;
}

/** By the rule; the words are given the server's sentence, which has the names in it. */
const RULES: Readonly<Record<string, (sentence: string) => string>> = {
	address_taken: m.people_email_taken,
	admins_only: m.app_no_admins,
	ask_for_one: m.app_no_meanwhile,
	ask_not_late: m.app_no_meanwhile,
	ask_not_urgent: m.app_no_meanwhile,
	ask_open: m.app_no_meanwhile,
	ask_over: m.app_no_ask_over,
	ask_taken: m.app_no_taken,
	asked_already: m.app_no_asked_already,
	asked_only: m.app_no_asked,
	asker_only: m.app_no_asker,
	authors_only: m.app_no_authors,
	busy: m.app_no_busy,
	cannot_answer: named(/(\S.*) cannot answer here/, (name) => m.app_no_cannot_answer({ name })),
	cannot_read: named(/(\S.*) cannot read this thread/, (name) => m.app_no_cannot_read({ name })),
	cannot_see: named(/(\S.*) cannot see this space/, (name) => m.app_no_cannot_see({ name })),
	cycle: named(/wait for each other: (.+)\.$/, (keys) => m.app_no_cycle({ keys })),
	day_too_far: m.app_no_day_too_far,
	due_before_start: m.app_no_due_before_start,
	empty: m.app_no_empty,
	every_day_off: m.app_no_every_day_off,
	file_too_large: m.app_no_file_too_large,
	handoff_over: m.app_no_handoff_over,
	group_is_asked: m.app_no_group_asked,
	group_only: m.app_no_group,
	guests_cannot: m.app_no_guests,
	hours_first: m.app_no_hours_first,
	invitation_used: m.app_no_invitation_used,
	key_taken: m.app_no_key_taken,
	last_member: m.app_no_last_member,
	last_owner: m.app_no_last_owner,
	last_stage: m.app_no_last_stage,
	lead_asked: m.app_no_lead_asked,
	lead_in_ask: m.app_no_lead_asked,
	loop: m.app_no_loop,
	mail_not_set_up: m.app_no_mail,
	member_removed: m.app_no_member_removed,
	members_only: m.app_no_members,
	missing: m.app_no_missing,
	moved_meanwhile: m.app_no_meanwhile,
	name_taken: m.app_no_name_taken,
	needs_due: m.app_no_needs_due,
	never_comes: m.app_no_never,
	no_address: m.app_no_address,
	no_browser: m.app_no_browser,
	no_cover: m.app_no_cover,
	no_days: m.app_no_days,
	no_deliverable: m.goals_no_deliverable,
	no_hours: m.app_no_their_hours,
	no_lead: m.app_no_lead,
	no_listed_reason: m.app_no_listed_reason,
	no_slip: m.goals_no_slip,
	no_title_column: m.app_no_title_column,
	no_web_address: m.goals_evidence_link_wrong,
	no_working_time: m.app_no_working_time,
	no_queue: m.app_no_queue,
	nobody: m.app_no_nobody,
	nobody_can_take: m.app_no_takers,
	not_a_board: m.app_no_not_a_board,
	not_a_key: m.work_key_wrong,
	not_a_picture: m.app_no_picture,
	not_a_rule: m.app_no_rule,
	not_a_table: m.app_no_not_a_table,
	not_an_address: m.app_no_wrong_address,
	not_asked: m.goals_no_asked,
	not_here: m.app_no_not_here,
	not_in_space: m.app_no_not_in_space,
	not_invited: m.app_no_not_invited,
	not_of_thread: m.app_no_gone,
	not_theirs: m.app_no_authors,
	not_whole: m.app_no_not_whole,
	not_yours: m.app_no_not_yours,
	not_urgently: m.app_no_not_urgently,
	other_kind: m.goals_no_other_kind,
	out_of_range: m.app_no_time,
	overtaken: m.app_no_meanwhile,
	own_ask: m.app_no_own_ask,
	own_cover: m.app_no_own_cover,
	own_hours_only: m.app_no_own_hours,
	own_page: m.app_no_meanwhile,
	owner_already: m.app_no_meanwhile,
	owner_only: m.goals_no_owner,
	owners_only: m.app_no_owners,
	post_removed: m.app_no_post_removed,
	project_archived: named(/^(.+) is archived: /, (name) => m.app_no_archived({ name })),
	requester_only: m.goals_no_requester,
	same_time_off: m.app_no_same_time_off,
	same_zone: m.app_no_same_zone,
	set_up_already: m.app_no_set_up,
	space_archived: named(/^(.+) is archived: /, (name) => m.app_no_archived({ name })),
	stage_has_tasks: m.app_no_meanwhile,
	taken: m.app_no_meanwhile,
	task_taken: m.app_no_taken,
	thread_closed: m.app_no_closed,
	thread_open: m.app_no_open,
	too_deep: m.app_no_too_deep,
	too_long: m.app_no_too_long,
	too_many: m.app_no_too_many_entries,
	too_many_cards: m.app_no_too_many_cards,
	too_many_entries: m.app_no_too_many_entries,
	too_many_fields: m.app_no_too_many_entries,
	too_many_labels: m.app_no_too_many_entries,
	too_many_open: m.app_no_too_many_open,
	too_many_stages: m.app_no_too_many_entries,
	too_many_steps: m.app_no_too_many_entries,
	too_many_views: m.app_no_too_many_entries,
	too_many_waits: m.app_no_too_many_entries,
	too_short: m.app_no_too_short,
	twice: m.app_no_twice,
	waits_already: m.app_no_twice,
	wrong_password: m.app_no_password,
};

/** What a field names that is not there: by default somebody. */
const GONE: Readonly<Record<string, () => string>> = {
	stage: m.app_no_stage_here,
	after: m.app_no_stage_here,
	parent: m.app_no_task_here,
	task: m.app_no_task_here,
	tasks: m.app_no_task_here,
	ask: m.app_no_thing_here,
	choice: m.app_no_thing_here,
	from_ask: m.app_no_thing_here,
	from_post: m.app_no_thing_here,
	group: m.app_no_thing_here,
	label: m.app_no_thing_here,
	labels: m.app_no_thing_here,
	project: m.app_no_thing_here,
	projects: m.app_no_thing_here,
	space: m.app_no_thing_here,
	values: m.app_no_thing_here,
};

/** The words for the field: for `changes[2].patch.labels[0]` those of `labels`. */
function goneWords(field: string): string {
	const names = field.replaceAll(/\[\d+\]/g, "").split(".");
	const last = names.at(-2) === "values" ? "values" : (names.at(-1) ?? "");
	const words = Object.hasOwn(GONE, last) ? GONE[last] : undefined;
	return (words ?? m.app_no_not_here)();
}

/** Words with the name that the sentence begins with, after the field that it is about. */
function named(form: RegExp, words: (name: string) => string): (sentence: string) => string {
	return (sentence) => {
		const name = form.exec(sentence.replace(/^[\w.[\]]+: /, ""))?.[1];
		return name ? words(name) : m.app_no_wrong();
	};
}

/** One sentence for the person. */
export function refusalWords({ status, title, detail, field, code }: Refusal): string {
	const sentence = detail ?? title;
	if (code === "not_here" && field) return goneWords(field);
	const rule = code && Object.hasOwn(RULES, code) ? RULES[code] : undefined;
	if (rule) return rule(sentence);
	// The name of a field is for programs.
	const plain = field ? m.app_no_wrong() : sentence;
	return preferences.current.language === "en" && status >= 400 && status < 500 && status !== 404
		? plain
		: bySort(status);
}

function bySort(status: number): string {
	if (status < 400) return m.app_no_answer();
	if (status === 404) return m.app_no_gone();
	if (status === 403) return m.app_no_forbidden();
	if (status === 409) return m.app_no_meanwhile();
	if (status === 413) return m.app_no_too_large();
	if (status === 429) return m.app_no_too_many();
	return status >= 500 ? m.app_no_ours() : m.app_no_wrong();
}
