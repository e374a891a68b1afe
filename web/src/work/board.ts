/** What a board shows, from rows alone. */
import type { TaskSort, TaskView } from "$app/routes";
import { byPlace } from "$data/index";
import type { Ask, Member, Project, Stage, Task } from "$data/types";
import { minuteOfDay, type TimeStyle } from "$design/time";
import { dayAfter, dayIn, isPast } from "./due";

/** As many cards as a column shows at first, and as many more each time. */
export const FEW = 30;
/** After so many days without a change the card asks. */
export const QUIET_DAYS = 9;
/** At most so many columns of open work. */
export const MOST_OPEN = 5;

const DAY = 86_400_000;

/** Whether a stage is folded to a strip unless the person opens it: both ends of a board. */
export const isFolded = (stage: Pick<Stage, "kind">): boolean => stage.kind === "idea" || stage.kind === "not_now";

/** When this week began on the reader's calendar, in milliseconds. */
export function startOfWeek(now: number, style: TimeStyle): number {
	const weekday = new Date(Date.parse(dayIn(style.zone, now))).getUTCDay() || 7;
	const days = (weekday - style.firstWeekday + 7) % 7;
	const minute = Math.floor(now / 60_000) * 60_000;
	return minute - minuteOfDay(minute, style.zone) * 60_000 - days * DAY;
}

/** Whole days without a change of stage and without a post. */
export function quietDays(
	task: Pick<Task, "moved_at" | "changed_at">,
	topic: { last_at: string } | undefined,
	now: number,
): number {
	// Without the topic at hand nobody knows when the last post was: any change counts then.
	const last = Math.max(Date.parse(task.moved_at), Date.parse(topic?.last_at ?? task.changed_at));
	return Math.floor((now - last) / DAY);
}

/** Whether a task in that stage has been quiet for so long that the card asks about it. */
export function isQuiet(stage: Pick<Stage, "kind"> | undefined, days: number): boolean {
	return stage?.kind === "open" && days >= QUIET_DAYS;
}

/** Over the limit by so many; 0 when not. */
export const over = (stage: Pick<Stage, "limit">, count: number): number =>
	stage.limit === null ? 0 : Math.max(0, count - stage.limit);

/** The next key for a name: its consonants or first letters, "Driver app" gives DRV. `taken`: keys that are in use. */
export function proposedKey(name: string, taken: readonly string[]): string {
	const plain = name
		.normalize("NFD")
		.replace(/\p{Mark}/gu, "")
		.toUpperCase();
	const words = plain.match(/[A-Z]+/g) ?? [];
	const [first = "", ...others] = words;
	const consonants = first.charAt(0) + first.slice(1).replaceAll(/[AEIOU]/g, "");
	const initials = words.map((word) => word.charAt(0)).join("");
	const all = words.join("");
	const wanted = [
		consonants.length >= 3 ? consonants.slice(0, 3) : first.slice(0, 3),
		initials.slice(0, 6),
		first.slice(0, 4),
		first.slice(0, 3) + (others[0]?.charAt(0) ?? ""),
		all.slice(0, 5),
		all.slice(0, 6),
	].filter((key) => /^[A-Z]{2,6}$/.test(key));
	const free = wanted.find((key) => !taken.includes(key));
	if (free) return free;
	const stem = (wanted[0] ?? "WRK").slice(0, 4);
	for (let n = 0; n < 26 * 26; n++) {
		const key = stem + String.fromCharCode(65 + Math.floor(n / 26), 65 + (n % 26));
		if (!taken.includes(key)) return key;
	}
	return stem;
}

/** What a filter must know besides the task. */
export interface FilterWorld {
	now: number;
	style: TimeStyle;
	member: (slug: string) => Pick<Member, "id"> | undefined;
}

/** Whether something is left out. */
export const isFiltered = ({ find, owner, label, due, choice }: TaskView): boolean =>
	Boolean(find || owner || label || due || choice);

/** The test for the tasks that a view shows. */
export function filterOf(view: TaskView, { now, style, member }: FilterWorld): (task: Task) => boolean {
	const words = plain(view.find ?? "")
		.split(/\s+/)
		.filter(Boolean);
	const owner = view.owner === undefined ? undefined : view.owner === "none" ? null : (member(view.owner)?.id ?? "");
	const week = dayAfter(dayIn(style.zone, now), 7);
	return (task) => {
		if (owner !== undefined && task.owner !== owner) return false;
		if (view.label !== undefined && !task.labels.includes(view.label)) return false;
		if (view.due === "past" && (!task.due || task.done_at !== null || !isPast(task.due, now))) return false;
		// What is done is due no more.
		if (view.due === "week" && (!task.due || task.done_at !== null || task.due.date > week)) return false;
		if (view.choice !== undefined && !Object.values(task.values).includes(view.choice)) return false;
		const text = plain(`${task.key} ${task.title}`);
		return words.every((word) => text.includes(word));
	};
}

const plain = (text: string) =>
	text
		.normalize("NFD")
		.replace(/\p{Mark}/gu, "")
		.toLowerCase();

/** The order of a list; the board's own is that of its stages and, in them, of the places. */
export function orderOf(sort: TaskSort, stages: readonly Stage[]): (a: Task, b: Task) => number {
	const at = new Map(stages.map((stage, n) => [stage.id, n]));
	const place = (a: Task, b: Task) => (at.get(a.stage) ?? 0) - (at.get(b.stage) ?? 0) || byPlace(a, b);
	switch (sort) {
		case "due":
			return (a, b) => dueOf(a) - dueOf(b) || place(a, b);
		case "title":
			return (a, b) => a.title.localeCompare(b.title) || place(a, b);
		case "changed":
			return (a, b) => Date.parse(b.changed_at) - Date.parse(a.changed_at) || place(a, b);
		default:
			return place;
	}
}

const dueOf = ({ due }: Task) => (due ? Date.parse(due.at) : Number.MAX_VALUE);

/** Tasks under one heading. `id`: of the stage, owner or label; null: none. */
export interface Group {
	id: string | null;
	name: string;
	tasks: Task[];
}

export interface GroupWords {
	person: (id: string) => string;
	nobody: string;
	noLabel: string;
	past: string;
	today: string;
	week: string;
	later: string;
	noDue: string;
}

/** The tasks by what they are grouped by, groups in their own order, empty ones left out. A task with two labels stands under both. */
export function grouped(
	tasks: readonly Task[],
	by: NonNullable<TaskView["group"]> | "stage",
	project: Pick<Project, "stages" | "labels">,
	now: number,
	style: TimeStyle,
	words: GroupWords,
): Group[] {
	const group = (id: string | null, name: string, is: (task: Task) => boolean): Group => ({
		id,
		name,
		tasks: tasks.filter(is),
	});
	const groups = (): Group[] => {
		switch (by) {
			case "stage":
				return project.stages.map(({ id, name }) => group(id, name, (task) => task.stage === id));
			case "label":
				return [
					...project.labels.map(({ id, name }) => group(id, name, (task) => task.labels.includes(id))),
					group(null, words.noLabel, (task) => task.labels.length === 0),
				];
			case "owner": {
				const owners = [...new Set(tasks.flatMap(({ owner }) => owner ?? []))];
				return [
					...owners
						.map((id) => group(id, words.person(id), (task) => task.owner === id))
						.sort((a, b) => a.name.localeCompare(b.name)),
					group(null, words.nobody, (task) => task.owner === null),
				];
			}
			default: {
				const today = dayIn(style.zone, now);
				const week = dayAfter(today, 7);
				const open = (task: Task) => task.due && task.done_at === null && isPast(task.due, now);
				return [
					group("past", words.past, (task) => Boolean(open(task))),
					group("today", words.today, (task) => !open(task) && task.due?.date === today),
					group("week", words.week, ({ due }) => due !== null && due.date > today && due.date <= week),
					group("later", words.later, ({ due }) => due !== null && due.date > week),
					group(null, words.noDue, ({ due }) => due === null),
				];
			}
		}
	};
	return groups().filter(({ tasks }) => tasks.length > 0);
}

/** The ask that a card names: the most pressing one that waits. */
export function askOf<A extends Pick<Ask, "state" | "due_at" | "promised_at">>(asks: readonly A[]): A | undefined {
	const at = (ask: A) => Date.parse(ask.promised_at ?? ask.due_at ?? "") || Number.MAX_VALUE;
	return asks.filter(({ state }) => state === "open" || state === "accepted").toSorted((a, b) => at(a) - at(b))[0];
}
