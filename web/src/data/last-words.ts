import type { Draft } from "./idb";
import type { Operation } from "./operations";

/**
 * What was typed and done in the last moment before a page went away. Nobody waits for a database then, but this storage
 * is written at once. Whichever page of the same member sees it first puts it on the disk.
 */
const KEY = "meridian.last-words";

/** An operation that is not on the disk, and the key of the draft that leaves with it. */
export interface Unsaved {
	operation: Operation;
	draft?: string | undefined;
}

/** What had not reached the disk. */
export interface LastWords {
	drafts: readonly Draft[];
	/** In the order in which they were done. Each may have reached the disk, or the server, all the same. */
	operations: readonly Unsaved[];
}

const NONE: LastWords = { drafts: [], operations: [] };

/** Leaves behind what is not on the disk yet. */
export function leaveWords(member: string, words: LastWords): void {
	if (words.drafts.length + words.operations.length === 0) return;
	try {
		localStorage.setItem(`${KEY}.${member}`, JSON.stringify(words));
	} catch {
		// A browser that keeps nothing, or is full, has what reached the disk.
	}
}

/** Takes them, once. */
export function takeWords(member: string): LastWords {
	try {
		const left = localStorage.getItem(`${KEY}.${member}`);
		if (left !== null) localStorage.removeItem(`${KEY}.${member}`);
		return left === null ? NONE : { ...NONE, ...(JSON.parse(left) as LastWords) };
	} catch {
		return NONE;
	}
}

/** Tells when another page of this browser left some. */
export function onWords(heard: () => void): void {
	globalThis.addEventListener?.("storage", (event) => {
		if ((event as StorageEvent).key?.startsWith(KEY) && (event as StorageEvent).newValue !== null) heard();
	});
}
