import "fake-indexeddb/auto";
import { openDB } from "idb";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Drafts } from "./drafts";
import { Database, type Storage } from "./idb";
import { newId } from "./ids";
import { type Operation, operation } from "./operations";
import { post, topic } from "./testing/rows";

const write = (id: string) =>
	operation("post.create", { id, topic: "t", source: id }, "mem_me", "2026-11-25T12:00:00Z");

let member: string;
let states: Storage[];
let database: Database;
beforeEach(() => {
	member = newId("member");
	states = [];
	database = new Database(member, (state) => states.push(state));
});
const again = async () => {
	await database.close();
	database = new Database(member);
	return database.load();
};

describe("the device", () => {
	test("keeps rows with their numbers, and an older one never replaces a newer", async () => {
		const row = post({ id: "p" });
		await database.apply([{ seq: 5, operation: null, rows: [{ table: "posts", id: "p", row }] }], 5);
		await database.apply([{ seq: 3, operation: null, rows: [{ table: "posts", id: "p", row: { ...row, no: 9 } }] }]);
		const kept = await again();
		expect(kept.rows).toEqual([{ table: "posts", id: "p", version: 5, row }]);
		expect(kept.cursor).toBe(5);
	});

	test("knows when a topic was opened, and lets go of posts", async () => {
		const rows = ["p", "q"].map((id) => ({ table: "posts", id, row: post({ id }) }) as const);
		await database.apply([{ seq: 5, operation: null, rows: [...rows] }], 5);
		await database.noteOpened("top_1", 7);
		await database.noteOpened("top_2", 8);
		await database.noteOpened("top_1", 9);
		await database.removePosts(["p"]);
		const kept = await again();
		expect([...kept.opened]).toEqual([
			["top_1", 9],
			["top_2", 8],
		]);
		expect(kept.rows.map((row) => row.id)).toEqual(["q"]);
		expect(kept.cursor).toBe(5);
	});

	test("takes the last word of a batch, and the cursor never goes back", async () => {
		const rows = [3, 5, 4].map((seq) => ({
			seq,
			operation: null,
			rows: [{ table: "topics" as const, id: "t", row: topic({ id: "t", title: `at ${seq}` }) }],
		}));
		await database.apply(rows, 5);
		await database.apply([], 4);
		const kept = await again();
		expect(kept.rows.map(({ version, row }) => [version, (row as { title: string }).title])).toEqual([[5, "at 5"]]);
		expect(kept.cursor).toBe(5);
	});

	test("rows, cursor and the acknowledged operation change in one step", async () => {
		const [one, two] = [write("p1"), write("p2")];
		await database.addOperation(one);
		await database.addOperation(two);
		await database.apply([
			{ seq: 7, operation: one.id, rows: [{ table: "posts", id: "p1", row: post({ id: "p1" }) }] },
		]);
		const kept = await again();
		expect(kept.outbox).toEqual([two]);
		expect(kept.rows.length).toBe(1);
	});

	test("keeps operations in the order in which they were written, with their requests", async () => {
		const ops = Array.from({ length: 20 }, (_, n) => write(`p${n}`));
		for (const op of ops) await database.addOperation(op);
		expect((await again()).outbox).toEqual(ops);
	});

	test("a draft leaves in the step that makes its operation safe", async () => {
		await database.putDraft({ key: "topic:t", source: "words", at: "2026-11-25T12:00:00Z" });
		await database.addOperation(write("p"), "topic:t");
		expect(await database.draft("topic:t")).toBeUndefined();
		// An operation that is not taken leaves the draft.
		await database.putDraft({ key: "topic:t", source: "other words", at: "2026-11-25T12:00:00Z" });
		const full = vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
			throw new DOMException("The disk is full.", "QuotaExceededError");
		});
		await expect(database.addOperation(write("q"), "topic:t")).rejects.toThrow();
		full.mockRestore();
		expect((await database.draft("topic:t"))?.source).toBe("other words");
		expect(states.at(-1)).toBe("full");
	});

	test("an operation that is there already stays as it is, and its draft leaves", async () => {
		const ops = [write("p"), write("q")];
		for (const op of ops) await database.addOperation(op);
		await database.putDraft({ key: "topic:t", source: "words", at: "2026-11-25T12:00:00Z" });
		await database.addOperation(ops[0] as Operation, "topic:t");
		expect((await again()).outbox).toEqual(ops);
		expect(await database.draft("topic:t")).toBeUndefined();
	});

	test("keeps a refusal until it is dismissed, and the operation goes in the same step", async () => {
		const op = write("p");
		await database.addOperation(op);
		const problem = { status: 422, title: "Too long.", detail: null, field: "source" };
		const refused = { id: op.id, name: op.name, args: op.args, text: op.text, problem, because: null, at: op.at };
		await database.refuse([op.id], [refused]);
		expect(await again()).toMatchObject({ outbox: [], refused: [refused] });
		await database.dismiss(op.id);
		expect((await again()).refused).toEqual([]);
	});

	test("forgets rows that were not read since, and starts the log there", async () => {
		for (const seq of [1, 5, 9])
			await database.apply(
				[{ seq, operation: null, rows: [{ table: "posts", id: `p${seq}`, row: post({ id: `p${seq}` }) }] }],
				seq,
			);
		await database.purge(5);
		const kept = await again();
		expect(kept.rows.map((row) => row.id).sort()).toEqual(["p5", "p9"]);
		expect(kept.cursor).toBe(5);
	});

	test("signing out leaves what is unsent and the drafts, and nothing that was read", async () => {
		await database.apply([{ seq: 1, operation: null, rows: [{ table: "posts", id: "p", row: post({ id: "p" }) }] }], 1);
		await database.addOperation(write("q"));
		await database.putDraft({ key: "direct", source: "Dear", at: "2026-11-25T12:00:00Z" });
		await database.forgetRows();
		const kept = await again();
		expect(kept).toMatchObject({ rows: [], cursor: undefined });
		expect(kept.outbox.length).toBe(1);
		expect((await database.drafts()).length).toBe(1);
	});

	test("two members never mix", async () => {
		await database.addOperation(write("p"));
		expect((await new Database(newId("member")).load()).outbox).toEqual([]);
	});

	test("of an earlier client is brought along with every unsent operation, refusal and draft", async () => {
		const ops = Array.from({ length: 3 }, (_, n) => write(`p${n}`));
		const problem = { status: 422, title: "Too long.", detail: null, field: "source" };
		const refused = { id: "op_r", name: "post.create", args: {}, text: "Hi", problem, because: null, at: "" };
		const draft = { key: "topic:t", source: "words", at: "2026-11-25T12:00:00Z" };
		const older = await openDB(`meridian-${member}`, 1, {
			upgrade(db) {
				db.createObjectStore("rows", { keyPath: ["table", "id"] });
				db.createObjectStore("meta");
				db.createObjectStore("outbox", { autoIncrement: true }).createIndex("id", "id", { unique: true });
				db.createObjectStore("refused", { keyPath: "id" });
				db.createObjectStore("drafts", { keyPath: "key" });
			},
		});
		for (const op of ops) await older.add("outbox", op);
		await older.put("refused", refused);
		await older.put("drafts", draft);
		await older.put("rows", { table: "posts", id: "p", version: 5, row: post({ id: "p" }) });
		await older.put("meta", 5, "cursor");
		older.close();
		const kept = await database.load();
		expect(kept).toMatchObject({ cursor: 5, outbox: ops, refused: [refused] });
		expect(kept.rows.length).toBe(1);
		expect(await database.drafts()).toEqual([draft]);
		await database.keepAnswer("/away", { more: 1 }, 1);
		expect(await database.answer("/away")).toEqual({ more: 1 });
	});

	test("keeps the answers that were read last", async () => {
		for (let n = 0; n < 310; n++) await database.keepAnswer(`look ${n}`, n, n);
		await database.keepAnswer("look 309", "again", 310);
		expect(await database.answer("look 9")).toBeUndefined();
		expect(await database.answer("look 10")).toBe(10);
		expect(await database.answer("look 309")).toBe("again");
		await database.forgetRows();
		expect(await database.answer("look 309")).toBeUndefined();
	});

	test("drops the unsent text that a newer one replaces, in one step", async () => {
		const place = { kind: "topic", topic: "t" } as const;
		const put = (source: string) =>
			operation("draft.put", { id: "d", place, source, device: "here", version: 0 }, "mem_me", "2026-11-25T12:00:00Z");
		const [other, one, two] = [write("p"), put("One"), put("One two")];
		for (const op of [other, one, two]) await database.addOperation(op);
		expect(await database.outbox()).toEqual([other, two]);
	});

	test("a newer client's database is said to be newer, and nothing is broken", async () => {
		await database.addOperation(write("p"));
		const newer = await openDB(`meridian-${member}`, 99);
		await expect(database.addOperation(write("q"))).rejects.toThrow();
		expect(states.at(-1)).toBe("outdated");
		expect((await newer.getAll("outbox")).length).toBe(1);
		newer.close();
	});
});

describe("drafts", () => {
	test("are kept, the last text wins, and an empty one is none", async () => {
		const drafts = new Drafts(() => database);
		drafts.write("topic:t", "H");
		drafts.write("topic:t", "He");
		drafts.write("topic:t", "Hello", { to: ["mem_ana"] });
		expect((await drafts.read("topic:t"))?.source).toBe("Hello");
		expect(await drafts.flush()).toBe(true);
		await again();
		const later = new Drafts(() => database);
		expect(await later.read("topic:t")).toMatchObject({ source: "Hello", more: { to: ["mem_ana"] } });
		later.write("topic:t", "  ");
		await later.flush();
		expect(await database.drafts()).toEqual([]);
	});

	test("a draft that the device does not take stays at hand", async () => {
		let full = true;
		const device = {
			putDraft: async (draft: Parameters<Database["putDraft"]>[0]) => {
				if (full) throw new DOMException("full", "QuotaExceededError");
				await database.putDraft(draft);
			},
			draft: (key: string) => database.draft(key),
		} as Database;
		const drafts = new Drafts(() => device);
		drafts.write("topic:t", "Words");
		expect(await drafts.flush()).toBe(false);
		expect((await drafts.read("topic:t"))?.source).toBe("Words");
		full = false;
		expect(await drafts.flush()).toBe(true);
		expect((await database.draft("topic:t"))?.source).toBe("Words");
	});

	test("what a page left behind is taken, unless the disk has a newer text", async () => {
		const before = new Drafts(
			() => database,
			() => "2026-11-25T10:00:00.000Z",
		);
		before.write("topic:t", "Words in the last mom");
		const left = before.unsaved();
		before.forget("topic:t");
		const after = new Drafts(
			() => database,
			() => "2026-11-25T10:00:01.000Z",
		);
		await after.restore(left);
		expect((await database.draft("topic:t"))?.source).toBe("Words in the last mom");
		after.write("topic:t", "Newer");
		await after.flush();
		await after.restore(left);
		expect((await database.draft("topic:t"))?.source).toBe("Newer");
	});

	test("what an operation took over is not written again", async () => {
		const drafts = new Drafts(() => database);
		drafts.write("topic:t", "Words");
		drafts.forget("topic:t");
		await database.addOperation(write("p"), "topic:t");
		await drafts.flush();
		expect(await database.drafts()).toEqual([]);
	});
});
