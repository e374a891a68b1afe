import { beforeEach, describe, expect, test, vi } from "vitest";
import { apply, type Operation, operation } from "./operations";
import { Signals } from "./signals.svelte";
import { defineView, Store } from "./store";
import { post, topic } from "./testing/rows";
import type { Entry, Post, RowChange, Topic } from "./types";
import { postsOfTopic, topicsOfSpace } from "./views";

const ME = "mem_me";
const AT = "2026-11-25T12:00:00Z";

const change = (table: "posts" | "topics", row: Post | Topic): RowChange => ({ table, id: row.id, row }) as RowChange;
const entry = (seq: number, rows: RowChange[], operation: string | null = null): Entry => ({ seq, operation, rows });
const write = (topic: string, id: string, source = "Mine") => operation("post.create", { id, topic, source }, ME, AT);

let signals: Signals;
let store: Store<Operation>;
beforeEach(() => {
	signals = new Signals();
	store = new Store<Operation>(apply, signals);
});

/** Everything a listener of `key` would have drawn. */
function drawn<T>(key: string, draw: () => T): T[] {
	const seen: T[] = [];
	signals.on(key, () => seen.push(draw()));
	return seen;
}

describe("confirmed rows", () => {
	test("a row with a lower number never replaces one with a higher", () => {
		store.confirm([entry(5, [change("topics", topic({ id: "t", title: "new" }))])]);
		store.confirm([entry(4, [change("topics", topic({ id: "t", title: "old" }))])]);
		expect(store.row("topics", "t")?.title).toBe("new");
		store.confirm([entry(6, [change("topics", topic({ id: "t", title: "newer" }))])]);
		expect(store.row("topics", "t")?.title).toBe("newer");
		expect(store.version("topics", "t")).toBe(6);
	});

	test("what hangs on a space goes with it", () => {
		const mine = topic({ id: "t", space: "s" });
		const other = topic({ id: "u", space: "s2" });
		store.confirm([
			entry(5, [
				change("topics", mine),
				change("topics", other),
				change("posts", post({ id: "p", topic: "t" })),
				change("posts", post({ id: "q", topic: "u" })),
			]),
		]);
		store.confirm(store.withLosses([entry(6, [{ table: "spaces", id: "s", row: null }])]));
		expect(store.row("topics", "t")).toBeUndefined();
		expect(store.row("posts", "p")).toBeUndefined();
		expect(store.row("topics", "u")).toBeDefined();
		expect(store.row("posts", "q")).toBeDefined();
	});

	test("a topic that only moved keeps its posts", () => {
		const thread = topic({ id: "t", space: "s" });
		store.confirm([entry(5, [change("topics", thread), change("posts", post({ id: "p", topic: "t" }))])]);
		const moved = [
			entry(6, [{ table: "topics", id: "t", row: null }]),
			entry(7, [change("topics", { ...thread, space: "s2" })]),
		];
		store.confirm(store.withLosses(moved));
		expect(store.row("topics", "t")?.space).toBe("s2");
		expect(store.row("posts", "p")).toBeDefined();
		store.confirm(store.withLosses([entry(8, [{ table: "topics", id: "t", row: null }])]));
		expect(store.row("posts", "p")).toBeUndefined();
	});

	test("a late answer does not bring back a row that is gone", () => {
		const row = post({ id: "p", topic: "t" });
		store.confirm([entry(5, [change("posts", row)])]);
		store.confirm([entry(7, [{ table: "posts", id: "p", row: null }])]);
		store.confirm([entry(6, [change("posts", row)])]);
		expect(store.row("posts", "p")).toBeUndefined();
		expect(store.list(postsOfTopic, "t")).toEqual([]);
	});

	test("a row that says the same again keeps its identity and tells nobody, but takes the number", () => {
		store.confirm([entry(5, [change("topics", topic({ id: "t" }))])]);
		const before = store.row("topics", "t");
		const seen = drawn("topics/t", () => true);
		store.confirm([entry(9, [change("topics", { ...topic(), id: "t" })])]);
		expect(store.row("topics", "t")).toBe(before);
		expect(seen).toEqual([]);
		store.confirm([entry(8, [change("topics", topic({ id: "t", title: "between" }))])]);
		expect(store.row("topics", "t")).toBe(before);
	});

	test("purging forgets what was not read since, and the lists follow", () => {
		store.confirm([entry(1, [change("posts", post({ id: "a", topic: "t" }))])]);
		store.confirm([entry(5, [change("posts", post({ id: "b", topic: "t", no: 2 }))])]);
		expect(store.list(postsOfTopic, "t")).toEqual(["a", "b"]);
		store.purge(5);
		expect(store.list(postsOfTopic, "t")).toEqual(["b"]);
		expect(store.row("posts", "a")).toBeUndefined();
	});
});

describe("operations that are not confirmed", () => {
	beforeEach(() => {
		store.confirm([
			entry(1, [
				change("topics", topic({ id: "t", last_no: 1 })),
				change("posts", post({ id: "p1", topic: "t", no: 1 })),
			]),
		]);
	});

	test("show at once in every view", () => {
		store.add(write("t", "p2", "A <b>bold</b> claim\nand more"));
		expect(store.row("posts", "p2")).toMatchObject({
			no: 2,
			author: ME,
			html: "<p>A &lt;b&gt;bold&lt;/b&gt; claim<br>and more</p>",
			pending: store.pending[0]?.id,
		});
		expect(store.row("topics", "t")).toMatchObject({ last_no: 2, post_count: 2, last_by: ME });
		expect(store.list(postsOfTopic, "t")).toEqual(["p1", "p2"]);
	});

	test("are replayed over what arrives meanwhile: theirs first, mine after", () => {
		store.add(write("t", "mine"));
		store.confirm([
			entry(2, [
				change("topics", topic({ id: "t", last_no: 2, post_count: 2 })),
				change("posts", post({ id: "theirs", topic: "t", no: 2 })),
			]),
		]);
		expect(store.list(postsOfTopic, "t")).toEqual(["p1", "theirs", "mine"]);
		expect(store.row("posts", "mine")?.no).toBe(3);
		expect(store.row("topics", "t")).toMatchObject({ last_no: 3, post_count: 3 });
	});

	test("leave the overlay in the step that brings the rows: never gone, never twice", () => {
		const op = write("t", "p2");
		store.add(op);
		const lists = drawn("posts/p2", () => store.list(postsOfTopic, "t").filter((id) => id === "p2").length);
		const pending = drawn("posts/p2", () => store.row("posts", "p2")?.pending);
		store.confirm([
			entry(
				2,
				[
					change("posts", post({ id: "p2", topic: "t", no: 2, author: ME, html: "<p><b>Mine</b></p>" })),
					change("topics", topic({ id: "t", last_no: 2, post_count: 2 })),
				],
				op.id,
			),
		]);
		expect(lists).toEqual([1]);
		expect(pending).toEqual([undefined]);
		expect(store.pending).toEqual([]);
		expect(store.row("topics", "t")?.last_no).toBe(2);
	});

	test("change nothing when a read has brought their rows already, and the answer was lost", () => {
		store.add(write("t", "p2"));
		store.confirm([
			entry(2, [
				change("posts", post({ id: "p2", topic: "t", no: 2, author: ME })),
				change("topics", topic({ id: "t", last_no: 2, post_count: 2 })),
			]),
		]);
		expect(store.list(postsOfTopic, "t")).toEqual(["p1", "p2"]);
		expect(store.row("topics", "t")).toMatchObject({ last_no: 2, post_count: 2 });
		expect(store.row("posts", "p2")?.pending).toBeUndefined();
	});

	test("a refused one is taken back and the others never leave the screen", () => {
		const bad = write("t", "bad");
		const good = write("t", "good");
		store.add(bad);
		store.add(good);
		const view = `${"posts"}/good`;
		const seen = drawn(view, () => store.list(postsOfTopic, "t").includes("good"));
		store.drop([bad.id]);
		expect(store.list(postsOfTopic, "t")).toEqual(["p1", "good"]);
		expect(store.row("posts", "good")?.no).toBe(2);
		expect(seen).toEqual([true]);
	});

	test("a refetch of older rows does not wipe one that is unsent", () => {
		store.add(write("t", "p2"));
		store.confirm([
			entry(1, [change("topics", topic({ id: "t", last_no: 1 })), change("posts", post({ id: "p1", topic: "t" }))]),
		]);
		expect(store.list(postsOfTopic, "t")).toEqual(["p1", "p2"]);
	});

	test("word from another tab that comes after the confirmation adds nothing", () => {
		const op = write("t", "p2");
		store.confirm([entry(2, [change("posts", post({ id: "p2", topic: "t", no: 2 }))], op.id)]);
		store.add(op);
		expect(store.pending).toEqual([]);
		store.restore([], [op]);
		expect(store.pending).toEqual([]);
	});

	test("what comes out the same keeps its identity through other changes", () => {
		store.add(write("t", "p2"));
		const before = store.row("posts", "p2");
		const seen = drawn("posts/p2", () => true);
		store.confirm([entry(3, [change("topics", topic({ id: "u" }))])]);
		expect(store.row("posts", "p2")).toBe(before);
		expect(seen).toEqual([]);
	});
});

describe("lists", () => {
	test("are the same array until they change", () => {
		store.confirm([entry(1, [change("posts", post({ id: "a", topic: "t" }))])]);
		const before = store.list(postsOfTopic, "t");
		store.confirm([entry(2, [change("posts", post({ id: "a", topic: "t", source: "edited" }))])]);
		expect(store.list(postsOfTopic, "t")).toBe(before);
	});

	test("follow rows to other groups and places", () => {
		const at = (minute: number) => `2026-11-25T10:${String(minute).padStart(2, "0")}:00Z`;
		store.confirm([
			entry(
				1,
				[1, 2, 3].map((n) => change("topics", topic({ id: `t${n}`, space: "s", last_at: at(n) }))),
			),
		]);
		expect(store.list(topicsOfSpace, "s")).toEqual(["t3", "t2", "t1"]);
		store.confirm([entry(2, [change("topics", topic({ id: "t1", space: "s", last_at: at(9) }))])]);
		expect(store.list(topicsOfSpace, "s")).toEqual(["t1", "t3", "t2"]);
		store.confirm([entry(3, [change("topics", topic({ id: "t3", space: "r", last_at: at(3) }))])]);
		expect(store.list(topicsOfSpace, "s")).toEqual(["t1", "t2"]);
		expect(store.list(topicsOfSpace, "r")).toEqual(["t3"]);
	});

	test("rows that the order does not tell apart have one order", () => {
		const flat = defineView({ table: "posts", group: () => "all", order: () => 0 });
		store.list(flat, "all");
		for (const id of ["c", "a", "d", "b"]) store.confirm([entry(1, [change("posts", post({ id }))])]);
		expect(store.list(flat, "all")).toEqual(["a", "b", "c", "d"]);
	});

	test("keep every order that random changes ask for", () => {
		const even = defineView<"posts">({
			table: "posts",
			group: (row) => (row.no % 2 === 0 ? "even" : undefined),
			order: (a, b) => b.no - a.no,
		});
		store.list(even, "even");
		let random = 7;
		const next = (below: number) => {
			random = (random * 1103515245 + 12345) & 0x7fffffff;
			return random % below;
		};
		const truth = new Map<string, number>();
		for (let seq = 1; seq <= 200; seq++) {
			const rows = Array.from({ length: 1 + next(5) }, () => {
				const id = `p${next(40)}`;
				const gone = next(6) === 0;
				const no = next(1000);
				if (gone) truth.delete(id);
				else truth.set(id, no);
				return gone ? ({ table: "posts", id, row: null } as RowChange) : change("posts", post({ id, no }));
			});
			store.confirm([entry(seq, rows)]);
			const expected = [...truth]
				.filter(([, no]) => no % 2 === 0)
				.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
				.map(([id]) => id);
			expect(store.list(even, "even")).toEqual(expected);
		}
	});

	test("listeners of one step see all of it", () => {
		store.confirm([entry(1, [change("topics", topic({ id: "t", last_no: 1 }))])]);
		const listener = vi.fn(() => [store.row("topics", "t")?.last_no, store.list(postsOfTopic, "t").length]);
		signals.on("topics/t", listener);
		signals.on("posts/p2", listener);
		store.confirm([
			entry(2, [
				change("topics", topic({ id: "t", last_no: 2 })),
				change("posts", post({ id: "p2", topic: "t", no: 2 })),
			]),
		]);
		expect(listener.mock.results.map((result) => result.value)).toEqual([
			[2, 1],
			[2, 1],
		]);
	});
});

test("ten thousand rows: each further change touches only its own lists", () => {
	const rows = Array.from({ length: 10_000 }, (_, no) =>
		change("posts", post({ id: `p${no}`, topic: `t${no % 100}`, no })),
	);
	store.confirm([entry(1, rows)]);
	const groupings = vi.fn((row: Post) => row.topic);
	const counted = defineView<"posts">({ table: "posts", group: groupings, order: (a, b) => a.no - b.no });
	expect(store.list(counted, "t7").length).toBe(100);
	groupings.mockClear();
	store.confirm([entry(2, [change("posts", post({ id: "extra", topic: "t7", no: 7.5 }))])]);
	expect(store.list(counted, "t7")[1]).toBe("extra");
	expect(groupings).toHaveBeenCalledTimes(1);
});
