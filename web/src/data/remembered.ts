/**
 * Who is signed in at this browser, known without asking the server and by every tab at once. The session itself is a
 * cookie that scripts cannot see.
 */
const WHO = "meridian.member";
const CHANGING = "meridian.signing-in";
/** A sign-in that takes longer than this has failed. Milliseconds. */
const CHANGES_WITHIN = 60_000;

/** The member who is signed in here, or was when the session ended. */
export function remembered(): string | undefined {
	return read(WHO)?.split(" ")[0] || undefined;
}

/** The instant makes it a change, and so heard by the other tabs, also when the same member comes back. */
export function remember(member: string): void {
	write(WHO, `${member} ${Date.now()}`);
}

export function forget(): void {
	write(WHO, undefined);
}

/** While somebody signs in, the cookie may change before this page knows to whom: nothing may be sent. */
export async function whileSigningIn<T>(work: () => Promise<T>): Promise<T> {
	write(CHANGING, String(Date.now()));
	try {
		return await work();
	} finally {
		write(CHANGING, undefined);
	}
}

export function someoneSignsIn(): boolean {
	// The clock may have been set back since.
	return Math.abs(Date.now() - Number(read(CHANGING) ?? 0)) < CHANGES_WITHIN;
}

/** Calls `listener` when another tab signed somebody in or out. */
export function onRemembered(listener: () => void): void {
	globalThis.addEventListener?.("storage", (event) => {
		if (event.key === WHO || event.key === null) listener();
	});
}

/** What is stored about who is signed in: another text each time that somebody signs in. */
export function stored(): string | null {
	return read(WHO) ?? null;
}

/** For browsers that forbid storage: this tab's memory. */
const memory = new Map<string, string>();

function read(key: string): string | undefined {
	try {
		return localStorage.getItem(key) ?? undefined;
	} catch {
		return memory.get(key);
	}
}

function write(key: string, value: string | undefined): void {
	try {
		if (value === undefined) localStorage.removeItem(key);
		else localStorage.setItem(key, value);
	} catch {
		if (value === undefined) memory.delete(key);
		else memory.set(key, value);
	}
}
