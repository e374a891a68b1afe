import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "./api";
import type { Refused } from "./idb";
import { type Arguments, type Operation, type OperationName, operation } from "./operations";
import { Outbox } from "./outbox";
import type { Written } from "./types";

const make = <N extends OperationName>(name: N, args: Arguments[N]) =>
	operation(name, args, "mem_me", "2026-11-25T12:00:00Z");
const write = (topic: string, id: string) => make("post.create", { topic, id, source: `text of ${id}` });

/** A server that takes each operation once, however often it is sent, and does as it is told before or after. */
class Server {
	took: string[] = [];
	calls: string[] = [];
	/** When each call came. */
	times: number[] = [];
	/** Per operation: what happens to its next sendings. */
	plan = new Map<string, ("lose request" | "lose answer" | Problem)[]>();
	busy = new Map<string, number>();
	mostAtOnce = 0;

	async send(op: Operation): Promise<Written> {
		this.calls.push(op.id);
		this.times.push(Date.now());
		this.busy.set(op.lane, (this.busy.get(op.lane) ?? 0) + 1);
		expect(this.busy.get(op.lane)).toBe(1);
		this.mostAtOnce = Math.max(
			this.mostAtOnce,
			[...this.busy.values()].reduce((a, b) => a + b),
		);
		await new Promise((resolve) => setTimeout(resolve, 100));
		this.busy.set(op.lane, 0);
		const fate = this.plan.get(op.id)?.shift();
		if (fate instanceof Problem) throw fate;
		if (fate === "lose request") throw new Problem(0, "The server could not be reached.");
		if (!this.took.includes(op.id)) this.took.push(op.id);
		if (fate === "lose answer") throw new Problem(0, "The server could not be reached.");
		return { seq: this.took.length, operation: op.id, rows: [] };
	}
}

let server: Server;
let waiting: Operation[];
let refused: Refused[];
let ended: number;
let allowed: boolean;
let outbox: Outbox;
let stop: AbortController;

beforeEach(() => {
	vi.useFakeTimers({ now: 1_000_000 });
	server = new Server();
	waiting = [];
	refused = [];
	ended = 0;
	allowed = true;
	stop = new AbortController();
	const take = (ids: string[]) => {
		waiting = waiting.filter((op) => !ids.includes(op.id));
	};
	outbox = new Outbox({
		waiting: async () => [...waiting],
		send: (op) => server.send(op),
		confirmed: async (op) => take([op.id]),
		refused: async (ids, kept) => {
			take(ids);
			refused.push(...kept);
		},
		ended: () => {
			ended++;
			stop.abort();
		},
		allowed: () => allowed,
		random: () => 1,
	});
});
afterEach(() => {
	stop.abort();
	vi.useRealTimers();
});

const run = () => void outbox.run(stop.signal);
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
function plan(op: Operation, ...fates: ("lose request" | "lose answer" | Problem)[]): Operation {
	server.plan.set(op.id, fates);
	return op;
}

describe("order", () => {
	test("twenty of one topic go in order, one at a time", async () => {
		waiting = Array.from({ length: 20 }, (_, n) => write("t", `p${n}`));
		const order = waiting.map((op) => op.id);
		run();
		await pass(20 * 100);
		expect(server.took).toEqual(order);
		expect(server.calls.length).toBe(20);
		expect(server.mostAtOnce).toBe(1);
	});

	test("topics go side by side, and a slow one does not hold the others", async () => {
		const slow = plan(write("a", "a1"), new Problem(503, "busy"));
		const behind = write("a", "a2");
		waiting = [slow, behind, write("b", "b1"), write("c", "c1"), write("d", "d1"), write("e", "e1")];
		run();
		await pass(450);
		expect(server.took).toHaveLength(4);
		expect(server.took).not.toContain(behind.id);
		expect(server.mostAtOnce).toBe(3);
		await pass(1000);
		expect(server.took.indexOf(slow.id)).toBeLessThan(server.took.indexOf(behind.id));
		expect(waiting).toEqual([]);
	});

	test("a topic waits for the space that it is in, in another lane", async () => {
		const space = plan(make("space.create", { id: "s", name: "New", visibility: "open" }), "lose request");
		const topic = make("topic.create", { id: "t", space: "s", title: "First", post: { id: "p", source: "x" } });
		waiting = [space, topic];
		run();
		await pass(150);
		expect(server.calls).toEqual([space.id]);
		await pass(2000);
		expect(server.took).toEqual([space.id, topic.id]);
	});

	test("what is written while sending is sent next", async () => {
		waiting = [write("t", "p1")];
		run();
		await pass(50);
		waiting.push(write("t", "p2"));
		outbox.look();
		await pass(200);
		expect(server.took).toHaveLength(2);
	});
});

describe("trying again", () => {
	test("an answer that was lost after the server had it: sent again, taken once", async () => {
		const op = plan(write("t", "p"), "lose answer", "lose answer");
		waiting = [op];
		run();
		await pass(5000);
		expect(server.calls).toEqual([op.id, op.id, op.id]);
		expect(server.took).toEqual([op.id]);
		expect(waiting).toEqual([]);
	});

	test("passing problems wait longer each time, at most 30 seconds", async () => {
		const op = plan(write("t", "p"), ...Array.from({ length: 12 }, () => new Problem(500, "broken")));
		waiting = [op];
		run();
		await pass(130_000);
		// Each sending takes 100 ms until its answer.
		const waits = server.times.slice(1).map((at, index) => at - (server.times[index] ?? 0) - 100);
		expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
		expect(refused).toEqual([]);
	});

	test("at once when the network may be back", async () => {
		const op = plan(write("t", "p"), ...Array.from({ length: 8 }, () => "lose request" as const));
		waiting = [op];
		run();
		await pass(60_000);
		server.plan.clear();
		const before = server.calls.length;
		outbox.wake();
		await pass(100);
		expect(server.calls.length).toBe(before + 1);
		expect(server.took).toEqual([op.id]);
	});

	test("never before the time that the server asked for", async () => {
		const op = plan(write("t", "p"), new Problem(429, "Too many requests", { retryAfter: 20_000 }));
		waiting = [op];
		run();
		await pass(15_000);
		outbox.wake();
		await pass(4000);
		expect(server.calls.length).toBe(1);
		await pass(2000);
		expect(server.took).toEqual([op.id]);
	});

	test("a device that cannot forget an operation does not make it go again", async () => {
		const op = write("t", "p");
		const stuck = new Outbox({
			waiting: async () => [op],
			send: (one) => server.send(one),
			confirmed: async () => {},
			refused: async () => {},
			ended: () => {},
			allowed: () => true,
		});
		void stuck.run(stop.signal);
		await pass(120_000);
		expect(server.calls).toEqual([op.id]);
	});
});

describe("refusals", () => {
	const no = () => new Problem(422, "The text is too long.", { field: "source" });

	test("the text is kept with the reason, it is not tried again, and the next goes on", async () => {
		const bad = plan(write("t", "bad"), no());
		const good = write("t", "good");
		waiting = [bad, good];
		run();
		await pass(60_000);
		expect(server.calls).toEqual([bad.id, good.id]);
		expect(refused).toEqual([
			expect.objectContaining({
				id: bad.id,
				text: "text of bad",
				because: null,
				problem: { status: 422, title: "The text is too long.", detail: null, field: "source", code: null },
			}),
		]);
	});

	test("what needs a refused creation is refused with it, the rest of the lane is not", async () => {
		const topic = plan(make("topic.create", { id: "t", title: "T", post: { id: "p0", source: "first" } }), no());
		const inside = write("t", "p1");
		const edit = make("post.edit", { id: "p1", topic: "t", source: "edited", edits: 0 });
		const elsewhere = write("u", "p2");
		waiting = [topic, inside, edit, make("mark.set", { topic: "t", read_no: 1 }), elsewhere];
		run();
		await pass(5000);
		expect(server.took).toEqual([elsewhere.id]);
		expect(refused.map(({ id, because }) => [id, because])).toEqual([
			[topic.id, null],
			[inside.id, topic.id],
			[edit.id, topic.id],
		]);
		expect(waiting).toEqual([]);
	});

	test("a read mark that is refused is not told", async () => {
		waiting = [plan(make("mark.set", { topic: "t", read_no: 3 }), new Problem(404, "No such topic."))];
		run();
		await pass(1000);
		expect(waiting).toEqual([]);
		expect(refused).toEqual([]);
	});
});

describe("sessions", () => {
	test("a session that ended keeps everything, and it goes once the member is back", async () => {
		const op = plan(write("t", "p"), new Problem(401, "Signed out."));
		waiting = [op];
		run();
		await pass(60_000);
		expect(ended).toBe(1);
		expect(server.calls.length).toBe(1);
		expect(waiting).toEqual([op]);
		stop = new AbortController();
		run();
		await pass(1000);
		expect(server.took).toEqual([op.id]);
	});

	test("nothing goes while another member is signed in at this browser", async () => {
		waiting = [write("t", "p")];
		allowed = false;
		run();
		await pass(120_000);
		expect(server.calls).toEqual([]);
		allowed = true;
		outbox.wake();
		await pass(100);
		expect(server.took.length).toBe(1);
	});
});
