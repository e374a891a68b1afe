import { beforeEach, describe, expect, test } from "vitest";
import { type Ask, client, type Mark, type RowChange } from "$data/index";
import * as make from "$data/testing/rows";
import { inboxOf, sectionOf } from "./places";

const ME = "mem_me";
const NOW = Date.parse("2026-11-25T14:00:00Z");

const mark = (id: string, change: Partial<Mark> = {}): Mark => ({
	id,
	following: true,
	read_no: 0,
	done_no: 0,
	mention_no: 0,
	reason: "follows",
	later_until: null,
	kept: false,
	changed_at: "2026-11-25T10:00:00Z",
	...change,
});

const ask = (id: string, topic: string, change: Partial<Ask> = {}): Ask => ({
	id,
	topic,
	post: null,
	kind: "answer",
	question: "Which date?",
	asker: "mem_other",
	asked: ME,
	budget: { kind: "no_rush" },
	asked_at: "2026-11-25T09:00:00Z",
	delivered_at: "2026-11-25T09:00:00Z",
	due_at: null,
	promised_at: null,
	state: "open",
	answer_post: null,
	reason: null,
	suggested: null,
	passed_to: null,
	passed_from: null,
	ended_at: null,
	...change,
});

function know(...rows: RowChange[]) {
	client.store.confirm([{ seq: 1, operation: null, rows }]);
}

const topic = (id: string, change = {}): RowChange => ({
	table: "topics",
	id,
	row: make.topic({ id, last_no: 1, ...change }),
});
const marked = (id: string, change: Partial<Mark> = {}): RowChange => ({ table: "marks", id, row: mark(id, change) });
const asked = (id: string, of: string, change: Partial<Ask> = {}): RowChange => ({
	table: "asks",
	id,
	row: ask(id, of, change),
});
const ids = (items: { topic: { id: string } }[]) => items.map((item) => item.topic.id);

beforeEach(() => client.store.clear());

describe("the inbox on this device", () => {
	test("sorts what waits by the instant that counts, and what is to read by the newest", () => {
		know(
			topic("top_a"),
			asked("ask_a", "top_a"),
			topic("top_b"),
			asked("ask_b", "top_b", { due_at: "2026-11-26T10:00:00Z" }),
			topic("top_c"),
			asked("ask_c", "top_c", { due_at: "2026-11-25T10:00:00Z", promised_at: "2026-11-27T10:00:00Z" }),
			topic("top_d", { last_at: "2026-11-25T08:00:00Z" }),
			marked("top_d"),
			topic("top_e", { last_at: "2026-11-25T09:00:00Z" }),
			marked("top_e"),
		);
		const { today } = inboxOf(ME, NOW);
		expect(ids(sectionOf(today, "waiting"))).toEqual(["top_b", "top_c", "top_a"]);
		expect(ids(sectionOf(today, "reading"))).toEqual(["top_e", "top_d"]);
	});

	test("is one row for a topic with several reasons: the strongest, and the ask that is due first", () => {
		know(
			topic("top_a"),
			marked("top_a", { mention_no: 1 }),
			asked("ask_1", "top_a", { due_at: "2026-11-27T10:00:00Z" }),
			asked("ask_2", "top_a", { due_at: "2026-11-26T10:00:00Z" }),
		);
		const { today } = inboxOf(ME, NOW);
		expect(today).toHaveLength(1);
		expect(today[0]).toMatchObject({ section: "waiting", reason: "asked", ask: { id: "ask_2" } });
	});

	test("shows what was put off by when it comes back, and what is done by when that was", () => {
		know(
			topic("top_a"),
			marked("top_a", { later_until: "2026-11-27T08:00:00Z" }),
			topic("top_b"),
			marked("top_b", { later_until: "2026-11-26T08:00:00Z" }),
			topic("top_c"),
			marked("top_c", { done_no: 1, changed_at: "2026-11-24T10:00:00Z" }),
			topic("top_d"),
			marked("top_d", { done_no: 1, changed_at: "2026-11-25T10:00:00Z" }),
		);
		const { later, done, today } = inboxOf(ME, NOW);
		expect(ids(later)).toEqual(["top_b", "top_a"]);
		expect(ids(done)).toEqual(["top_d", "top_c"]);
		expect(today).toEqual([]);
		expect(ids(inboxOf(ME, Date.parse("2026-11-26T08:00:00Z")).today)).toEqual(["top_b"]);
	});
});
