import type { Draft } from "./idb";

/**
 * What was typed in the last moment before a page went away. Nobody waits for a database then, but this storage is written
 * at once. Whichever page of the same member sees it first puts it on the disk.
 */
const KEY = "meridian.last-words";

/** Leaves texts behind that are not on the disk yet. */
export function leaveWords(member: string, drafts: readonly Draft[]): void {
	if (drafts.length === 0) return;
	try {
		localStorage.setItem(`${KEY}.${member}`, JSON.stringify(drafts));
	} catch {
		// A browser that keeps nothing, or is full, has what reached the disk.
	}
}

/** Takes them, once. */
export function takeWords(member: string): Draft[] {
	try {
		const left = localStorage.getItem(`${KEY}.${member}`);
		if (left !== null) localStorage.removeItem(`${KEY}.${member}`);
		return left === null ? [] : (JSON.parse(left) as Draft[]);
	} catch {
		return [];
	}
}

/** Tells when another page of this browser left some. */
export function onWords(heard: () => void): void {
	globalThis.addEventListener?.("storage", (event) => {
		if ((event as StorageEvent).key?.startsWith(KEY) && (event as StorageEvent).newValue !== null) heard();
	});
}
