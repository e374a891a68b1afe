import { type DBSchema, type IDBPDatabase, openDB, unwrap } from "idb";
import type { PlainProblem } from "./api";
import { databaseOf, type Kept, OPENED, readKept, VERSION } from "./kept";
import type { Operation } from "./operations";
import type { Versioned } from "./store";
import type { Entry, Id, Instant, TableName } from "./types";

/** Something the person did that the server refused, kept until they dismiss it. */
export interface Refused {
	/** The operation's id. */
	id: string;
	name: Operation["name"];
	args: unknown;
	/** What they wrote; `null` when it was not text. */
	text: string | null;
	problem: PlainProblem;
	/** The refused operation that this one needed. */
	because: string | null;
	at: Instant;
}

/** A text that is being written. */
export interface Draft {
	/** `topic:<id>`, `space:<id>`, `direct`, `edit:<post>`, … */
	key: string;
	/** Markdown. */
	source: string;
	/** What else the composer holds: title, people, ask. */
	more?: Record<string, unknown>;
	at: Instant;
}

interface Schema extends DBSchema {
	rows: { key: [TableName, string]; value: Versioned };
	meta: { key: string; value: unknown };
	/** By the order in which they were written. */
	outbox: { key: number; value: Operation; indexes: { id: string } };
	refused: { key: string; value: Refused };
	drafts: { key: string; value: Draft };
	/** Answers that are not rows, by the look that they answer. */
	answers: { key: string; value: KeptAnswer; indexes: { at: number } };
}

interface KeptAnswer {
	key: string;
	/** When it was read, in milliseconds. */
	at: number;
	answer: unknown;
}

export type Storage = "ok" | "full" | "outdated" | "unavailable";

/** How many answers are kept. */
const ANSWERS = 300;

/** What this device keeps for one member. Every method may reject: the device can be full or forbid storage. */
export class Database {
	#open: Promise<IDBPDatabase<Schema>> | undefined;
	#closed = false;
	#ahead: Promise<Kept | undefined> | undefined;

	/** One database for each member, so that two people at one browser never mix. */
	constructor(
		readonly member: string,
		/** Told how the storage is after each attempt to write. */
		private readonly onstate: (state: Storage) => void = () => {},
		/** What the page read already. */
		ahead?: Promise<Kept | undefined>,
	) {
		this.#ahead = ahead;
	}

	/** Everything that a start needs. */
	async load(): Promise<Kept> {
		const ahead = this.#ahead;
		this.#ahead = undefined;
		return (await ahead) ?? this.#attempt((db) => readKept(unwrap(db)));
	}

	/** Rows, cursor and the operations that the entries confirm change together or not at all. */
	async apply(entries: readonly Entry[], cursor?: number): Promise<void> {
		const newest = newestOf(entries);
		await this.#write(async (db) => {
			const tx = db.transaction(["rows", "meta", "outbox"], "readwrite", { durability: "relaxed" });
			const rows = tx.objectStore("rows");
			const meta = tx.objectStore("meta");
			const work: Promise<unknown>[] = newest.map(async (row) => {
				const had = await rows.get([row.table, row.id]);
				if (!had || had.version <= row.version) await rows.put(row);
			});
			for (const { operation } of entries)
				if (operation) work.push(removeOperation(tx.objectStore("outbox"), operation));
			if (cursor !== undefined) {
				const had = (await meta.get("cursor")) as number | undefined;
				if (had === undefined || had < cursor) work.push(meta.put(cursor, "cursor"));
			}
			await Promise.all([...work, tx.done]);
		});
	}

	/** Forgets rows last confirmed before `seq` and starts the log anew from there. */
	async purge(seq: number): Promise<void> {
		await this.#write(async (db) => {
			const tx = db.transaction(["rows", "meta"], "readwrite");
			for (let at = await tx.objectStore("rows").openCursor(); at; at = await at.continue())
				if (at.value.version < seq) await at.delete();
			await tx.objectStore("meta").put(seq, "cursor");
			await tx.done;
		});
	}

	/** Rows that are gone need no trace any more once every answer that could bring them back has arrived. */
	async sweep(): Promise<void> {
		await this.#write(async (db) => {
			const tx = db.transaction("rows", "readwrite");
			for (let at = await tx.store.openCursor(); at; at = await at.continue())
				if (at.value.row === null) await at.delete();
			await tx.done;
		});
	}

	/** Forgets posts; they can be read again. */
	async removePosts(ids: Iterable<Id>): Promise<void> {
		await this.#write(async (db) => {
			const tx = db.transaction("rows", "readwrite", { durability: "relaxed" });
			await Promise.all([...[...ids].map((id) => tx.store.delete(["posts", id])), tx.done]);
		});
	}

	/** Notes that a topic was opened, at `at` milliseconds. */
	async noteOpened(topic: Id, at: number): Promise<void> {
		await this.setMeta(`${OPENED}${topic}`, at);
	}

	/** The last answer to a look, as it was kept. */
	async answer(key: string): Promise<unknown> {
		return this.#attempt(async (db) => (await db.get("answers", key))?.answer);
	}

	/** Keeps an answer; those that were read longest ago make room. */
	async keepAnswer(key: string, answer: unknown, at: number): Promise<void> {
		await this.#write(async (db) => {
			const tx = db.transaction("answers", "readwrite", { durability: "relaxed" });
			await tx.store.put({ key, at, answer });
			let over = (await tx.store.count()) - ANSWERS;
			for (let old = await tx.store.index("at").openCursor(); old && over > 0; old = await old.continue(), over--)
				await old.delete();
			await tx.done;
		});
	}

	async cursor(): Promise<number | undefined> {
		return (await this.meta("cursor")) as number | undefined;
	}

	async meta(key: string): Promise<unknown> {
		return this.#attempt((db) => db.get("meta", key));
	}

	async setMeta(key: string, value: unknown): Promise<void> {
		await this.#write((db) => db.put("meta", value, key));
	}

	/**
	 * Once this resolves the operation is on the disk. The draft it was written in leaves in the same step. One that is
	 * there already stays where it is.
	 */
	async addOperation(op: Operation, draft?: string): Promise<void> {
		await this.#write(async (db) => {
			const tx = db.transaction(["outbox", "drafts"], "readwrite", { durability: "strict" });
			const outbox = tx.objectStore("outbox");
			const known = (await outbox.index("id").getKey(op.id)) !== undefined;
			const work: Promise<unknown>[] = [];
			if (op.replaces && !known)
				for (let at = await outbox.openCursor(); at; at = await at.continue())
					if (at.value.replaces === op.replaces) work.push(at.delete());
			if (!known) work.push(outbox.add(op));
			if (draft !== undefined) work.push(tx.objectStore("drafts").delete(draft));
			await Promise.all([...work, tx.done]);
		});
	}

	/** The operations that wait, in the order in which they were written. */
	async outbox(): Promise<Operation[]> {
		return this.#attempt((db) => db.getAll("outbox"));
	}

	/** Takes operations out of the outbox and keeps those worth telling, in one step. */
	async refuse(ids: readonly string[], kept: readonly Refused[]): Promise<void> {
		await this.#write(async (db) => {
			const tx = db.transaction(["outbox", "refused"], "readwrite", { durability: "strict" });
			const work: Promise<unknown>[] = ids.map((id) => removeOperation(tx.objectStore("outbox"), id));
			for (const refused of kept) work.push(tx.objectStore("refused").put(refused));
			await Promise.all([...work, tx.done]);
		});
	}

	async refused(): Promise<Refused[]> {
		return this.#attempt((db) => db.getAll("refused"));
	}

	async dismiss(id: string): Promise<void> {
		await this.#write((db) => db.delete("refused", id));
	}

	async draft(key: string): Promise<Draft | undefined> {
		return this.#attempt((db) => db.get("drafts", key));
	}

	async drafts(): Promise<Draft[]> {
		return this.#attempt((db) => db.getAll("drafts"));
	}

	async putDraft(draft: Draft): Promise<void> {
		await this.#write((db) => db.put("drafts", draft));
	}

	async removeDraft(key: string): Promise<void> {
		await this.#write((db) => db.delete("drafts", key));
	}

	/** Forgets what was read. What the person wrote and is not sent stays: it is theirs. */
	async forgetRows(): Promise<void> {
		await this.#write(async (db) => {
			const tx = db.transaction(["rows", "meta", "answers"], "readwrite");
			const read = (["rows", "meta", "answers"] as const).map((name) => tx.objectStore(name).clear());
			await Promise.all([...read, tx.done]);
		});
	}

	async close(): Promise<void> {
		this.#closed = true;
		const open = this.#open;
		this.#open = undefined;
		(await open?.catch(() => undefined))?.close();
	}

	async #attempt<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
		try {
			return await work(await this.#connect());
		} catch (error) {
			this.onstate(stateOf(error));
			throw error;
		}
	}

	async #write<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
		const answer = await this.#attempt(work);
		this.onstate("ok");
		return answer;
	}

	/** Opens the database, again when the browser has closed it. */
	#connect(): Promise<IDBPDatabase<Schema>> {
		if (this.#closed) return Promise.reject(new DOMException("The database is closed.", "InvalidStateError"));
		if (!this.#open) {
			const forget = () => {
				this.#open = undefined;
			};
			this.#open = openDB<Schema>(databaseOf(this.member), VERSION, {
				upgrade,
				// A newer client wants to upgrade: this one must let go, and can no longer write.
				blocking: (_current, _blocked, event) => {
					(event.target as IDBDatabase).close();
					forget();
				},
				terminated: forget,
			});
			this.#open.catch(forget);
		}
		return this.#open;
	}
}

/**
 * Brings a database of any earlier version to this one, one step for each version. A step may drop rows and the cursor
 * (they are read again) and must carry over outbox, refused and drafts.
 */
function upgrade(db: IDBPDatabase<Schema>, from: number): void {
	if (from < 1) {
		db.createObjectStore("rows", { keyPath: ["table", "id"] });
		db.createObjectStore("meta");
		db.createObjectStore("outbox", { autoIncrement: true }).createIndex("id", "id", { unique: true });
		db.createObjectStore("refused", { keyPath: "id" });
		db.createObjectStore("drafts", { keyPath: "key" });
	}
	if (from < 2) db.createObjectStore("answers", { keyPath: "key" }).createIndex("at", "at");
}

/** The last word of `entries` on each row. */
function newestOf(entries: readonly Entry[]): Versioned[] {
	const newest = new Map<string, Versioned>();
	for (const { seq, rows } of entries) {
		for (const { table, id, row } of rows) {
			const key = `${table}/${id}`;
			if ((newest.get(key)?.version ?? seq) <= seq) newest.set(key, { table, id, version: seq, row });
		}
	}
	return [...newest.values()];
}

interface Outbox {
	index(name: "id"): { getKey(id: string): Promise<number | undefined> };
	delete(key: number): Promise<void>;
}

async function removeOperation(outbox: unknown, id: string): Promise<void> {
	const store = outbox as Outbox;
	const key = await store.index("id").getKey(id);
	if (key !== undefined) await store.delete(key);
}

function stateOf(error: unknown): Storage {
	const name = error instanceof DOMException ? error.name : "";
	if (name === "QuotaExceededError") return "full";
	return name === "VersionError" ? "outdated" : "unavailable";
}
