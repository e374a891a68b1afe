/** The views of a project that are kept, and its board as it comes. */
import type { Ask, Id, Instant } from "./types";
import type { Project, Task } from "./work-types";

/** What a view shows of a project's tasks, and how; what is absent is not asked for. */
export interface Shows {
	as?: "board" | "list" | "calendar" | "timeline";
	find?: string;
	owner?: Id;
	nobody?: boolean;
	label?: Id;
	due?: "past" | "week";
	/** A choice of a field. */
	choice?: Id;
	group?: "stage" | "owner" | "due" | "label";
	sort?: "place" | "due" | "title" | "changed";
	columns?: string[];
	span?: "week" | "month" | "quarter";
}
/** A view under a name. */
export interface SavedView {
	id: Id;
	project: Id;
	name: string;
	/** Everybody's who sees the project; otherwise mine alone. */
	shared: boolean;
	shows: Shows;
	made_by: Id;
	made_at: Instant;
	version: number;
}
/** Some hundred tasks, field by field; `columns.ts` reads them. */
export interface TaskColumns {
	born: number[];
	ids: string;
	key: string;
	numbers: number[];
	same: Record<string, unknown>;
	few: Record<string, { values: unknown[]; of: string }>;
	each: Record<string, unknown[]>;
	times: Record<string, (number | null)[]>;
}
/** The board of a project as it comes. */
export interface BoardInColumns {
	seq: number;
	project: Project;
	views: SavedView[];
	asks: Ask[];
	waiting: Record<Id, Id>;
	waits_for: Record<Id, Id[]>;
	posts: number[];
	portions: TaskColumns[];
}
/** `waiting`: for which ask in another topic a task waits. `waits_for`: for which tasks. `posts`: how many posts each has; those without are left out. */
export interface BoardAnswer {
	seq: number;
	project: Project;
	views: SavedView[];
	items: Task[];
	asks: Ask[];
	waiting: Record<Id, Id>;
	waits_for: Record<Id, Id[]>;
	posts: Record<Id, number>;
}
