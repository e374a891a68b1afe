import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Ask, client, type Delivery, type Mark, type RowChange } from "$data/index";
import * as make from "$data/testing/rows";
import { inboxOf, sectionOf } from "./places";

const ME = "mem_me";
const NOW = Date.parse("2026-11-25T14:00:00Z");

const ask = (id: string, topic: string, change: Partial<Ask> = {}): Ask =>
	make.ask({ id, topic, asker: "mem_other", budget: { kind: "no_rush" }, ...change });

function know(...rows: RowChange[]) {
	client.store.confirm([{ seq: 1, operation: null, rows }]);
}

const topic = (id: string, change = {}): RowChange => ({
	table: "topics",
	id,
	row: make.topic({ id, last_no: 1, ...change }),
});
const marked = (id: string, change: Partial<Mark> = {}): RowChange => ({
	table: "marks",
	id,
	row: make.mark({ id, ...change }),
});
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

describe("between deliveries", () => {
	const delivery = (change: Partial<Delivery> = {}): RowChange => ({
		table: "deliveries",
		id: ME,
		row: make.delivery({ id: ME, through: "2026-11-25T13:00:00Z", next_at: "2026-11-25T18:00:00Z", ...change }),
	});
	const written = (topic: string, no: number, at: string): RowChange => ({
		table: "posts",
		id: `pst_${topic}_${no}`,
		row: make.post({ id: `pst_${topic}_${no}`, topic, no, created_at: at, source: `Post ${no}`, author: "mem_ana" }),
	});

	test("a topic stands still: the row is that of the last post that arrived", () => {
		know(
			delivery(),
			topic("top_a", { last_no: 3, last_by: "mem_ben", last_at: "2026-11-25T13:50:00Z", snippet: "Post 3" }),
			written("top_a", 1, "2026-11-25T10:00:00Z"),
			written("top_a", 2, "2026-11-25T12:00:00Z"),
			written("top_a", 3, "2026-11-25T13:50:00Z"),
			marked("top_a", { delivered_no: 2 }),
			topic("top_b", { last_no: 1 }),
			marked("top_b", { delivered_no: 0 }),
		);
		const { today, held } = inboxOf(ME, NOW);
		expect(today.map(({ arrived, last, unread }) => ({ arrived, last, unread }))).toEqual([
			{ arrived: 2, last: { by: "mem_ana", at: "2026-11-25T12:00:00Z", text: "Post 2" }, unread: 2 },
		]);
		expect(held).toEqual(["top_a", "top_b"]);
	});

	test("an ask waits for its delivery, and a group's for that of its post", () => {
		const group: RowChange = {
			table: "groups",
			id: "grp_1",
			row: {
				id: "grp_1",
				name: "Design",
				slug: "design",
				members: [ME],
				created_by: ME,
				created_at: "2026-11-01T10:00:00Z",
			},
		};
		know(
			delivery(),
			group,
			topic("top_a"),
			asked("ask_a", "top_a", { asked_at: "2026-11-25T13:30:00Z", delivered_at: "2026-11-25T18:00:00Z" }),
			topic("top_b"),
			marked("top_b", { delivered_no: 1, following: false }),
			asked("ask_b", "top_b", { asked: null, group: "grp_1", no: 1 }),
			topic("top_c"),
			marked("top_c", { delivered_no: 0, following: false, mention_no: 1 }),
			asked("ask_c", "top_c", { asked: null, group: "grp_1", no: 1 }),
		);
		const before = inboxOf(ME, NOW);
		expect(before.today.map(({ reason, ask }) => [reason, ask?.id])).toEqual([["asked_group", "ask_b"]]);
		expect(before.held).toEqual(["top_c", "top_a"]);
		expect(ids(inboxOf(ME, Date.parse("2026-11-25T18:00:00Z")).today)).toContain("top_a");
	});

	test("an ask that came by itself leaves nothing waiting, but what was written after it", () => {
		const came = { no: 2, asked_at: "2025-11-25T13:30:00Z", delivered_at: "2025-11-25T13:30:00Z" };
		know(
			delivery(),
			topic("top_a", { last_no: 2 }),
			marked("top_a", { delivered_no: 1 }),
			asked("ask_a", "top_a", came),
		);
		expect(inboxOf(ME, NOW).held).toEqual([]);
		client.store.confirm([{ seq: 2, operation: null, rows: [topic("top_a", { last_no: 3 })] }]);
		expect(inboxOf(ME, NOW).held).toEqual(["top_a"]);
	});

	test("without a server the next delivery takes place from what is here", () => {
		know(
			delivery({ next_at: "2026-11-25T13:45:00Z" }),
			topic("top_a", { last_no: 2, last_at: "2026-11-25T13:50:00Z" }),
			written("top_a", 1, "2026-11-25T13:30:00Z"),
			written("top_a", 2, "2026-11-25T13:50:00Z"),
			marked("top_a"),
		);
		expect(inboxOf(ME, NOW).today).toEqual([]);
		vi.spyOn(client, "live", "get").mockReturnValue("offline");
		expect(inboxOf(ME, NOW)).toMatchObject({ today: [{ arrived: 1 }], held: ["top_a"] });
		vi.restoreAllMocks();
	});
});

test("my ask whose time has passed waits for me to choose", () => {
	const late = { asker: ME, asked: "mem_piotr", due_at: "2026-11-25T11:30:00Z" };
	know(topic("top_a"), marked("top_a", { done_no: 1 }), asked("ask_a", "top_a", late));
	expect(inboxOf(ME, NOW).today).toMatchObject([{ section: "waiting", reason: "late", ask: { id: "ask_a" } }]);
	expect(inboxOf(ME, Date.parse("2026-11-25T11:00:00Z")).today).toEqual([]);
});
