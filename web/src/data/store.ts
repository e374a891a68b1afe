import { Signals } from "./signals.svelte";
import type { Entry, Row, TableName, Tables } from "./types";

/**
 * A list of rows of one table: which group a row is in (`undefined`: in none) and the order within the group.
 * Both may look at nothing but the rows they are given.
 */
export interface View<T extends TableName> {
	table: T;
	group(row: Row<T>): string | undefined;
	order(a: Row<T>, b: Row<T>): number;
}

/** Declares a view, once, at the top of a module. The store builds its index when it is first read. */
export function defineView<T extends TableName>(view: View<T>): View<T> {
	return Object.freeze(view);
}

/** What a mutator sees and changes: the rows as the screen shows them at that point of the replay. */
export interface Scratch {
	row<T extends TableName>(table: T, id: string): Row<T> | undefined;
	put<T extends TableName>(table: T, row: Tables[T]): void;
	remove(table: TableName, id: string): void;
}

/** The part of an operation that the store needs. */
export interface Pending {
	id: string;
	/** Others with the same word are dropped for it. */
	replaces?: string;
}

/** A row with the sequence number at which it was true; `null` is kept so that a late answer does not bring it back. */
export interface Versioned {
	table: TableName;
	id: string;
	version: number;
	row: Tables[TableName] | null;
}

type AnyRow = Row<TableName>;
type Overlay = Map<string, { table: TableName; id: string; row: AnyRow | null }>;

interface Index {
	view: View<TableName>;
	name: string;
	groupOf: Map<string, string>;
	lists: Map<string, readonly string[]>;
}

const REMEMBERED = 2000;
const keyOf = (table: TableName, id: string) => `${table}/${id}`;
const NONE: readonly string[] = Object.freeze([]);

/**
 * What the client knows: the rows that the server confirmed, and over them the replay of the operations that it has
 * not confirmed yet. Everything that changes together is told together, after all of it has changed.
 */
export class Store<Op extends Pending = Pending> {
	#confirmed = new Map<string, Versioned>();
	#overlay: Overlay = new Map();
	#newest = 0;
	#pending: readonly Op[] = [];
	/** The last operations that left the overlay: word of them from another tab may come late. */
	#settled = new Set<string>();
	#indexes = new Map<View<TableName>, Index>();

	constructor(
		/** Does to the rows what the operation will do. It is run again whenever what lies under it changes. */
		private readonly mutate: (scratch: Scratch, op: Op) => void,
		private readonly signals = new Signals(),
	) {}

	/** One row, reactive. Two reads give the same object until the row changes. */
	row<T extends TableName>(table: T, id: string): Row<T> | undefined {
		this.signals.track(keyOf(table, id));
		return this.#row(table, id);
	}

	/** The ids of a group of a view, in order, reactive. The same array until the list changes. */
	list<T extends TableName>(view: View<T>, group: string): readonly string[] {
		const index = this.#index(view as unknown as View<TableName>);
		this.signals.track(`${index.name}/${group}`);
		return index.lists.get(group) ?? NONE;
	}

	/** The rows of a group of a view, in order; reactive to the list and to each of its rows. */
	rows<T extends TableName>(view: View<T>, group: string): Row<T>[] {
		return this.list(view, group).flatMap((id) => this.row(view.table, id) ?? []);
	}

	/** The operations that the server has not confirmed, oldest first; reactive. */
	get pending(): readonly Op[] {
		this.signals.track("pending");
		return this.#pending;
	}

	/** The confirmed version of a row, also of one that is gone. */
	version(table: TableName, id: string): number | undefined {
		return this.#confirmed.get(keyOf(table, id))?.version;
	}

	/** The highest number at which something was confirmed, also without a row; nothing forgets it. */
	newest(): number {
		return this.#newest;
	}

	/** The lowest version of all rows; infinite when there are none. */
	oldest(): number {
		let oldest = Number.POSITIVE_INFINITY;
		for (const { version } of this.#confirmed.values()) oldest = Math.min(oldest, version);
		return oldest;
	}

	/** What was kept on this device: rows join those at hand, the operations replace those at hand. */
	restore(rows: Iterable<Versioned>, pending: readonly Op[]): void {
		const touched = [...rows].filter((row) => this.#accept(row));
		this.#pending = without(pending, this.#settled);
		this.#settle(touched);
	}

	/**
	 * The one door for rows of the server. A row never replaces one with a higher number, and the operations that the
	 * entries carry leave the overlay in the same step.
	 */
	confirm(entries: readonly Entry[]): void {
		const confirmed = new Set<string>();
		const touched: Versioned[] = [];
		for (const entry of entries) {
			this.#newest = Math.max(this.#newest, entry.seq);
			if (entry.operation) confirmed.add(entry.operation);
			for (const change of entry.rows) {
				const row: Versioned = { table: change.table, id: change.id, version: entry.seq, row: change.row };
				if (this.#accept(row)) touched.push(row);
			}
		}
		this.#leave(confirmed);
		this.#settle(touched);
	}

	/**
	 * The same entries, and with a space or topic that is gone for me everything that hung on it: nothing of what I may
	 * no longer see stays on the device. A topic that the same entries bring back was only moved.
	 */
	withLosses(entries: readonly Entry[]): Entry[] {
		const back = new Set<string>();
		const result: Entry[] = [];
		for (const entry of [...entries].reverse()) {
			const gone = new Set<string>();
			for (const { table, id, row } of entry.rows) {
				if (table !== "spaces" && table !== "topics" && table !== "projects") continue;
				if (row) back.add(id);
				else if (!back.has(id)) gone.add(id);
			}
			result.unshift(gone.size > 0 ? { ...entry, rows: [...entry.rows, ...this.#losses(gone, back)] } : entry);
		}
		return result;
	}

	#losses(gone: Set<string>, back: ReadonlySet<string>): Entry["rows"] {
		const rows = [...this.#confirmed.values()];
		for (const { table, id, row } of rows)
			if (table === "topics" && row && !back.has(id) && gone.has((row as Tables["topics"]).space ?? "")) gone.add(id);
		for (const { table, id, row } of rows)
			if (table === "projects" && row && gone.has((row as Tables["projects"]).space)) gone.add(id);
		for (const { table, id, row } of rows)
			if (table === "tasks" && row && !back.has(id) && gone.has((row as Tables["tasks"]).project)) gone.add(id);
		const hangsOn = ({ table, id, row }: Versioned): string => {
			if (!row) return "";
			if (table === "topics" || table === "marks" || table === "projects") return id;
			if (table === "tasks" || table === "task_pages" || table === "rhythms") return id;
			if (table === "goals") return (row as Tables["goals"]).space;
			if (table === "handoffs") return (row as Tables["handoffs"]).task;
			if (table === "views") return (row as Tables["views"]).project;
			if (table === "posts" || table === "asks" || table === "shows")
				return (row as Tables["posts" | "asks" | "shows"]).topic;
			return table === "space_members" ? (row as Tables["space_members"]).space : "";
		};
		return rows
			.filter((row) => row.row && gone.has(hangsOn(row)))
			.map(({ table, id }) => ({ table, id, row: null }) as Entry["rows"][number]);
	}

	/** Shows an operation from now on. */
	add(op: Op): void {
		if (this.#settled.has(op.id) || this.#pending.some((other) => other.id === op.id)) return;
		const staying = this.#pending.filter((other) => !op.replaces || other.replaces !== op.replaces);
		this.#pending = [...staying, op];
		this.#settle([]);
	}

	/** Takes operations back, all in one step. */
	drop(ids: Iterable<string>): void {
		this.#leave(new Set(ids));
		this.#settle([]);
	}

	/** Forgets the rows that were last confirmed before `seq`. */
	purge(seq: number): void {
		const old = [...this.#confirmed.values()].filter((row) => row.version < seq);
		for (const row of old) this.#confirmed.delete(keyOf(row.table, row.id));
		this.#settle(old);
	}

	/** Forgets everything. */
	clear(): void {
		this.#pending = [];
		this.purge(Number.POSITIVE_INFINITY);
	}

	#row<T extends TableName>(table: T, id: string): Row<T> | undefined {
		const key = keyOf(table, id);
		const shown = this.#overlay.get(key) ?? this.#confirmed.get(key);
		return (shown?.row ?? undefined) as Row<T> | undefined;
	}

	#accept(row: Versioned): boolean {
		const key = keyOf(row.table, row.id);
		const had = this.#confirmed.get(key);
		if (had && had.version > row.version) return false;
		// A row that says the same again keeps its identity, so that nothing that shows it runs again.
		const same = had !== undefined && sameRow(had.row, row.row);
		this.#confirmed.set(key, same ? { ...had, version: row.version } : row);
		return !same;
	}

	#leave(ids: ReadonlySet<string>): void {
		this.#pending = without(this.#pending, ids);
		for (const id of ids) this.#settled.add(id);
		for (const oldest of this.#settled) {
			if (this.#settled.size <= REMEMBERED) break;
			this.#settled.delete(oldest);
		}
	}

	/** Replays the operations over what is confirmed now, brings the lists in order, and tells what changed. */
	#settle(touched: readonly { table: TableName; id: string }[]): void {
		const before = this.#overlay;
		this.#overlay = this.#replay(before);
		const changed = new Map(touched.map((row) => [keyOf(row.table, row.id), row]));
		for (const [key, shown] of before) if (this.#overlay.get(key) !== shown) changed.set(key, shown);
		for (const [key, shown] of this.#overlay) if (before.get(key) !== shown) changed.set(key, shown);

		const told = ["pending", ...changed.keys()];
		for (const index of this.#indexes.values()) {
			const ids = [...changed.values()].filter((row) => row.table === index.view.table).map((row) => row.id);
			if (ids.length > 0) told.push(...this.#reorder(index, new Set(ids)));
		}
		this.signals.tell(...told);
	}

	#replay(before: Overlay): Overlay {
		const overlay: Overlay = new Map();
		for (const op of this.#pending) {
			const shown = <T extends TableName>(table: T, id: string) =>
				((overlay.get(keyOf(table, id)) ?? this.#confirmed.get(keyOf(table, id)))?.row ?? undefined) as
					| Row<T>
					| undefined;
			this.mutate(
				{
					row: shown,
					put: (table, row) =>
						void overlay.set(keyOf(table, row.id), { table, id: row.id, row: { ...row, pending: op.id } as AnyRow }),
					remove: (table, id) => void overlay.set(keyOf(table, id), { table, id, row: null }),
				},
				op,
			);
		}
		// A row that came out the same keeps its identity, so that nothing that shows it runs again.
		for (const [key, shown] of overlay) {
			const old = before.get(key);
			if (old && sameRow(old.row, shown.row)) overlay.set(key, old);
		}
		return overlay;
	}

	#index(view: View<TableName>): Index {
		let index = this.#indexes.get(view);
		if (!index) {
			index = { view, name: `view ${this.#indexes.size}`, groupOf: new Map(), lists: new Map() };
			this.#indexes.set(view, index);
			const ids = new Set<string>();
			for (const rows of [this.#confirmed, this.#overlay])
				for (const row of rows.values()) if (row.table === view.table) ids.add(row.id);
			this.#reorder(index, ids);
		}
		return index;
	}

	/** Puts the rows `ids` where they belong now. Answers the names of the lists that changed. */
	#reorder(index: Index, ids: ReadonlySet<string>): string[] {
		const { view, groupOf, lists } = index;
		const arriving = new Map<string, AnyRow[]>();
		for (const id of ids) {
			const was = groupOf.get(id);
			const row = this.#row(view.table, id);
			const now = row && view.group(row);
			if (was !== undefined && !arriving.has(was)) arriving.set(was, []);
			if (now === undefined) groupOf.delete(id);
			else {
				groupOf.set(id, now);
				const rows = arriving.get(now);
				if (rows) rows.push(row as AnyRow);
				else arriving.set(now, [row as AnyRow]);
			}
		}
		const changed: string[] = [];
		for (const [group, rows] of arriving) {
			const old = lists.get(group) ?? NONE;
			const staying = old.filter((id) => !ids.has(id));
			const merged = this.#merge(view, staying, rows);
			if (sameIds(old, merged)) continue;
			if (merged.length > 0) lists.set(group, merged);
			else lists.delete(group);
			changed.push(`${index.name}/${group}`);
		}
		return changed;
	}

	/** `staying` is in order already; each arriving row finds its place by halving. */
	#merge(view: View<TableName>, staying: readonly string[], arriving: AnyRow[]): string[] {
		const order = (a: AnyRow, b: AnyRow) => view.order(a, b) || (a.id < b.id ? -1 : 1);
		const merged: string[] = [];
		let taken = 0;
		for (const row of arriving.sort(order)) {
			let low = taken;
			let high = staying.length;
			while (low < high) {
				const middle = (low + high) >> 1;
				const other = this.#row(view.table, staying[middle] ?? "");
				if (other && order(other, row) < 0) low = middle + 1;
				else high = middle;
			}
			for (; taken < low; taken++) merged.push(staying[taken] ?? "");
			merged.push(row.id);
		}
		for (; taken < staying.length; taken++) merged.push(staying[taken] ?? "");
		return merged;
	}
}

function without<Op extends Pending>(ops: readonly Op[], ids: ReadonlySet<string>): readonly Op[] {
	return ops.some((op) => ids.has(op.id)) ? ops.filter((op) => !ids.has(op.id)) : ops;
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((id, at) => id === b[at]);
}

/** Rows come from JSON, with their fields in one order. */
function sameRow(a: object | null, b: object | null): boolean {
	return a === b || JSON.stringify(a) === JSON.stringify(b);
}
