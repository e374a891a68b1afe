import { Problem } from "./api";
import type { Refused } from "./idb";
import type { Operation } from "./operations";
import { backoff, Pause } from "./pause";
import type { Written } from "./types";

/** How many lanes send at the same time. One connection must stay free for the stream and some for reading. */
const WIDTH = 3;

export interface OutboxPorts {
	/** Every operation that waits, in the order in which they were written. */
	waiting(): Promise<Operation[]>;
	/** Sends one; throws `Problem`. */
	send(op: Operation, signal: AbortSignal): Promise<Written>;
	/** The server has it: rows, and out of the overlay and the outbox in one step. */
	confirmed(op: Operation, written: Written): Promise<void>;
	/** The server will not have these: out of the outbox, and those worth telling kept. */
	refused(ids: string[], kept: Refused[]): Promise<void>;
	/** Nobody is signed in: nothing can be sent until the same member is again. */
	ended(): void;
	/** Whether the same member is signed in at this browser; asked just before each sending. */
	allowed(): boolean;
	/** Milliseconds of a clock that nobody sets. */
	now?(): number;
	random?(): number;
}

interface Lane {
	sending: boolean;
	tries: number;
	/** Not before this instant, unless something says that it may work now. */
	notBefore: number;
	/** Not before this instant in any case: the server asked for it. */
	held: number;
}

/** Sends what the person did: in order and one at a time in each lane, lanes side by side, until the server has it. */
export class Outbox {
	#lanes = new Map<string, Lane>();
	/** What has its answer, should the device not manage to forget it. */
	#settled = new Set<string>();
	#pause = new Pause();
	#woken = false;

	constructor(private readonly ports: OutboxPorts) {}

	/** Something was written: look. */
	look(): void {
		this.#woken = true;
		this.#pause.wake();
	}

	/** The network may be back: try at once. */
	wake(): void {
		for (const lane of this.#lanes.values()) lane.notBefore = 0;
		this.look();
	}

	/** Sends until `signal` aborts. */
	async run(signal: AbortSignal): Promise<void> {
		this.#lanes.clear();
		while (!signal.aborted) {
			this.#woken = false;
			const waiting = await this.#waiting();
			if (signal.aborted) return;
			if (this.ports.allowed()) for (const op of this.#next(waiting)) void this.#send(op, signal);
			if (!this.#woken) await this.#pause.sleep(this.#untilNext(), signal);
		}
	}

	/** The operations to send now: the first of each lane, unless it waits for another lane or for its time. */
	#next(waiting: readonly Operation[]): Operation[] {
		const now = this.#now();
		const created = new Map(waiting.flatMap((op) => op.creates.map((id) => [id, op] as const)));
		const seen = new Set<string>();
		const next: Operation[] = [];
		let free = WIDTH - [...this.#lanes.values()].filter((lane) => lane.sending).length;
		for (const op of waiting) {
			if (seen.has(op.lane)) continue;
			seen.add(op.lane);
			const lane = this.#lane(op.lane);
			const early = Math.max(lane.notBefore, lane.held) > now;
			const needs = op.uses.some((id) => (created.get(id) ?? op) !== op);
			if (lane.sending || early || needs || free <= 0) continue;
			next.push(op);
			free--;
		}
		return next;
	}

	async #send(op: Operation, signal: AbortSignal): Promise<void> {
		const lane = this.#lane(op.lane);
		lane.sending = true;
		try {
			const written = await this.ports.send(op, signal);
			lane.tries = 0;
			this.#settled.add(op.id);
			await this.ports.confirmed(op, written);
		} catch (error) {
			if (!signal.aborted) await this.#failed(op, lane, error);
		} finally {
			lane.sending = false;
			this.look();
		}
	}

	async #failed(op: Operation, lane: Lane, error: unknown): Promise<void> {
		const problem = error instanceof Problem ? error : new Problem(0, String(error));
		if (problem.signedOut) this.ports.ended();
		if (problem.signedOut || problem.passing) {
			lane.notBefore = this.#now() + backoff(lane.tries++, this.ports.random);
			lane.held = this.#now() + (problem.extra.retryAfter ?? 0);
			return;
		}
		const refused = dependents(op, await this.#waiting());
		for (const other of refused) this.#settled.add(other.id);
		const kept = refused.filter((other) => !other.quiet);
		await this.ports.refused(
			refused.map((other) => other.id),
			kept.map((other) => refusal(other, problem, other === op ? null : op.id)),
		);
	}

	async #waiting(): Promise<Operation[]> {
		return (await this.ports.waiting()).filter((op) => !this.#settled.has(op.id));
	}

	#lane(name: string): Lane {
		let lane = this.#lanes.get(name);
		if (!lane) {
			lane = { sending: false, tries: 0, notBefore: 0, held: 0 };
			this.#lanes.set(name, lane);
		}
		return lane;
	}

	/** Until the earliest lane may try again; a minute when none waits. */
	#untilNext(): number {
		const now = this.#now();
		const times = [...this.#lanes.values()].map((lane) => Math.max(lane.notBefore, lane.held)).filter((at) => at > now);
		return Math.min(60_000, ...times.map((at) => at - now));
	}

	#now(): number {
		return this.ports.now?.() ?? performance.now();
	}
}

/** The refused operation and everything that waits for what it would have created. */
function dependents(refused: Operation, waiting: readonly Operation[]): Operation[] {
	const all = [refused];
	const missing = new Set(refused.creates);
	for (const op of waiting) {
		if (op.id === refused.id || !op.uses.some((id) => missing.has(id))) continue;
		all.push(op);
		for (const id of op.creates) missing.add(id);
	}
	return all;
}

function refusal(op: Operation, problem: Problem, because: string | null): Refused {
	return {
		id: op.id,
		name: op.name,
		args: op.args,
		text: op.text,
		problem: problem.toJSON(),
		because,
		at: op.at,
	};
}
