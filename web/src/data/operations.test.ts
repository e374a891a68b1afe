import { beforeEach, describe, expect, test } from "vitest";
import { type Arguments, apply, instead, inverse, type Operation, type OperationName, operation } from "./operations";
import { Store } from "./store";
import { ask as askRow, delivery, draft, mark, member, norms, post, space, topic, workspace } from "./testing/rows";
import { goal, handoff, project, task, taskPage, view } from "./testing/work-rows";
import type { RowChange, TableName } from "./types";

const ME = "mem_me";
const AT = "2026-11-25T12:00:00.000Z";
const ask = {
	id: "ask_1",
	kind: "answer",
	question: "A or B?",
	asked: "mem_ana",
	budget: { kind: "half_day" },
} as const;

const urgent = { reason: "Down", cost: "Nobody can work", acknowledged_at: null, repeats: 1, judged: null };
const group = { id: "g", name: "Design", slug: "design", members: [ME], created_by: ME, created_at: AT };

let store: Store<Operation>;
let seq: number;
beforeEach(() => {
	store = new Store<Operation>(apply);
	seq = 1;
	confirm("topics", topic({ id: "t", space: "s", last_no: 2 }));
	confirm("posts", post({ id: "p", topic: "t", no: 2, responses: [{ word: "Thanks", members: ["mem_ana"] }] }));
	confirm("spaces", space({ id: "s" }));
	confirm("members", member({ id: ME }));
});
function confirm(table: TableName, row: { id: string }) {
	store.confirm([{ seq: seq++, operation: null, rows: [{ table, id: row.id, row } as RowChange] }]);
}
function act<N extends OperationName>(name: N, args: Arguments[N]): Operation {
	const op = operation(name, args, ME, AT);
	store.add(op);
	return op;
}

describe("requests", () => {
	test("a post with files, people and an ask", () => {
		const file = { id: "fil_1", name: "a.png", media_type: "image/png", size: 1, width: 1, height: 1, url: "/x" };
		const expected = { delivered_at: AT, due_at: AT };
		const args = { id: "q", topic: "t", source: "Hi", files: [file], to: ["mem_ana"], ask: { ...ask, expected } };
		const op = act("post.create", args);
		expect(op).toMatchObject({ lane: "t", creates: ["q", "ask_1"], uses: ["t"], text: "Hi", quiet: false, by: ME });
		expect(JSON.parse(JSON.stringify(op.request))).toEqual({
			method: "POST",
			path: "/topics/t/posts",
			body: { id: "q", source: "Hi", files: ["fil_1"], to: ["mem_ana"], ask, written_at: AT },
		});
		expect(op.id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
		expect(store.row("asks", "ask_1")).toMatchObject({ topic: "t", post: "q", asker: ME, due_at: AT, state: "open" });
	});

	test("a thread", () => {
		const op = act("topic.create", { id: "n", title: "New", space: "s", post: { id: "n1", source: "First" } });
		expect(JSON.parse(JSON.stringify(op.request.body))).toEqual({
			id: "n",
			title: "New",
			space: "s",
			kind: "thread",
			post: { id: "n1", source: "First" },
		});
		expect(store.row("topics", "n")).toMatchObject({ title: "New", last_no: 1, created_by: ME });
		expect(store.row("marks", "n")).toMatchObject({ following: true, read_no: 1, done_no: 1, reason: "started" });
	});

	test("a response that is any word", () => {
		expect(act("response.set", { post: "p", topic: "t", word: "👍 ok/?", on: true }).request).toMatchObject({
			method: "PUT",
			path: `/posts/p/responses/${encodeURIComponent("👍 ok/?")}`,
		});
	});

	test("later by name goes as the name, an instant as the instant", () => {
		expect(act("mark.set", { topic: "t", later: "next_week" }).request.body).toEqual({ later: "next_week" });
		const both = act("mark.set", { topic: "t", later: "next_week", later_until: AT });
		expect(both.request.body).toEqual({ later_until: AT });
	});

	test("no schedule is a deletion", () => {
		expect(act("schedule.set", { member: ME, schedule: null }).request).toEqual({
			method: "DELETE",
			path: `/members/${ME}/schedule`,
		});
	});
});

describe("marks", () => {
	test("never move back, unless asked to", () => {
		act("mark.set", { topic: "t", read_no: 2, done_no: 2 });
		act("mark.set", { topic: "t", read_no: 1 });
		expect(store.row("marks", "t")).toMatchObject({ read_no: 2, done_no: 2 });
		act("mark.set", { topic: "t", read_no: 1, unread: true });
		expect(store.row("marks", "t")).toMatchObject({ read_no: 1, done_no: 2 });
	});

	test("who has read all before posting has read all after", () => {
		act("mark.set", { topic: "t", read_no: 2, done_no: 1 });
		act("post.create", { id: "q", topic: "t", source: "Hi" });
		expect(store.row("marks", "t")).toMatchObject({ read_no: 3, done_no: 3, following: true, reason: "posted" });
	});

	test("later goes to the next start that is known", () => {
		const working: [string, string][] = [
			["2026-11-25T08:00:00Z", "2026-11-25T16:00:00Z"],
			["2026-11-26T08:00:00Z", "2026-11-26T16:00:00Z"],
		];
		confirm("members", member({ id: ME, schedule: { ...member().schedule, working } }));
		act("mark.set", { topic: "t", later: "next_start" });
		expect(store.row("marks", "t")?.later_until).toBe("2026-11-26T08:00:00.000Z");
	});
});

describe("taking back", () => {
	/** The rows before, and after doing something and taking it back. */
	function undone<N extends OperationName>(name: N, args: Arguments[N]) {
		const back = inverse(name, args, store, ME);
		expect(back.length).toBeGreaterThan(0);
		act(name, args);
		for (const call of back) act(call.name, call.args);
	}

	test("done, read, later and keep", () => {
		act("mark.set", { topic: "t", read_no: 1, following: true });
		const before = store.row("marks", "t");
		undone("mark.set", { topic: "t", read_no: 2, done_no: 2, later_until: AT, kept: true, following: false });
		expect({ ...store.row("marks", "t"), pending: null }).toEqual({ ...before, pending: null });
	});

	test("mark all as read", () => {
		act("mark.set", { topic: "t", read_no: 1 });
		undone("marks.done", { topics: [{ id: "t", done_no: 2 }] });
		expect(store.row("marks", "t")).toMatchObject({ read_no: 1, done_no: 0 });
	});

	test("a response", () => {
		undone("response.set", { post: "p", topic: "t", word: "Thanks", on: true });
		expect(store.row("posts", "p")?.responses).toEqual([{ word: "Thanks", members: ["mem_ana"] }]);
	});

	test("a new title, and only what was changed", () => {
		expect(inverse("topic.patch", { id: "t", title: "Other" }, store, ME)).toEqual([
			{ name: "topic.patch", args: { id: "t", title: "Release plan" } },
		]);
		undone("topic.patch", { id: "t", title: "Other" });
		expect(store.row("topics", "t")?.title).toBe("Release plan");
	});

	test("an edit knows the number of edits that it takes back", () => {
		expect(inverse("post.edit", { id: "p", topic: "t", source: "Bye", edits: 0 }, store, ME)).toEqual([
			{ name: "post.edit", args: { id: "p", topic: "t", source: "Hello", edits: 1 } },
		]);
	});

	test("closing, joining, archiving", () => {
		undone("topic.close", { id: "t", outcome: "Done" });
		expect(store.row("topics", "t")?.state).toBe("open");
		undone("space.join", { space: "s", member: ME });
		expect(store.row("space_members", `s/${ME}`)).toBeUndefined();
		expect(store.row("spaces", "s")?.member_count).toBe(2);
		undone("space.patch", { id: "s", archived: true });
		expect(store.row("spaces", "s")?.archived_at).toBeNull();
	});
});

describe("where we are", () => {
	test("is not overwritten unseen: a newer version stays on the screen", () => {
		confirm("topics", topic({ id: "t", summary: "Ours", summary_version: 1 }));
		act("topic.patch", { id: "t", summary: "Mine", summary_version: 1 });
		act("topic.patch", { id: "t", summary: "Mine, better", summary_version: 2 });
		expect(store.row("topics", "t")).toMatchObject({ summary: "Mine, better", summary_version: 3 });
		confirm("topics", topic({ id: "t", summary: "Theirs", summary_version: 2 }));
		expect(store.row("topics", "t")?.summary).toBe("Mine, better");
		confirm("topics", topic({ id: "t", summary: "Theirs, later", summary_version: 3 }));
		expect(store.row("topics", "t")?.summary).toBe("Theirs, later");
	});

	test("is taken back over the version that the change made", () => {
		confirm("topics", topic({ id: "t", summary: "Ours", summary_version: 4 }));
		expect(inverse("topic.patch", { id: "t", summary: "Mine", summary_version: 4 }, store, ME)).toEqual([
			{ name: "topic.patch", args: { id: "t", summary: "Ours", summary_version: 5 } },
		]);
	});
});

describe("asks", () => {
	beforeEach(() => void act("ask.create", { topic: "t", ask: { ...ask, asked: ME } }));
	const state = (id = "ask_1") => store.row("asks", id)?.state;

	test("accepted with another time, answered by a post, closed, opened again", () => {
		act("ask.accept", { id: "ask_1", topic: "t", promised_at: AT });
		expect(store.row("asks", "ask_1")).toMatchObject({ state: "accepted", promised_at: AT });
		act("post.create", { id: "q", topic: "t", source: "B", answers: "ask_1" });
		expect(store.row("asks", "ask_1")).toMatchObject({ state: "answered", answer_post: "q" });
		act("ask.close", { id: "ask_1", topic: "t" });
		expect(state()).toBe("closed");
		act("ask.reopen", { id: "ask_1", topic: "t" });
		expect(state()).toBe("answered");
	});

	test("passed on: the other person has a new one", () => {
		act("ask.pass", { id: "ask_1", topic: "t", new_ask: "ask_2", to: "mem_ben", note: "Ben knows" });
		expect(store.row("asks", "ask_1")).toMatchObject({ state: "passed_on", passed_to: "ask_2", reason: "Ben knows" });
		expect(store.row("asks", "ask_2")).toMatchObject({ state: "open", asked: "mem_ben", passed_from: "ask_1" });
	});

	test("one that has ended meanwhile is not declined on the screen", () => {
		act("ask.withdraw", { id: "ask_1", topic: "t" });
		act("ask.decline", { id: "ask_1", topic: "t", reason: "No time" });
		expect(state()).toBe("withdrawn");
	});
});

describe("the whole ask", () => {
	const shown = (id: string) => store.row("asks", id);
	beforeEach(() =>
		confirm("asks", askRow({ id: "ask_1", topic: "t", asker: ME, asked: "mem_ana", due_at: AT, no: 2 })),
	);

	test("of a group is claimed once", () => {
		act("ask.create", {
			topic: "t",
			ask: { id: "g1", kind: "do", question: "Who?", group: "g", budget: { kind: "no_rush" } },
		});
		expect(shown("g1")).toMatchObject({ asked: null, group: "g", silence: { kind: "remind" } });
		act("ask.claim", { id: "g1", topic: "t" });
		expect(shown("g1")).toMatchObject({ asked: ME, group: "g", state: "open" });
		act("ask.claim", { id: "ask_1", topic: "t" });
		expect(shown("ask_1")?.asked).toBe("mem_ana");
	});

	test("an urgent one says what it is, is seen once, and is judged", () => {
		const budget = { kind: "urgent", reason: "Down", cost: "Nobody can work" } as const;
		act("ask.create", { topic: "t", ask: { id: "u", kind: "do", question: "Help", asked: ME, budget } });
		expect(shown("u")?.urgent).toEqual({ ...urgent, repeats: 0 });
		act("ask.acknowledge", { id: "u", topic: "t" });
		act("ask.judge", { id: "u", topic: "t", judged: "could_have_waited" });
		expect(shown("u")?.urgent).toMatchObject({ acknowledged_at: AT, judged: "could_have_waited" });
		const back = inverse("ask.judge", { id: "u", topic: "t", judged: "justified" }, store, ME);
		expect(back).toEqual([{ name: "ask.judge", args: { id: "u", topic: "t", judged: "could_have_waited" } }]);
	});

	test("waiting longer shows where the time was before", () => {
		act("ask.extend", { id: "ask_1", topic: "t", due_at: "2026-11-27T12:00:00Z" });
		expect(shown("ask_1")).toMatchObject({ due_at: "2026-11-27T12:00:00Z", due_before: AT, moved_because: "longer" });
	});

	test("the cover and someone else get one of their own; the lead's leaves the first one running", () => {
		act("ask.cover", { id: "ask_1", topic: "t", new_ask: "c", to: "mem_ben" });
		expect(shown("ask_1")).toMatchObject({ state: "passed_on", passed_to: "c" });
		expect(shown("c")).toMatchObject({ state: "open", asker: ME, asked: "mem_ben", passed_from: "ask_1", no: 2 });
		act("ask.escalate", { id: "c", topic: "t", new_ask: "lead", to: "mem_lea" });
		expect(shown("c")?.state).toBe("open");
		expect(shown("lead")).toMatchObject({ kind: "decide", asked: "mem_lea", escalates: "c", passed_from: null });
	});

	test("another promise goes back to the one before", () => {
		act("ask.accept", { id: "ask_1", topic: "t", promised_at: AT });
		const later = { id: "ask_1", topic: "t", promised_at: "2026-11-27T12:00:00Z" };
		expect(inverse("ask.accept", later, store, ME)).toEqual([
			{ name: "ask.accept", args: { ...later, promised_at: AT } },
		]);
	});
});

describe("delivery", () => {
	beforeEach(() =>
		confirm("deliveries", delivery({ id: ME, plan: { kind: "three" }, email: { asks: true, digest: true } })),
	);

	test("looking now lets everything arrive that waits", () => {
		confirm("marks", mark({ id: "t", delivered_no: 0 }));
		act("delivery.check", { member: ME, topics: ["t"] });
		expect(store.row("marks", "t")).toMatchObject({ delivered_no: 2, arrived_at: AT });
		expect(store.row("deliveries", ME)?.through).toBe(AT);
	});

	test("a choice changes only itself, and goes back to what it was", () => {
		const change = { member: ME, email: { digest: false } };
		expect(inverse("delivery.set", change, store, ME)).toEqual([
			{ name: "delivery.set", args: { member: ME, email: { asks: true, digest: true } } },
		]);
		expect(act("delivery.set", change).request.body).toEqual({ email: { digest: false } });
		expect(store.row("deliveries", ME)).toMatchObject({
			plan: { kind: "three" },
			email: { asks: true, digest: false },
		});
	});

	test("a focus that is over is not begun again", () => {
		confirm("deliveries", delivery({ id: ME, focus_until: "2020-01-01T00:00:00Z" }));
		expect(inverse("delivery.set", { member: ME, focus_until: AT }, store, ME)).toEqual([
			{ name: "delivery.set", args: { member: ME, focus_until: null } },
		]);
	});
});

describe("drafts on the server", () => {
	const text = { id: "d", place: { kind: "topic", topic: "t" }, device: "here" } as const;

	test("an unsent text gives way to a newer one, which stands over the same version", () => {
		act("draft.put", { ...text, source: "One", version: 0 });
		const second = operation("draft.put", { ...text, source: "One two", version: 1 }, ME, AT, store.pending);
		store.add(second);
		expect(store.pending.length).toBe(1);
		expect(second.request).toMatchObject({ method: "PUT", path: "/drafts/d", body: { source: "One two", version: 0 } });
		expect(store.row("drafts", "d")).toMatchObject({ source: "One two", version: 1 });
	});

	test("another draft, another device's version and a sending stay apart", () => {
		act("draft.put", { ...text, source: "One", version: 0 });
		act("draft.send", { id: "d", when: { kind: "at", at: AT }, post: "q" });
		act("draft.put", { ...text, id: "e", source: "Else", version: 0 });
		expect(store.pending.length).toBe(3);
		expect(store.row("drafts", "d")).toMatchObject({ send_at: AT, send_when: { kind: "at", at: AT } });
		confirm("drafts", draft({ id: "d", source: "Theirs", device: "there", version: 3 }));
		expect(store.row("drafts", "d")?.source).toBe("Theirs");
	});

	test("its own lost word is no other version, that of another device is", () => {
		const op = operation("draft.put", { ...text, source: "One", version: 1 }, ME, AT);
		expect(instead(op, draft({ id: "d", device: "here", version: 2 }))?.body).toMatchObject({
			source: "One",
			version: 2,
		});
		expect(instead(op, draft({ id: "d", device: "there", version: 2 }))).toBeUndefined();
	});
});

test("every operation shows something, and nothing more when it is shown over itself", () => {
	confirm("asks", askRow({ id: "ask_1", topic: "t" }));
	confirm("asks", askRow({ id: "ask_g", topic: "t", asked: null, group: "g" }));
	confirm("asks", askRow({ id: "ask_u", topic: "t", urgent }));
	confirm("marks", mark({ id: "t" }));
	confirm("deliveries", delivery({ id: ME, came_back: { from: AT, until: AT } }));
	confirm("drafts", draft({ id: "d", place: { kind: "topic", topic: "t" } }));
	confirm("groups", group);
	confirm("workspaces", workspace);
	confirm("space_members", { id: "s/mem_ana", space: "s", member: "mem_ana", joined_at: AT } as { id: string });
	const choices = [{ id: "cho_1", name: "Android" }];
	confirm("projects", project({ id: "prj", fields: [{ id: "fld_9", name: "Platform", kind: "choice", choices }] }));
	confirm("views", view({ id: "viw_1", project: "prj" }));
	confirm("projects", project({ id: "prj2", key: "BIL" }));
	const done_when = [{ id: "stp_1", text: "Saved", done_at: null, done_by: null, owner: null }];
	const waits_for = [{ id: "wai_1", task: null, ask: null, member: "mem_ana", since: AT, done: false }];
	confirm("tasks", task({ id: "k", project: "prj", steps: 1, waits: 1, values: { fld_9: "cho_1" } }));
	confirm("tasks", task({ id: "k2", project: "prj", key: "DRV-2", owner: ME }));
	confirm("task_pages", taskPage({ id: "k", done_when, waits_for }));
	confirm("handoffs", handoff({ id: "han_1", task: "k" }));
	confirm("tasks", task({ id: "k3", project: "prj", key: "DRV-3", deliverable: true }));
	confirm(
		"tasks",
		task({ id: "k4", project: "prj", key: "DRV-4", acceptance: { state: "asked", ask: null }, done_at: AT }),
	);
	confirm("goals", goal({ id: "goa_1" }));

	const calls: { [N in OperationName]: Arguments[N] } = {
		"post.create": { id: "q", topic: "t", source: "Hi", ask: { ...ask, id: "ask_q" } },
		"topic.create": { id: "n", title: "N", space: "s", post: { id: "n1", source: "x" } },
		"post.edit": { id: "p", topic: "t", source: "Other", edits: 0 },
		"post.delete": { id: "p", topic: "t" },
		"response.set": { post: "p", topic: "t", word: "Noted", on: true },
		"mark.set": { topic: "t", read_no: 2, kept: true },
		"marks.done": { topics: [{ id: "t", done_no: 2 }] },
		"ask.create": { topic: "t", ask: { ...ask, id: "ask_new" } },
		"ask.accept": { id: "ask_1", topic: "t" },
		"ask.answer": { id: "ask_1", topic: "t", post: "p" },
		"ask.decline": { id: "ask_1", topic: "t", reason: "No" },
		"ask.pass": { id: "ask_1", topic: "t", new_ask: "ask_9", to: "mem_ben", note: "x" },
		"ask.withdraw": { id: "ask_1", topic: "t" },
		"ask.close": { id: "ask_1", topic: "t" },
		"ask.reopen": { id: "ask_1", topic: "t" },
		"topic.patch": { id: "t", title: "Other", summary: "So far", summary_version: 0 },
		"topic.close": { id: "t", outcome: "Done" },
		"topic.reopen": { id: "t" },
		"space.create": { id: "s2", name: "New", visibility: "open", members: ["mem_ana"] },
		"space.patch": { id: "s", name: "Other", archived: true },
		"space.join": { space: "s", member: ME },
		"space.leave": { space: "s", member: "mem_ana" },
		"member.patch": { id: ME, name: "Other" },
		"schedule.set": { member: ME, schedule: { zone: "Europe/Madrid", week: [[], [], [], [], [], [], []] } },
		"time_off.add": { id: "off_1", member: ME, from: "2026-12-01T00:00", to: "2026-12-05T00:00" },
		"time_off.patch": { id: "off_1", member: ME, to: "2026-12-06T00:00" },
		"time_off.remove": { id: "off_1", member: ME },
		"ask.claim": { id: "ask_g", topic: "t" },
		"ask.acknowledge": { id: "ask_u", topic: "t" },
		"ask.judge": { id: "ask_u", topic: "t", judged: "justified" },
		"ask.extend": { id: "ask_1", topic: "t", due_at: AT },
		"ask.cover": { id: "ask_1", topic: "t", new_ask: "ask_7", to: "mem_ben" },
		"ask.reassign": { id: "ask_1", topic: "t", new_ask: "ask_8", to: "mem_ben", note: "x" },
		"ask.escalate": { id: "ask_1", topic: "t", new_ask: "ask_6", to: "mem_ben" },
		"show.set": { topic: "t", member: "mem_ana" },
		"show.remove": { topic: "t", member: "mem_ana" },
		"delivery.set": { member: ME, plan: { kind: "one" }, email: { digest: false } },
		"delivery.check": { member: ME, topics: ["t"] },
		"away.seen": { member: ME },
		"workspace.patch": { id: "wsp_1", norms: norms({ note: "Soon" }) },
		"group.create": { id: "g2", name: "Support", members: [ME] },
		"group.patch": { id: "g", members: [ME] },
		"group.remove": { id: "g" },
		"holidays.set": { member: ME, address: "https://example.org/holidays.ics" },
		"holidays.remove": { member: ME },
		"travel.set": { member: ME, zone: "Europe/Lisbon", city: "Lisbon", until: "2026-12-05" },
		"travel.remove": { member: ME },
		"draft.put": { id: "d", place: { kind: "topic", topic: "t" }, source: "More", device: "here", version: 1 },
		"draft.remove": { id: "d" },
		"draft.send": { id: "d", when: { kind: "at", at: AT }, post: "q9" },
		"draft.hold": { id: "d" },
		"project.create": {
			id: "prj9",
			key: "NEW",
			name: "New",
			space: "s",
			stages: [{ id: "stg_9", name: "Ready", kind: "open" }],
		},
		"project.patch": { id: "prj", name: "Other", health: "at_risk" },
		"stage.add": { id: "stg_8", project: "prj", name: "Waiting", kind: "open", after: "stg_ready" },
		"stage.patch": { id: "stg_ready", project: "prj", limit: 3, after: "stg_doing" },
		"stage.remove": { id: "stg_ready", project: "prj", to: "stg_doing", tasks: ["k"] },
		"label.add": { id: "lbl_2", project: "prj", name: "sign-in", colour: "blue" },
		"label.patch": { id: "lbl_1", project: "prj", name: "maps" },
		"label.remove": { id: "lbl_1", project: "prj" },
		"field.add": {
			id: "fld_2",
			project: "prj",
			name: "Platform",
			kind: "choice",
			choices: [{ id: "cho_2", name: "Android" }],
		},
		"field.patch": { id: "fld_9", project: "prj", name: "Phone", choices: [], lost: { k: "cho_1" } },
		"field.remove": { id: "fld_9", project: "prj", lost: { k: "cho_1" } },
		"view.create": { id: "viw_2", project: "prj", name: "Due soon", shared: true, shows: { due: "week" } },
		"view.patch": { id: "viw_1", project: "prj", name: "Mine", shared: false },
		"view.remove": { id: "viw_1", project: "prj" },
		"task.create": { id: "k9", project: "prj", title: "New", spot: { stage: "stg_ready", after: null, place: "Z" } },
		"task.patch": { task: "k", project: "prj", change: { title: "Other", due: { date: "2026-12-04", time: null } } },
		"task.move": {
			task: "k",
			project: "prj",
			to: { stage: "stg_done", after: null, place: "a" },
			from: { stage: "stg_ready", after: null, place: "a0" },
			version: 1,
		},
		"task.transfer": { task: "k", project: "prj", to: "prj2" },
		"task.take": { task: "k", project: "prj" },
		"task.hand_over": { id: "han_2", task: "k2", project: "prj", to: "mem_ana", baton: { state: "Half is done" } },
		"handoff.accept": { id: "han_1", task: "k", project: "prj" },
		"handoff.decline": { id: "han_1", task: "k", project: "prj", reason: "Away on Friday" },
		"handoff.take_back": { id: "han_1", task: "k", project: "prj" },
		"task.queue": { task: "k", project: "prj", queued: true },
		"project.queue": { project: "prj", members: [ME] },
		"tasks.patch": { project: "prj", tasks: [{ task: "k", change: { owner: ME } }] },
		"step.add": { id: "stp_2", task: "k", project: "prj", text: "Tested", after: null },
		"step.patch": { id: "stp_1", task: "k", project: "prj", done: true },
		"step.remove": { id: "stp_1", task: "k", project: "prj" },
		"wait.add": { id: "wai_2", task: "k", project: "prj", on: { task: "k2" } },
		"wait.remove": { id: "wai_1", task: "k", project: "prj" },
		"task.deliver": { task: "k3", project: "prj", stage: "stg_done", posts: ["p"], link: "" },
		"task.accept": { task: "k4", project: "prj", note: "" },
		"task.send_back": { task: "k4", project: "prj", reason: "The legend", stage: "stg_ready" },
		"goal.create": { id: "goa_2", space: "s", title: "Sign-in under 20 s" },
		"goal.patch": { id: "goa_1", change: { state: "reached" } },
		"goal.result_add": { goal: "goa_1", result: { id: "krs_2", name: "Agreed", kind: "done", unit: "" } },
		"goal.result_patch": { goal: "goa_1", id: "krs_1", value: 18 },
		"goal.result_remove": { goal: "goa_1", id: "krs_1" },
		"goal.line": { id: "goa_1", text: "Five of seven" },
	};
	for (const [name, args] of Object.entries(calls) as [OperationName, never][]) {
		// What the server would confirm: the rows as one run of the mutator leaves them.
		const rows = new Map<string, RowChange>();
		const read = (table: TableName, id: string) => {
			const changed = rows.get(`${table}/${id}`);
			return changed ? (changed.row ?? undefined) : store.row(table, id);
		};
		const op = operation(name, args, ME, AT);
		const scratch = {
			row: read as never,
			put: (table: TableName, row: { id: string }) =>
				void rows.set(`${table}/${row.id}`, { table, id: row.id, row } as RowChange),
			remove: (table: TableName, id: string) => void rows.set(`${table}/${id}`, { table, id, row: null } as RowChange),
		};
		apply(scratch, op);
		const once = JSON.stringify([...rows.values()]);
		apply(scratch, op);
		expect(JSON.stringify([...rows.values()]), name).toBe(once);
		expect(rows.size, name).toBeGreaterThan(0);
	}
});
