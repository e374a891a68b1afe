import { newId } from "./ids";
import { acceptance } from "./operations/acceptance";
import type { Arguments, Call, OperationName } from "./operations/arguments";
import { asks } from "./operations/asks";
import type { ApiRequest, Definition, Definitions } from "./operations/definition";
import { drafts } from "./operations/drafts";
import { fields } from "./operations/fields";
import { goals } from "./operations/goals";
import { hands } from "./operations/hands";
import { marks } from "./operations/marks";
import { members } from "./operations/members";
import { posts } from "./operations/posts";
import { projects } from "./operations/projects";
import { spaces } from "./operations/spaces";
import { tasks } from "./operations/tasks";
import { topics } from "./operations/topics";
import { views } from "./operations/views";
import type { Scratch, Store } from "./store";
import type { Id, Instant } from "./types";

export type { Arguments, Call, OperationName } from "./operations/arguments";
export type { NewAsk } from "./operations/asks";
export type { ApiRequest } from "./operations/definition";
export type { GoalPatch, NewKeyResult } from "./operations/goals";
export type { NewPost } from "./operations/posts";
export type { Spot, TaskPatch } from "./operations/tasks";

/** One thing a person did, as it is kept on the device. It carries its request, so any later client can send it. */
export type Operation = Call & {
	/** The Idempotency-Key. */
	id: string;
	at: Instant;
	/** Who did it. */
	by: Id;
	request: ApiRequest;
	/** Operations of one lane are sent in order, one at a time. */
	lane: string;
	/** Ids that exist once it is done. */
	creates: Id[];
	/** Ids that must exist before. */
	uses: Id[];
	/** What the person wrote, to give it back when the server refuses it. */
	text: string | null;
	/** Unsent operations with the same word are dropped for it; absent: none are. */
	replaces?: string;
	/** A refusal is not worth telling. */
	quiet: boolean;
};

const definitions: Definitions<Arguments> = {
	...posts,
	...topics,
	...marks,
	...asks,
	...drafts,
	...spaces,
	...members,
	...projects,
	...fields,
	...views,
	...tasks,
	...hands,
	...acceptance,
	...goals,
};

/**
 * Makes the operation that is kept and sent. The arguments are copied, so reactive objects may be passed. `unsent`:
 * those that wait; the one that this one replaces is to be dropped.
 */
export function operation<N extends OperationName>(
	name: N,
	given: Arguments[N],
	by: Id,
	at: Instant,
	unsent: readonly Operation[] = [],
): Operation {
	const definition: Definition<Arguments[N]> = definitions[name];
	const own = JSON.parse(JSON.stringify(given)) as Arguments[N];
	const lane = definition.lane(own);
	const word = definition.replaces?.(own);
	const replaces = word === undefined ? undefined : `${name} ${lane} ${word}`;
	const replaced = replaces && unsent.find((op) => op.replaces === replaces);
	const args = (replaced && definition.inherit?.(own, replaced.args as Arguments[N])) || own;
	return {
		id: newId("operation"),
		name,
		args,
		at,
		by,
		request: definition.request(args, at),
		lane,
		creates: present(definition.creates?.(args)),
		uses: present(definition.uses?.(args)),
		text: definition.text?.(args) || null,
		...(replaces === undefined ? {} : { replaces }),
		quiet: definition.quiet ?? false,
	} as Operation;
}

/** Shows an operation over the rows. One that this client does not know, from a newer one, is sent but not shown. */
export function apply(rows: Scratch, op: Operation): void {
	const definition = definitions[op.name] as Definition<unknown> | undefined;
	definition?.apply(rows, op.args, op);
}

/** What takes an operation back, from the rows as they are before it; empty when it cannot be taken back. */
export function inverse<N extends OperationName>(
	name: N,
	args: Arguments[N],
	rows: Pick<Store, "row">,
	by: Id,
): Call[] {
	const definition: Definition<Arguments[N]> = definitions[name];
	return definition.inverse?.(rows, args, by) ?? [];
}

/** What to send in its place when the server has another version (`current`); `undefined`: it stays refused. */
export function instead(op: Operation, current: unknown): ApiRequest | undefined {
	const definition = definitions[op.name] as Definition<unknown> | undefined;
	return definition?.instead?.(op.args, current);
}

const present = (ids: (Id | undefined)[] | undefined): Id[] => (ids ?? []).filter((id) => id !== undefined);
