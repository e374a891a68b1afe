/** Which posts of a thread are on the page: one run of numbers, from the folded older ones to the newest. */

/** The first and the last number on the page. `to` is null while the page reaches to the newest post. */
export interface Window {
	from: number;
	to: number | null;
}

/** How many posts a click on "older" or "newer" brings. */
export const PAGE = 50;

/** Read posts that stay above what is new, so that it has something to follow on. */
const KEPT = 2;
/** With nothing new, this many of the last posts are open. */
const OPEN = 8;
/** As many hidden posts or fewer are not worth a fold. */
const FEW = 2;
/** As many unread posts are shown at once; the rest of them is one click away. */
const MOST = 60;

/**
 * What to show on arrival. `read` is the highest number that the person has read, `anchor` the number that the address
 * names.
 */
export function firstWindow({ last, read, anchor }: { last: number; read: number; anchor: number | null }): Window {
	const fresh = read < last ? Math.max(1, read + 1 - KEPT, last - MOST + 1) : last - OPEN + 1;
	const from = unfold(Math.max(1, fresh));
	if (anchor === null || anchor >= from) return { from, to: null };
	if (from - anchor <= PAGE) return { from: unfold(Math.max(1, anchor - KEPT)), to: null };
	return { from: unfold(Math.max(1, anchor - KEPT)), to: anchor + PAGE };
}

/** One page more above. */
export const older = (window: Window): Window => ({ ...window, from: unfold(Math.max(1, window.from - PAGE)) });

/** One page more below. */
export function newer(window: Window, last: number): Window {
	if (window.to === null) return window;
	const to = window.to + PAGE;
	return { ...window, to: to + FEW >= last ? null : to };
}

/** The numbers between two posts at hand that are missing: what has to be fetched to show the window. */
export function missing(
	window: Window,
	last: number,
	has: (no: number) => boolean,
): { before: number; limit: number } | null {
	for (let no = window.to ?? last; no >= window.from; no--) {
		if (has(no)) continue;
		let lowest = no;
		while (lowest > window.from && !has(lowest - 1)) lowest--;
		return { before: no + 1, limit: Math.min(200, no - lowest + 1) };
	}
	return null;
}

const unfold = (from: number) => (from - 1 <= FEW ? 1 : from);

/** The first new post among those on the page: the first by somebody else after what was read. */
export function firstNew<P extends { no: number; author: string }>(
	posts: readonly P[],
	read: number,
	me: string,
): P | undefined {
	if (read === 0) return undefined;
	return posts.find((post) => post.no > read && post.author !== me);
}
