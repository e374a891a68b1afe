/** The addresses of the product (ui.md 1.2): what a path means, and the path of a place. Pure, both ways. */

export type InboxView = "today" | "later" | "done";
export type WorkView = "owe" | "asked" | "drafts" | "urgent";
export type SpaceTab = "overview" | "threads" | "board" | "goals" | "members";

export type TaskGroup = "stage" | "owner" | "due" | "label";
export type TaskSort = "place" | "due" | "title" | "changed";
/** How the tasks of a space are shown, and which of them. Empty: those of its first project, all of them, as a board. */
export interface TaskView {
	/** Its key. */
	project?: string;
	as?: "list" | "calendar" | "timeline";
	find?: string;
	/** The address of a member, or `none`. */
	owner?: string;
	/** Its id. */
	label?: string;
	due?: "past" | "week";
	/** The id of a choice of a field. */
	choice?: string;
	group?: Exclude<TaskGroup, "stage">;
	sort?: Exclude<TaskSort, "place">;
	/** The columns of a list, joined by commas; absent: the usual ones. */
	columns?: string;
	/** How much of a calendar or timeline is shown; absent: a month. */
	span?: "week" | "quarter";
	/** A day that a calendar or timeline shows; absent: today. */
	on?: string;
	/** A timeline marks its critical chain. */
	chain?: "critical";
	/** The id of the view under whose name this was opened. */
	saved?: string;
}

/** A place in the product. Everything that people share (view, filter, day) is part of it. */
export type Route =
	| { name: "inbox"; view: InboxView }
	| { name: "work"; view: WorkView }
	| { name: "spaces" }
	| { name: "space"; slug: string; tab: SpaceTab; tasks?: TaskView }
	| { name: "task"; key: string }
	/** `space`: the readable part of its address; `month`: "2026-11", this one when null. */
	| { name: "results"; space: string | null; month: string | null }
	| { name: "queue"; key: string }
	| { name: "sign-off" }
	| { name: "direct" }
	| { name: "away"; from: string | null; to: string | null }
	| {
			name: "new-thread";
			space: string | null;
			with: string | null;
			/** What to begin with; it is put behind what the draft has. */
			title?: string;
			text?: string;
	  }
	| { name: "thread"; code: string; tail: string }
	| { name: "people" }
	| { name: "person"; slug: string }
	| { name: "team-time"; space: string | null; members: string | null; view: "day" | "week"; at: string | null }
	| { name: "search"; query: string }
	| { name: "settings"; page: string }
	| { name: "admin"; page: string }
	| { name: "setup" }
	| { name: "sign-in"; next: string | null }
	| { name: "invite"; token: string }
	| { name: "not-found"; path: string };

export type RouteName = Route["name"];

/** The route with one name: `RouteOf<"thread">` has `code` and `tail`. */
export type RouteOf<Name extends RouteName> = Extract<Route, { name: Name }>;

/** Routes that a person without a session may open. */
const OPEN: ReadonlySet<RouteName> = new Set(["setup", "sign-in", "invite"]);

/** Five characters without 0, O, 1, I and L, so that a code can be read aloud. */
const CODE = /^([2-9a-hjkmnp-z]{5}|top_[0-9a-hjkmnp-tv-z]{26})(?:-(.*))?$/;

/** The first and the last day of a time. */
const DAYS = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/;

/** A thread that was started without a network has its id as its code until the server has given one. */
const TOPIC_ID = /^top_[0-9a-z]{26}$/;

/** The key of a task: that of its project and a number. */
const TASK_KEY = /^[A-Za-z]{2,6}-\d{1,9}$/;

/** The place at a path and query of this site. Unknown addresses give `not-found`, never an error. */
export function parseRoute(url: Pick<URL, "pathname" | "searchParams">): Route {
	const [place = "", second, third, ...more] = url.pathname.split("/").filter(Boolean).map(decoded);
	const unknown: Route = { name: "not-found", path: url.pathname };
	if (more.length > 0) return unknown;
	switch (place) {
		case "":
			return { name: "inbox", view: "today" };
		case "inbox":
			return only(third, unknown) ?? inbox(second) ?? unknown;
		case "work":
			return only(third, unknown) ?? work(second) ?? unknown;
		case "s":
			return space(second, third, url.searchParams) ?? unknown;
		case "task":
			return only(third, unknown) ?? task(second) ?? unknown;
		case "queue":
			return only(third, unknown) ?? queue(second) ?? unknown;
		case "sign-off":
			return only(second, unknown) ?? { name: "sign-off" };
		case "results":
			return only(second, unknown) ?? results(url.searchParams);
		case "away":
			return only(third, unknown) ?? away(second) ?? unknown;
		case "direct":
			return only(second, unknown) ?? { name: "direct" };
		case "new":
			return (
				only(second, unknown) ?? {
					name: "new-thread",
					space: url.searchParams.get("space"),
					with: url.searchParams.get("with"),
					...given(url.searchParams, "title", "text"),
				}
			);
		case "thread":
			return only(third, unknown) ?? thread(second) ?? unknown;
		case "people":
			return only(third, unknown) ?? people(second, url.searchParams);
		case "search":
			return only(second, unknown) ?? { name: "search", query: url.searchParams.get("q") ?? "" };
		case "settings":
			return only(third, unknown) ?? { name: "settings", page: second ?? "profile" };
		case "admin":
			return only(third, unknown) ?? { name: "admin", page: second ?? "overview" };
		case "setup":
			return only(second, unknown) ?? { name: "setup" };
		case "sign-in":
			return only(second, unknown) ?? { name: "sign-in", next: url.searchParams.get("next") };
		case "invite":
			return only(third, unknown) ?? (second ? { name: "invite", token: second } : unknown);
		default:
			return unknown;
	}
}

/** The address of a place: path and query. */
export function addressOf(route: Route): string {
	switch (route.name) {
		case "inbox":
			return route.view === "today" ? "/inbox" : `/inbox/${route.view}`;
		case "work":
			return route.view === "owe" ? "/work" : `/work/${route.view}`;
		case "spaces":
			return "/s";
		case "space":
			return route.tab === "overview"
				? path("s", route.slug)
				: `${path("s", route.slug, route.tab)}${taskQuery(route.tasks ?? {})}`;
		case "task":
			return path("task", route.key);
		case "queue":
			return path("queue", route.key);
		case "sign-off":
			return "/sign-off";
		case "results":
			return `/results${query({ space: route.space, month: route.month })}`;
		case "away":
			return route.from === null || route.to === null ? "/away" : `/away/${route.from}..${route.to}`;
		case "direct":
			return "/direct";
		case "new-thread":
			return `/new${query({ space: route.space, with: route.with, title: route.title ?? null, text: route.text ?? null })}`;
		case "thread":
			return path("thread", route.tail ? `${route.code}-${route.tail}` : route.code);
		case "people":
			return "/people";
		case "person":
			return path("people", route.slug);
		case "team-time":
			return `/people/time${query({
				space: route.space,
				members: route.members,
				view: route.view === "week" ? "week" : null,
				at: route.at,
			})}`;
		case "search":
			return `/search${query({ q: route.query || null })}`;
		case "settings":
			return path("settings", route.page);
		case "admin":
			return route.page === "overview" ? "/admin" : path("admin", route.page);
		case "setup":
			return "/setup";
		case "sign-in":
			return `/sign-in${query({ next: route.next })}`;
		case "invite":
			return path("invite", route.token);
		case "not-found":
			return route.path;
	}
}

/** Two addresses of one screen: only its view, page or tail differs, so the screen stays and the focus with it. */
export function samePlace(a: Route, b: Route): boolean {
	return placeKey(a) === placeKey(b);
}

/** Identifies the thing a route shows, without the view of it. A screen is made anew when it changes. */
export function placeKey(route: Route): string {
	switch (route.name) {
		case "space":
		case "person":
			return `${route.name} ${route.slug}`;
		case "thread":
			return `${route.name} ${route.code}`;
		case "task":
		case "queue":
			return `${route.name} ${route.key}`;
		case "invite":
			return `${route.name} ${route.token}`;
		case "not-found":
			return `${route.name} ${route.path}`;
		default:
			return route.name;
	}
}

/** Whether a person without a session may open it. */
export function isOpen(route: Route): boolean {
	return OPEN.has(route.name);
}

/** A path of this site that a sign-in may return to; anything else is the inbox. */
export function safeNext(next: string | null): string {
	return next && /^\/(?![/\\])/.test(next) ? next : "/inbox";
}

/** Answers `unknown` when a path has a part too many. */
function only(part: string | undefined, unknown: Route): Route | null {
	return part === undefined ? null : unknown;
}

function inbox(view: string | undefined): Route | null {
	if (view === undefined) return { name: "inbox", view: "today" };
	return view === "later" || view === "done" ? { name: "inbox", view } : null;
}

function work(view: string | undefined): Route | null {
	if (view === undefined) return { name: "work", view: "owe" };
	return view === "asked" || view === "drafts" || view === "urgent" ? { name: "work", view } : null;
}

function results(search: URLSearchParams): Route {
	const month = search.get("month")?.match(/^(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])$/)?.[0];
	return { name: "results", space: search.get("space"), month: month ?? null };
}

function away(days: string | undefined): Route | null {
	if (days === undefined) return { name: "away", from: null, to: null };
	const [, from, to] = days.match(DAYS) ?? [];
	return from !== undefined && to !== undefined && from <= to ? { name: "away", from, to } : null;
}

function space(slug: string | undefined, tab: string | undefined, search: URLSearchParams): Route | null {
	if (slug === undefined) return { name: "spaces" };
	if (tab === undefined) return { name: "space", slug, tab: "overview" };
	if (tab === "board") return { name: "space", slug, tab, tasks: taskView(search) };
	return tab === "threads" || tab === "goals" || tab === "members" ? { name: "space", slug, tab } : null;
}

function task(part: string | undefined): Route | null {
	if (part === undefined) return null;
	if (TOPIC_ID.test(part)) return { name: "task", key: part };
	return TASK_KEY.test(part) ? { name: "task", key: part.toUpperCase() } : null;
}

/** The key of a project. */
const PROJECT_KEY = /^[A-Za-z]{2,6}$/;

function queue(part: string | undefined): Route | null {
	return part !== undefined && PROJECT_KEY.test(part) ? { name: "queue", key: part.toUpperCase() } : null;
}

function taskView(search: URLSearchParams): TaskView {
	const view = {
		project: search.get("project"),
		as: oneOf(search.get("view"), ["list", "calendar", "timeline"] as const),
		find: search.get("q"),
		owner: search.get("owner"),
		label: search.get("label"),
		due: oneOf(search.get("due"), ["past", "week"] as const),
		group: oneOf(search.get("group"), ["owner", "due", "label"] as const),
		sort: oneOf(search.get("sort"), ["due", "title", "changed"] as const),
		choice: search.get("choice"),
		columns: search.get("columns"),
		span: oneOf(search.get("span"), ["week", "quarter"] as const),
		on: dayOf(search.get("on")),
		chain: oneOf(search.get("chain"), ["critical"] as const),
		saved: search.get("saved"),
	};
	return Object.fromEntries(Object.entries(view).filter(([, value]) => value)) as TaskView;
}

/** A day that a calendar has, in years for which anybody plans: no view counts days without an end. */
function dayOf(given: string | null): string | undefined {
	const [day] = given?.match(/^(?:19|20|21)\d\d-\d\d-\d\d$/) ?? [];
	const at = Date.parse(day ?? "");
	return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day ? undefined : day;
}

function taskQuery(view: TaskView): string {
	const { project, as, find, owner, label, due, choice, group, sort, columns, span, on, chain, saved } = view;
	return query({
		project: project ?? null,
		view: as ?? null,
		q: find || null,
		owner: owner ?? null,
		label: label ?? null,
		due: due ?? null,
		group: group ?? null,
		sort: sort ?? null,
		choice: choice ?? null,
		columns: columns ?? null,
		span: span ?? null,
		on: on ?? null,
		chain: chain ?? null,
		saved: saved ?? null,
	});
}

function oneOf<Value extends string>(given: string | null, values: readonly Value[]): Value | null {
	return values.find((value) => value === given) ?? null;
}

function thread(part: string | undefined): Route | null {
	if (part !== undefined && TOPIC_ID.test(part)) return { name: "thread", code: part, tail: "" };
	const found = part?.match(CODE);
	return found?.[1] ? { name: "thread", code: found[1], tail: found[2] ?? "" } : null;
}

function people(part: string | undefined, search: URLSearchParams): Route {
	if (part === undefined) return { name: "people" };
	if (part === "time")
		return {
			name: "team-time",
			space: search.get("space"),
			members: search.get("members"),
			view: search.get("view") === "week" ? "week" : "day",
			at: search.get("at"),
		};
	return { name: "person", slug: part };
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

function path(...parts: string[]): string {
	return `/${parts.map(encodeURIComponent).join("/")}`;
}

/** Those of the values that an address has. */
function given<Name extends string>(search: URLSearchParams, ...names: Name[]): Partial<Record<Name, string>> {
	return Object.fromEntries(
		names.filter((name) => search.has(name)).map((name) => [name, search.get(name)]),
	) as Partial<Record<Name, string>>;
}

function query(values: Record<string, string | null>): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(values)) if (value !== null) search.set(name, value);
	const text = search.toString();
	return text ? `?${text}` : "";
}
