import type { Scratch } from "../store";
import type { Ask, AskKind, AskState, Budget, Id, Instant, Silence, Urgent } from "../types";
import type { ApiRequest, Definitions, Made } from "./definition";

/** When the person gets an ask and when it is due, as `POST /asks/preview` said; shown until the server confirms. */
export interface Expected {
	delivered_at: Instant;
	due_at: Instant | null;
}
/** Exactly one of `asked` and `group`. */
export interface NewAsk {
	id: Id;
	kind: AskKind;
	question: string;
	asked?: Id;
	group?: Id;
	budget: Budget;
	/** Absent: remind. */
	silence?: Silence;
	expected?: Expected;
}
/** One ask that becomes another: `new_ask` is the id of the one that the other person gets. */
interface Onward {
	id: Id;
	topic: Id;
	new_ask: Id;
	to: Id;
	expected?: Expected;
}

export interface AskArguments {
	"ask.create": { topic: Id; post?: Id; ask: NewAsk };
	/** Of a group's ask: it is mine now. */
	"ask.claim": { id: Id; topic: Id };
	"ask.accept": { id: Id; topic: Id; promised_at?: Instant };
	"ask.answer": { id: Id; topic: Id; post: Id };
	"ask.decline": { id: Id; topic: Id; reason: string; suggested?: Id };
	"ask.pass": Onward & { note: string };
	"ask.withdraw": { id: Id; topic: Id };
	"ask.close": { id: Id; topic: Id };
	"ask.reopen": { id: Id; topic: Id };
	/** Of an urgent one: seen. It stops to repeat. */
	"ask.acknowledge": { id: Id; topic: Id };
	/** Of an urgent one, by whom it interrupted. */
	"ask.judge": { id: Id; topic: Id; judged: NonNullable<Urgent["judged"]> };
	/** The asker waits longer. */
	"ask.extend": { id: Id; topic: Id; due_at: Instant };
	/** The asker asks the cover. `to`: who covers; the server finds them, so it is not sent. */
	"ask.cover": Onward;
	/** The asker asks someone else. */
	"ask.reassign": Onward & { note?: string };
	/** The asker asks the lead of the space to decide. `to`: the lead, not sent. */
	"ask.escalate": Onward & { note?: string };
}

const RUNNING: AskState[] = ["open", "accepted"];

export const asks: Definitions<AskArguments> = {
	"ask.create": {
		request: ({ topic, post, ask }) => ({
			method: "POST",
			path: `/topics/${topic}/asks`,
			body: { ...askBody(ask), post },
		}),
		lane: ({ topic }) => topic,
		creates: ({ ask }) => [ask.id],
		uses: ({ topic, post }) => [topic, post],
		apply(rows, { topic, post, ask }, made) {
			if (rows.row("asks", ask.id)) return;
			const no = post === undefined ? undefined : rows.row("posts", post)?.no;
			rows.put("asks", newAskRow(ask, topic, post && no ? { id: post, no } : null, made));
		},
		inverse: (_rows, { topic, ask }) => [{ name: "ask.withdraw", args: { id: ask.id, topic } }],
		text: ({ ask }) => ask.question,
	},
	"ask.claim": {
		...askAct("claim"),
		apply(rows, { id }, { by }) {
			if (rows.row("asks", id)?.asked === null) patchAsk(rows, id, { asked: by }, RUNNING);
		},
	},
	"ask.accept": {
		...askAct("accept", ({ promised_at }) => ({ promised_at })),
		apply: (rows, { id, promised_at }, { at }) =>
			patchAsk(rows, id, { state: "accepted", promised_at: promised_at ?? null, accepted_at: at }, RUNNING),
		/** Another promise is taken back by the one before; the first one cannot be. */
		inverse(rows, { id, topic }) {
			const ask = rows.row("asks", id);
			if (ask?.state !== "accepted") return [];
			return [{ name: "ask.accept", args: { id, topic, promised_at: ask.promised_at ?? undefined } }];
		},
	},
	"ask.answer": {
		...askAct("answer", ({ post }, at) => ({ post, written_at: at })),
		uses: ({ id, topic, post }) => [id, topic, post],
		apply: (rows, { id, post }, { at }) =>
			patchAsk(rows, id, { state: "answered", answer_post: post, answered_at: at, ended_at: at }, RUNNING),
	},
	"ask.decline": {
		...askAct("decline", ({ reason, suggested }) => ({ reason, suggested })),
		apply: (rows, { id, reason, suggested }, { at }) =>
			patchAsk(rows, id, { state: "declined", reason, suggested: suggested ?? null, ended_at: at }, RUNNING),
		text: ({ reason }) => reason,
	},
	"ask.pass": {
		...askAct("pass", ({ new_ask, to, note }) => ({ id: new_ask, to, note })),
		...onward({ keep: false }),
		text: ({ note }) => note,
	},
	"ask.withdraw": {
		...askAct("withdraw"),
		apply: (rows, { id }, { at }) => patchAsk(rows, id, { state: "withdrawn", ended_at: at }, RUNNING),
		inverse: (_rows, args) => [{ name: "ask.reopen", args }],
	},
	"ask.close": {
		...askAct("close"),
		apply: (rows, { id }, { at }) => patchAsk(rows, id, { state: "closed", ended_at: at, closed_by_itself: false }),
		inverse: (_rows, args) => [{ name: "ask.reopen", args }],
	},
	"ask.reopen": {
		...askAct("reopen"),
		apply(rows, { id }) {
			const ask = rows.row("asks", id);
			if (ask)
				patchAsk(rows, id, { state: ask.answer_post ? "answered" : "open", ended_at: null, closed_by_itself: false });
		},
	},
	"ask.acknowledge": {
		...askAct("acknowledge"),
		apply: (rows, { id }, { at }) =>
			patchUrgent(rows, id, { acknowledged_at: at }, (urgent) => !urgent.acknowledged_at),
	},
	"ask.judge": {
		...askAct("judge", ({ judged }) => ({ judged })),
		apply: (rows, { id, judged }) => patchUrgent(rows, id, { judged }),
		inverse(rows, { id, topic }) {
			const judged = rows.row("asks", id)?.urgent?.judged;
			return judged ? [{ name: "ask.judge", args: { id, topic, judged } }] : [];
		},
	},
	"ask.extend": {
		...askAct("extend", ({ due_at }) => ({ due_at })),
		apply(rows, { id, due_at }) {
			const due = rows.row("asks", id)?.due_at;
			if (due !== due_at) patchAsk(rows, id, { due_at, due_before: due ?? null, moved_because: "longer" }, RUNNING);
		},
	},
	"ask.cover": {
		...askAct("cover", ({ new_ask }) => ({ id: new_ask })),
		...onward({ keep: false }),
	},
	"ask.reassign": {
		...askAct("reassign", ({ new_ask, to, note }) => ({ id: new_ask, to, note })),
		...onward({ keep: false }),
		text: ({ note }) => note ?? "",
	},
	"ask.escalate": {
		...askAct("escalate", ({ new_ask, note }) => ({ id: new_ask, note })),
		...onward({ keep: true }),
		text: ({ note }) => note ?? "",
	},
};

function askAct<A extends { id: Id; topic: Id }>(act: string, body?: (args: A, at: Instant) => unknown) {
	return {
		request: (args: A, at: Instant): ApiRequest => ({
			method: "POST",
			path: `/asks/${args.id}/${act}`,
			...(body ? { body: body(args, at) } : {}),
		}),
		lane: ({ topic }: A) => topic,
		uses: ({ id, topic }: A): (Id | undefined)[] => [id, topic],
	};
}

/** The other person gets an ask of their own. `keep`: the one that it came from goes on. */
function onward<A extends Onward & { note?: string }>({ keep }: { keep: boolean }) {
	return {
		creates: ({ new_ask }: A): (Id | undefined)[] => [new_ask],
		apply(rows: Scratch, { id, new_ask, to, note, expected }: A, { at }: Made): void {
			const ask = rows.row("asks", id);
			if (!ask || rows.row("asks", new_ask)) return;
			const { pending: _, ...plain } = ask;
			const times = expected ?? { delivered_at: at, due_at: null };
			const begun: Ask = { ...plain, ...times, ...NOT_BEGUN, id: new_ask, asked: to, asked_at: at };
			if (keep) rows.put("asks", { ...begun, kind: "decide", passed_from: null, escalates: id });
			else {
				patchAsk(rows, id, { state: "passed_on", passed_to: new_ask, reason: note ?? null, ended_at: at });
				rows.put("asks", { ...begun, passed_from: id });
			}
		},
	};
}

export function patchAsk(rows: Scratch, id: Id, change: Partial<Ask>, from?: AskState[]): void {
	const ask = rows.row("asks", id);
	if (ask && (!from || from.includes(ask.state))) rows.put("asks", { ...ask, ...change });
}

function patchUrgent(rows: Scratch, id: Id, change: Partial<Urgent>, when: (urgent: Urgent) => boolean = () => true) {
	const urgent = rows.row("asks", id)?.urgent;
	if (urgent && when(urgent)) patchAsk(rows, id, { urgent: { ...urgent, ...change } });
}

export function askBody({ expected: _, ...ask }: NewAsk) {
	return ask;
}

/** What an ask that was just made has not been through. */
const NOT_BEGUN = {
	state: "open",
	group: null,
	promised_at: null,
	accepted_at: null,
	answered_at: null,
	answer_post: null,
	nudge_at: null,
	nudged_at: null,
	reason: null,
	suggested: null,
	passed_to: null,
	passed_from: null,
	ended_at: null,
	closed_by_itself: false,
	due_before: null,
	moved_because: null,
	escalates: null,
} as const;

export function newAskRow(ask: NewAsk, topic: Id, post: { id: Id; no: number } | null, { by, at }: Made): Ask {
	const { budget } = ask;
	return {
		...NOT_BEGUN,
		id: ask.id,
		topic,
		post: post?.id ?? null,
		no: post?.no ?? null,
		kind: ask.kind,
		question: ask.question,
		asker: by,
		asked: ask.asked ?? null,
		group: ask.group ?? null,
		budget,
		silence: ask.silence ?? { kind: "remind" },
		asked_at: at,
		delivered_at: ask.expected?.delivered_at ?? at,
		due_at: ask.expected?.due_at ?? null,
		urgent:
			budget.kind === "urgent"
				? { reason: budget.reason, cost: budget.cost, acknowledged_at: null, repeats: 0, judged: null }
				: null,
	};
}
