import type { Scratch, Store } from "../store";
import type { Id, Instant } from "../types";
import type { Call } from "./arguments";

export interface ApiRequest {
	method: "POST" | "PUT" | "PATCH" | "DELETE";
	/** Below `/api/v1`. */
	path: string;
	body?: unknown;
}

/** Who did it and when. */
export interface Made {
	id: string;
	by: Id;
	at: Instant;
}

export interface Definition<A> {
	request(args: A, at: Instant): ApiRequest;
	lane(args: A): string;
	creates?(args: A): (Id | undefined)[];
	uses?(args: A): (Id | undefined)[];
	/** What the screen shows at once. Must change nothing when what it does is confirmed already. */
	apply(rows: Scratch, args: A, made: Made): void;
	/** What takes it back, from the rows before it. */
	inverse?(rows: Pick<Store, "row">, args: A, by: Id): Call[];
	text?(args: A): string;
	/** What each new one says anew: an unsent one of the same lane with the same answer is dropped for it. */
	replaces?(args: A): string;
	/** The arguments of one for which `replaced` is dropped. */
	inherit?(args: A, replaced: A): A;
	/** What to send instead when the server refused it with 409 and `current`; `undefined`: it is refused. */
	instead?(args: A, current: unknown): ApiRequest | undefined;
	/** A refusal is not worth telling. */
	quiet?: true;
}
export type Definitions<A> = { [N in keyof A]: Definition<A[N]> };

/** Without the fields that are not set. */
export function defined<T extends object>(change: T): T {
	return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T;
}

/** The values before, of the fields that `change` sets. */
export function previous<T extends object>(change: T, before: Record<string, unknown> | object): Partial<T> {
	const names = Object.keys(defined(change)).filter((name) => name !== "id" && name in before);
	return Object.fromEntries(names.map((name) => [name, (before as Record<string, unknown>)[name]])) as Partial<T>;
}

/** The server works out what time off changes; until then the member's row only shows that something is unsent. */
export function touchMember(rows: Scratch, id: Id): void {
	const member = rows.row("members", id);
	if (member) rows.put("members", member);
}
