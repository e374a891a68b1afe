import type { Span } from "$design/day";
import type { Hue } from "$design/hue";

export type Role = "owner" | "admin" | "member" | "guest";

/** The person who is signed in. */
export interface Me {
	id: string;
	/** The readable part of their address: /people/{slug}. */
	slug: string;
	name: string;
	shortName: string;
	role: Role;
	picture: string | null;
	/** Where they are, in their own words: "Bogotá". */
	city: string;
	/** IANA zone of their schedule; null where they have set no hours. */
	zone: string | null;
}

export interface Workspace {
	id: string;
	name: string;
}

/** A space as the sidebar shows it, in the person's own order. */
export interface SpaceEntry {
	id: string;
	slug: string;
	name: string;
	hue: Hue;
	/** Something new since the person was there: bold, never a number. */
	fresh: boolean;
}

/** The person's own day, for the card at the foot of the sidebar. All minutes are of today, in `me.zone`. */
export interface Day {
	/** Working time of today. Empty on a day off. */
	working: readonly Span[];
	/** Focus of today. */
	focus: readonly Span[];
	/** Times that matter today: due asks, deliveries, meetings. */
	marks: readonly number[];
	/** Instants (ISO 8601). Null where they do not apply. */
	workingUntil: string | null;
	nextStart: string | null;
	focusUntil: string | null;
	/** Until when focus may begin now. Empty while the person is in it. */
	focusEnds: readonly string[];
	/** The focus was begun by hand: it can be ended. */
	focusByHand: boolean;
	/** False: the person has set no hours. Unknown, never "off". */
	known: boolean;
}

/** `starting` until storage or the server has answered. */
export type SessionState = "starting" | "setup" | "signed-out" | "signed-in";

/**
 * What the shell draws. The data layer fills it; the shell and the screens only read it.
 * Before anything is known everything is empty, and the shell says so.
 */
class Session {
	state = $state.raw<SessionState>("starting");
	me = $state.raw<Me | null>(null);
	workspace = $state.raw<Workspace | null>(null);
	spaces = $state.raw<readonly SpaceEntry[]>([]);
	/** Asks that wait for the person's reply: the only number in the sidebar. */
	inboxCount = $state.raw(0);
	day = $state.raw<Day | null>(null);
	/** False while the server cannot be reached. */
	online = $state.raw(true);
	/** Changes that wait to be sent. */
	unsent = $state.raw(0);
	/** Begins focus until an instant, or ends the one that was begun by hand; the data layer sets it. */
	focus: (until: string | null) => void = () => {};
	/** Ends the session; the data layer sets it. Rejects when the server cannot be told. */
	signOut: () => Promise<void> = async () => {};
}

export const session = new Session();
