/**
 * What this device has for a start, read in one step. The page reads it while its files are on their way
 * (`app/start.ts`), the data layer where the page did not.
 */

import type { Refused } from "./idb";
import type { Operation } from "./operations";
import type { Versioned } from "./store";
import type { Id } from "./types";

/** The form of the database; `idb.ts` brings older ones to it. */
export const VERSION = 2;

/** The database of a member. */
export const databaseOf = (member: Id): string => `meridian-${member}`;

/** Where the tabs of a member speak with each other. */
export const channelOf = (member: Id): string => `meridian ${member}`;

/** Before a topic's id: the key under which it is noted when the topic was last opened here. */
export const OPENED = "opened ";

/** What the device has for a start. */
export interface Kept {
	rows: Versioned[];
	cursor: number | undefined;
	/** Who is signed in and what is theirs alone, as `client.ts` keeps it. */
	me: unknown;
	/** When topics were last opened here, in milliseconds. */
	opened: Map<Id, number>;
	outbox: Operation[];
	refused: Refused[];
}

/** Reads all of it in one transaction: one moment of the database. */
export async function readKept(db: IDBDatabase): Promise<Kept> {
	const tx = db.transaction(["rows", "meta", "outbox", "refused"]);
	const all = <T>(store: string) => answered<T[]>(tx.objectStore(store).getAll());
	const [rows, names, facts, outbox, refused] = await Promise.all([
		all<Versioned>("rows"),
		answered<IDBValidKey[]>(tx.objectStore("meta").getAllKeys()),
		all<unknown>("meta"),
		all<Operation>("outbox"),
		all<Refused>("refused"),
	]);
	const meta = new Map(names.map((name, n) => [String(name), facts[n]]));
	const opened = [...meta].filter(([name]) => name.startsWith(OPENED));
	return {
		rows,
		cursor: meta.get("cursor") as number | undefined,
		me: meta.get("me"),
		opened: new Map(opened.map(([name, at]) => [name.slice(OPENED.length), at as number])),
		outbox,
		refused,
	};
}

/**
 * The same from a database that nobody has opened yet. `undefined` where there is none, or one of another form: then the
 * data layer makes it or changes it first.
 */
export async function readClosed(member: Id): Promise<Kept | undefined> {
	const opening = indexedDB.open(databaseOf(member));
	// There is none: it must not come to be here.
	opening.onupgradeneeded = () => opening.transaction?.abort();
	const db = await answered(opening);
	try {
		return db.version === VERSION ? await readKept(db) : undefined;
	} finally {
		db.close();
	}
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((done, failed) => {
		request.onsuccess = () => done(request.result);
		request.onerror = () => failed(request.error);
	});
}
