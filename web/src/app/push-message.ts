/** What a push from our own server says, as the browser shows it. Pure: the service worker and the tests use it. */

/** A push as the server sends it, in the words and the language of the reader. */
export interface PushMessage {
	title: string;
	body: string;
	/** A path of this site. */
	url: string;
	/** A later message about the same thing takes the place of this one. */
	tag: string;
	kind: string;
	/** When it happened, RFC 3339. */
	at: string;
}

/** What `showNotification` takes: less than browsers know, and the same in all of them. */
export interface Shown {
	title: string;
	options: {
		body: string;
		tag: string;
		icon: string;
		badge: string;
		timestamp: number;
		silent: boolean;
		requireInteraction: boolean;
		/** It rings again when it takes the place of an earlier one. */
		renotify: boolean;
		data: { url: string };
	};
}

/**
 * The notification of a push; null for one that is not ours. Only an urgent ask makes a sound and stays until it is
 * seen; nothing else may ring.
 */
export function shownOf(text: string, now: number): Shown | null {
	const message = messageOf(text);
	if (!message) return null;
	const { title, body, tag, url, kind, at } = message;
	const urgent = kind === "urgent";
	return {
		title,
		options: {
			body,
			tag,
			icon: "/icon-192.png",
			badge: "/icon-192.png",
			timestamp: Date.parse(at) || now,
			silent: !urgent,
			requireInteraction: urgent,
			renotify: urgent && tag !== "",
			data: { url },
		},
	};
}

function messageOf(text: string): PushMessage | null {
	try {
		const { title, body, url, tag, kind, at } = JSON.parse(text) as Partial<Record<keyof PushMessage, unknown>>;
		if (typeof title !== "string" || title === "") return null;
		return {
			title,
			body: textOf(body),
			url: textOf(url),
			tag: textOf(tag),
			kind: textOf(kind),
			at: textOf(at),
		};
	} catch {
		return null;
	}
}

/** The path to open for a notification: one of this site, whatever it says. */
export function pathOf(data: unknown, origin: string): string {
	const said = typeof data === "object" && data !== null && "url" in data ? textOf(data.url) : "";
	const url = URL.parse(said || "/inbox", origin);
	return url?.origin === origin ? url.pathname + url.search + url.hash : "/inbox";
}

/** What the service worker says to a page that is open already. */
export interface OpenMessage {
	kind: "open";
	path: string;
}

/** The path that a message of the service worker asks to open; null for any other message. */
export function pathToOpen(message: unknown): string | null {
	if (typeof message !== "object" || message === null) return null;
	const { kind, path } = message as Partial<OpenMessage>;
	return kind === "open" && typeof path === "string" && /^\/(?![/\\])/.test(path) ? path : null;
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
