import { byPlace } from "./place";
import { defineView } from "./store";

/** Views that more than one trade reads. A trade's own are declared in its folder. */

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
const newestFirst = (a: { last_at: string }, b: { last_at: string }) => Date.parse(b.last_at) - Date.parse(a.last_at);
/** What has no due instant comes last. */
const dueFirst = (a: string | null, b: string | null) =>
	(a ? Date.parse(a) : Number.MAX_VALUE) - (b ? Date.parse(b) : Number.MAX_VALUE);

/** Group: topic id. Posts that are not sent yet come last. */
export const postsOfTopic = defineView({ table: "posts", group: (post) => post.topic, order: (a, b) => a.no - b.no });

/** Group: space id, or `direct`. Newest activity first. */
export const topicsOfSpace = defineView({
	table: "topics",
	group: (topic) => topic.space ?? "direct",
	order: newestFirst,
});

/** Group: the code of an address. */
export const topicOfCode = defineView({ table: "topics", group: (topic) => topic.code, order: () => 0 });

/** Group: topic id. Oldest first. */
export const asksOfTopic = defineView({
	table: "asks",
	group: (ask) => ask.topic,
	order: (a, b) => Date.parse(a.asked_at) - Date.parse(b.asked_at),
});

/** Group: the asked member. What they still owe, by due instant. */
export const asksOwed = defineView({
	table: "asks",
	group: (ask) => (ask.state === "open" || ask.state === "accepted" ? (ask.asked ?? undefined) : undefined),
	order: (a, b) => dueFirst(a.due_at, b.due_at),
});

/** Group: the group that is asked, while nobody has claimed it. By due instant. */
export const asksUnclaimed = defineView({
	table: "asks",
	group: (ask) => (ask.state === "open" && ask.asked === null ? (ask.group ?? undefined) : undefined),
	order: (a, b) => dueFirst(a.due_at, b.due_at),
});

/** Group: the asker. What has not ended for them, by when it will reach them. */
export const asksAwaited = defineView({
	table: "asks",
	group: (ask) =>
		ask.state === "open" || ask.state === "accepted" || ask.state === "answered" ? ask.asker : undefined,
	order: (a, b) => dueFirst(a.promised_at ?? a.due_at, b.promised_at ?? b.due_at),
});

/** Group: `all`. */
export const allMarks = defineView({ table: "marks", group: () => "all", order: () => 0 });

/** Group: a member's state. By name. */
export const membersByState = defineView({ table: "members", group: (member) => member.state, order: byName });

/** Group: `open` or `archived`. By name. */
export const spacesByState = defineView({
	table: "spaces",
	group: (space) => (space.archived_at ? "archived" : "open"),
	order: byName,
});

/** Group: the readable part of an address. */
export const spaceOfSlug = defineView({ table: "spaces", group: (space) => space.slug, order: () => 0 });
export const memberOfSlug = defineView({ table: "members", group: (member) => member.slug, order: () => 0 });

/** Group: space id. By joining. */
export const membersOfSpace = defineView({
	table: "space_members",
	group: (row) => row.space,
	order: (a, b) => Date.parse(a.joined_at) - Date.parse(b.joined_at),
});
/** Group: member id. */
export const spacesOfMember = defineView({
	table: "space_members",
	group: (row) => row.member,
	order: (a, b) => Date.parse(a.joined_at) - Date.parse(b.joined_at),
});

/** Group: `all`. By name. */
export const allGroups = defineView({ table: "groups", group: () => "all", order: byName });

/** Group: topic id. Whom it will be shown to, the first first. */
export const showsOfTopic = defineView({
	table: "shows",
	group: (show) => show.topic,
	order: (a, b) => Date.parse(a.at) - Date.parse(b.at),
});

/** Group: a topic's id, `new` or `direct`. The newest first. */
export const draftsOfPlace = defineView({
	table: "drafts",
	group: ({ place }) => (place.kind === "topic" ? place.topic : place.kind),
	order: (a, b) => Date.parse(b.changed_at) - Date.parse(a.changed_at),
});

/** Group: `scheduled` by when they go out, or `written` by when they changed, the newest first. */
export const draftsByState = defineView({
	table: "drafts",
	group: (draft) => (draft.send_when ? "scheduled" : "written"),
	order: (a, b) => (a.send_when ? dueFirst(a.send_at, b.send_at) : Date.parse(b.changed_at) - Date.parse(a.changed_at)),
});

/** Group: space id. What is in use first, by name. */
export const projectsOfSpace = defineView({
	table: "projects",
	group: (project) => project.space,
	order: (a, b) => Number(a.archived_at !== null) - Number(b.archived_at !== null) || byName(a, b),
});

/** Group: project id. What is everybody's first, the oldest first. */
export const viewsOfProject = defineView({
	table: "views",
	group: (view) => view.project,
	order: (a, b) => Number(b.shared) - Number(a.shared) || (a.id < b.id ? -1 : 1),
});

/** Group: stage id. What is on the board, from top to bottom. */
export const tasksOfStage = defineView({
	table: "tasks",
	group: (task) => (task.archived_at === null ? task.stage : undefined),
	order: byPlace,
});

/** Group: project id. Without what was put away. */
export const tasksOfProject = defineView({
	table: "tasks",
	group: (task) => (task.archived_at === null ? task.project : undefined),
	order: byPlace,
});

/** Group: the owner. What is still to be done, by due instant. */
export const tasksOfOwner = defineView({
	table: "tasks",
	group: (task) => (task.archived_at === null && task.done_at === null ? (task.owner ?? undefined) : undefined),
	order: (a, b) => dueFirst(a.due?.at ?? null, b.due?.at ?? null),
});

/** Group: the task that they are part of. */
export const tasksOfParent = defineView({
	table: "tasks",
	group: (task) => (task.archived_at === null ? (task.parent ?? undefined) : undefined),
	order: (a, b) => (a.id < b.id ? -1 : 1),
});

/** Group: whom a task is offered to, while that waits. The oldest first. */
export const handoffsTo = defineView({
	table: "handoffs",
	group: (handoff) => (handoff.state === "offered" ? handoff.to : undefined),
	order: (a, b) => Date.parse(a.offered_at) - Date.parse(b.offered_at),
});

/** Group: task id. The newest first. */
export const handoffsOfTask = defineView({
	table: "handoffs",
	group: (handoff) => handoff.task,
	order: (a, b) => Date.parse(b.offered_at) - Date.parse(a.offered_at),
});

/** Group: the topic that they were made from. The newest first. */
export const tasksMadeFrom = defineView({
	table: "tasks",
	group: (task) => (task.archived_at === null ? task.made_from?.topic : undefined),
	order: (a, b) => (a.id < b.id ? 1 : -1),
});

/** Group: who asked for it, where somebody else owns it. What is still to be done, by due instant. */
export const tasksRequested = defineView({
	table: "tasks",
	group: (task) =>
		task.archived_at === null && task.done_at === null && task.owner !== null && task.owner !== task.requester
			? task.requester
			: undefined,
	order: (a, b) => dueFirst(a.due?.at ?? null, b.due?.at ?? null),
});

/** Group: space id. The open ones by their day, then those that ended, the latest first. */
export const goalsOfSpace = defineView({
	table: "goals",
	group: (goal) => goal.space,
	order: (a, b) =>
		Date.parse(b.ended_at ?? "9999-01-01") - Date.parse(a.ended_at ?? "9999-01-01") ||
		dueFirst(a.target_date, b.target_date) ||
		(a.id < b.id ? -1 : 1),
});

/** Group: key. */
export const taskOfKey = defineView({ table: "tasks", group: (task) => task.key, order: () => 0 });
