import { newId } from "./ids";
import { sketch, snippet } from "./sketch";
import type { Scratch, Store } from "./store";
import type {
	Ask,
	AskKind,
	Budget,
	FileCard,
	Id,
	Instant,
	Mark,
	Member,
	Post,
	Role,
	Row,
	Space,
	Topic,
	Week,
} from "./types";

/** When the person gets an ask and when it is due, as `POST /asks/preview` said; shown until the server confirms. */
interface Expected {
	delivered_at: Instant;
	due_at: Instant | null;
}
export interface NewAsk {
	id: Id;
	kind: AskKind;
	question: string;
	asked: Id;
	budget: Budget;
	expected?: Expected;
}
export interface NewPost {
	id: Id;
	/** Markdown. */
	source: string;
	/** Uploaded already. */
	files?: FileCard[];
	/** Whom to notify besides those mentioned in the text. */
	to?: Id[];
}

/** Everything a person may do without a network, with what each needs. */
export interface Arguments {
	"post.create": NewPost & { topic: Id; ask?: NewAsk; answers?: Id };
	/** `participants`: the others, of a direct topic. */
	"topic.create": { id: Id; title: string; space?: Id; participants?: Id[]; post: NewPost; ask?: NewAsk };
	/** `edits`: the number of edits that the person saw. */
	"post.edit": { id: Id; topic: Id; source: string; edits: number };
	"post.delete": { id: Id; topic: Id };
	"response.set": { post: Id; topic: Id; word: string; on: boolean };
	/** Numbers move back only with `unread`. `later` names an instant that the server computes. */
	"mark.set": {
		topic: Id;
		read_no?: number;
		done_no?: number;
		unread?: boolean;
		following?: boolean;
		later_until?: Instant | null;
		later?: "next_start" | "this_afternoon" | "next_week";
		kept?: boolean;
	};
	"marks.done": { topics: { id: Id; done_no: number }[] };
	"ask.create": { topic: Id; post?: Id; ask: NewAsk };
	"ask.accept": { id: Id; topic: Id; promised_at?: Instant };
	"ask.answer": { id: Id; topic: Id; post: Id };
	"ask.decline": { id: Id; topic: Id; reason: string; suggested?: Id };
	/** `new_ask`: the id of the ask that the other person gets. */
	"ask.pass": { id: Id; topic: Id; new_ask: Id; to: Id; note: string; expected?: Expected };
	"ask.withdraw": { id: Id; topic: Id };
	"ask.close": { id: Id; topic: Id };
	"ask.reopen": { id: Id; topic: Id };
	"topic.patch": { id: Id; title?: string; space?: Id; summary?: string | null };
	"topic.close": { id: Id; outcome: string };
	"topic.reopen": { id: Id };
	"space.create": {
		id: Id;
		name: string;
		purpose?: string;
		visibility: Space["visibility"];
		social?: boolean;
		hue?: number;
		members?: Id[];
	};
	"space.patch": {
		id: Id;
		name?: string;
		purpose?: string;
		visibility?: Space["visibility"];
		social?: boolean;
		hue?: number;
		archived?: boolean;
	};
	"space.join": { space: Id; member: Id };
	"space.leave": { space: Id; member: Id };
	"member.patch": {
		id: Id;
		name?: string;
		short_name?: string;
		city?: string | null;
		role?: Role;
		/** Takes the picture away. To set one, the bytes are put to `/members/…/picture`. */
		picture?: null;
	};
	/** `null` clears it: the person's hours are then unknown. */
	"schedule.set": { member: Id; schedule: { zone: string; week: Week } | null };
	/** Local wall times. */
	"time_off.add": { id: Id; member: Id; from: string; to: string; cover?: Id | null; note?: string | null };
	"time_off.patch": { id: Id; member: Id; from?: string; to?: string; cover?: Id | null; note?: string | null };
	"time_off.remove": { id: Id; member: Id };
}
export type OperationName = keyof Arguments;
export type Call = { [N in OperationName]: { name: N; args: Arguments[N] } }[OperationName];

export interface ApiRequest {
	method: "POST" | "PUT" | "PATCH" | "DELETE";
	/** Below `/api/v1`. */
	path: string;
	body?: unknown;
}

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
	/** A refusal is not worth telling. */
	quiet: boolean;
};

/** Who did it and when. */
interface Made {
	id: string;
	by: Id;
	at: Instant;
}

interface Definition<A> {
	request(args: A): ApiRequest;
	lane(args: A): string;
	creates?(args: A): (Id | undefined)[];
	uses?(args: A): (Id | undefined)[];
	/** What the screen shows at once. Must change nothing when what it does is confirmed already. */
	apply(rows: Scratch, args: A, made: Made): void;
	/** What takes it back, from the rows before it. */
	inverse?(rows: Pick<Store, "row">, args: A, by: Id): Call[];
	text?(args: A): string;
	quiet?: true;
}

const definitions: { [N in OperationName]: Definition<Arguments[N]> } = {
	"post.create": {
		request: ({ topic, ask, answers, ...post }) => ({
			method: "POST",
			path: `/topics/${topic}/posts`,
			body: { ...postBody(post), ask: ask && askBody(ask), answers },
		}),
		lane: ({ topic }) => topic,
		creates: ({ id, ask }) => [id, ask?.id],
		uses: ({ topic, answers }) => [topic, answers],
		apply(rows, { topic: topicId, ask, answers, ...post }, made) {
			if (rows.row("posts", post.id)) return;
			const topic = rows.row("topics", topicId);
			const no = (topic?.last_no ?? 0) + 1;
			rows.put("posts", newPostRow(post, topicId, no, made));
			if (topic) {
				rows.put("topics", {
					...topic,
					last_no: no,
					post_count: topic.post_count + 1,
					last_at: made.at,
					last_by: made.by,
					snippet: snippet(post.source),
				});
				rows.put("marks", posted(rows.row("marks", topicId), topicId, no, made));
			}
			if (ask) rows.put("asks", newAskRow(ask, topicId, post.id, made));
			if (answers) patchAsk(rows, answers, { state: "answered", answer_post: post.id, ended_at: made.at });
		},
		text: ({ source }) => source,
	},
	"topic.create": {
		request: ({ post, ask, ...topic }) => ({
			method: "POST",
			path: "/topics",
			body: { ...topic, kind: "thread", post: postBody(post), ask: ask && askBody(ask) },
		}),
		lane: ({ id }) => id,
		creates: ({ id, post, ask }) => [id, post.id, ask?.id],
		uses: ({ space }) => [space],
		apply(rows, { id, title, space, participants, post, ask }, made) {
			if (rows.row("topics", id)) return;
			rows.put("topics", newTopicRow({ id, title, space, participants, source: post.source }, made));
			rows.put("posts", newPostRow(post, id, 1, made));
			rows.put("marks", {
				...blankMark(id, made),
				following: true,
				read_no: 1,
				done_no: 1,
				reason: "started",
			});
			if (ask) rows.put("asks", newAskRow(ask, id, post.id, made));
		},
		text: ({ title, post }) => `${title}\n\n${post.source}`,
	},
	"post.edit": {
		request: ({ id, source, edits }) => ({ method: "PATCH", path: `/posts/${id}`, body: { source, edits } }),
		lane: ({ topic }) => topic,
		uses: ({ id, topic }) => [id, topic],
		apply(rows, { id, source, edits }, { at }) {
			const post = rows.row("posts", id);
			if (!post || post.edits > edits) return;
			rows.put("posts", { ...post, source, html: sketch(source), edited_at: at, edits: edits + 1 });
		},
		inverse(rows, { id, topic, edits }) {
			const post = rows.row("posts", id);
			return post ? [{ name: "post.edit", args: { id, topic, source: post.source, edits: edits + 1 } }] : [];
		},
		text: ({ source }) => source,
	},
	"post.delete": {
		request: ({ id }) => ({ method: "DELETE", path: `/posts/${id}` }),
		lane: ({ topic }) => topic,
		uses: ({ id, topic }) => [id, topic],
		apply(rows, { id }, { at, by }) {
			const post = rows.row("posts", id);
			if (!post || post.deleted_at) return;
			rows.put("posts", { ...post, source: "", html: "", files: [], responses: [], deleted_at: at, deleted_by: by });
		},
	},
	"response.set": {
		request: ({ post, word, on }) => ({
			method: on ? "PUT" : "DELETE",
			path: `/posts/${post}/responses/${encodeURIComponent(word)}`,
		}),
		lane: ({ topic }) => topic,
		uses: ({ post, topic }) => [post, topic],
		apply(rows, { post: id, word, on }, { by }) {
			const post = rows.row("posts", id);
			if (!post || responded(post, word, by) === on) return;
			rows.put("posts", { ...post, responses: on ? withResponse(post, word, by) : withoutResponse(post, word, by) });
		},
		inverse: (_rows, args) => [{ name: "response.set", args: { ...args, on: !args.on } }],
	},
	"mark.set": {
		request: ({ topic, later, ...mark }) => ({
			method: "PUT",
			path: `/topics/${topic}/mark`,
			// The instant that the person saw wins over its name.
			body: mark.later_until === undefined && later ? { ...mark, later } : mark,
		}),
		lane: ({ topic }) => topic,
		uses: ({ topic }) => [topic],
		apply(rows, { topic, ...change }, made) {
			const mark = rows.row("marks", topic) ?? blankMark(topic, made);
			rows.put("marks", changedMark(rows, mark, change, made));
		},
		inverse(rows, { topic, unread: _, later, ...set }, by) {
			const mark = rows.row("marks", topic) ?? blankMark(topic, { by, at: "", id: "" });
			const back: Arguments["mark.set"] = { topic };
			if (set.read_no !== undefined) Object.assign(back, { read_no: mark.read_no, unread: true });
			if (set.done_no !== undefined) Object.assign(back, { done_no: mark.done_no, unread: true });
			if (set.following !== undefined) back.following = mark.following;
			if (set.kept !== undefined) back.kept = mark.kept;
			if (set.later_until !== undefined || later) back.later_until = mark.later_until;
			return [{ name: "mark.set", args: back }];
		},
		quiet: true,
	},
	"marks.done": {
		request: ({ topics }) => ({ method: "POST", path: "/marks/done", body: { topics } }),
		lane: () => "marks",
		uses: ({ topics }) => topics.map((topic) => topic.id),
		apply(rows, { topics }, made) {
			for (const { id, done_no } of topics) {
				const mark = rows.row("marks", id) ?? blankMark(id, made);
				rows.put("marks", changedMark(rows, mark, { read_no: done_no, done_no }, made));
			}
		},
		inverse: (rows, { topics }, by) =>
			topics.map(({ id }) => {
				const { read_no, done_no } = rows.row("marks", id) ?? blankMark(id, { by, at: "", id: "" });
				return { name: "mark.set", args: { topic: id, read_no, done_no, unread: true } };
			}),
		quiet: true,
	},
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
			if (!rows.row("asks", ask.id)) rows.put("asks", newAskRow(ask, topic, post ?? null, made));
		},
		inverse: (_rows, { topic, ask }) => [{ name: "ask.withdraw", args: { id: ask.id, topic } }],
		text: ({ ask }) => ask.question,
	},
	"ask.accept": {
		...askAct("accept", ({ promised_at }) => ({ promised_at })),
		apply: (rows, { id, promised_at }) =>
			patchAsk(rows, id, { state: "accepted", promised_at: promised_at ?? null }, ["open", "accepted"]),
	},
	"ask.answer": {
		...askAct("answer", ({ post }) => ({ post })),
		uses: ({ id, topic, post }) => [id, topic, post],
		apply: (rows, { id, post }, { at }) =>
			patchAsk(rows, id, { state: "answered", answer_post: post, ended_at: at }, ["open", "accepted"]),
	},
	"ask.decline": {
		...askAct("decline", ({ reason, suggested }) => ({ reason, suggested })),
		apply: (rows, { id, reason, suggested }, { at }) =>
			patchAsk(rows, id, { state: "declined", reason, suggested: suggested ?? null, ended_at: at }, [
				"open",
				"accepted",
			]),
		text: ({ reason }) => reason,
	},
	"ask.pass": {
		...askAct("pass", ({ new_ask, to, note }) => ({ id: new_ask, to, note })),
		creates: ({ new_ask }) => [new_ask],
		apply(rows, { id, new_ask, to, note, expected }, { at }) {
			const ask = rows.row("asks", id);
			if (!ask || rows.row("asks", new_ask)) return;
			patchAsk(rows, id, { state: "passed_on", passed_to: new_ask, reason: note, ended_at: at });
			const times = expected ?? { delivered_at: at, due_at: null };
			const passed: Ask = { ...ask, ...times, id: new_ask, asked: to, asked_at: at, passed_from: id };
			rows.put("asks", { ...passed, state: "open", promised_at: null });
		},
		text: ({ note }) => note,
	},
	"ask.withdraw": {
		...askAct("withdraw"),
		apply: (rows, { id }, { at }) => patchAsk(rows, id, { state: "withdrawn", ended_at: at }, ["open", "accepted"]),
		inverse: (_rows, args) => [{ name: "ask.reopen", args }],
	},
	"ask.close": {
		...askAct("close"),
		apply: (rows, { id }, { at }) => patchAsk(rows, id, { state: "closed", ended_at: at }),
		inverse: (_rows, args) => [{ name: "ask.reopen", args }],
	},
	"ask.reopen": {
		...askAct("reopen"),
		apply(rows, { id }) {
			const ask = rows.row("asks", id);
			if (ask) patchAsk(rows, id, { state: ask.answer_post ? "answered" : "open", ended_at: null });
		},
	},
	"topic.patch": {
		request: ({ id, ...change }) => ({ method: "PATCH", path: `/topics/${id}`, body: change }),
		lane: ({ id }) => id,
		uses: ({ id, space }) => [id, space],
		apply(rows, { id, summary, ...change }, { at, by }) {
			const topic = rows.row("topics", id);
			if (!topic) return;
			const where =
				summary === undefined
					? {}
					: { summary, summary_html: summary && sketch(summary), summary_by: by, summary_at: at };
			rows.put("topics", { ...topic, ...defined(change), ...where });
		},
		inverse(rows, args) {
			const topic = rows.row("topics", args.id);
			if (!topic) return [];
			const { title, summary, space } = topic;
			return [{ name: "topic.patch", args: { id: args.id, ...previous(args, { title, summary, space }) } }];
		},
		text: ({ title, summary }) => [title, summary].filter(Boolean).join("\n\n"),
	},
	"topic.close": {
		request: ({ id, outcome }) => ({ method: "POST", path: `/topics/${id}/close`, body: { outcome } }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply(rows, { id, outcome }, { at, by }) {
			const topic = rows.row("topics", id);
			if (!topic) return;
			const closed = { state: "closed", outcome, outcome_html: sketch(outcome), closed_by: by, closed_at: at } as const;
			rows.put("topics", { ...topic, ...closed });
		},
		inverse: (_rows, { id }) => [{ name: "topic.reopen", args: { id } }],
		text: ({ outcome }) => outcome,
	},
	"topic.reopen": {
		request: ({ id }) => ({ method: "POST", path: `/topics/${id}/reopen` }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply(rows, { id }) {
			const topic = rows.row("topics", id);
			if (topic) rows.put("topics", { ...topic, state: "open", closed_by: null, closed_at: null });
		},
		inverse(rows, { id }) {
			const outcome = rows.row("topics", id)?.outcome;
			return outcome ? [{ name: "topic.close", args: { id, outcome } }] : [];
		},
	},
	"space.create": {
		request: (space) => ({ method: "POST", path: "/spaces", body: space }),
		lane: ({ id }) => id,
		creates: ({ id }) => [id],
		apply(rows, { id, members = [], ...space }, { at, by }) {
			if (rows.row("spaces", id)) return;
			const all = [...new Set([by, ...members])];
			rows.put("spaces", { ...blankSpace(id, by, at), ...defined(space), member_count: all.length });
			for (const member of all) rows.put("space_members", { id: `${id}/${member}`, space: id, member, joined_at: at });
		},
		text: ({ name, purpose }) => [name, purpose].filter(Boolean).join("\n\n"),
	},
	"space.patch": {
		request: ({ id, ...change }) => ({ method: "PATCH", path: `/spaces/${id}`, body: change }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply(rows, { id, archived, ...change }, { at }) {
			const space = rows.row("spaces", id);
			if (!space) return;
			const archive = archived === undefined ? {} : { archived_at: archived ? at : null };
			rows.put("spaces", { ...space, ...defined(change), ...archive });
		},
		inverse(rows, args) {
			const space = rows.row("spaces", args.id);
			if (!space) return [];
			const before = { ...space, archived: space.archived_at !== null };
			return [{ name: "space.patch", args: { id: args.id, ...previous(args, before) } }];
		},
		text: ({ name, purpose }) => [name, purpose].filter(Boolean).join("\n\n"),
	},
	"space.join": {
		request: (args) => ({ method: "PUT", path: membership(args) }),
		lane: ({ space }) => space,
		uses: ({ space }) => [space],
		apply(rows, { space, member }, { at }) {
			const row = { id: `${space}/${member}`, space, member, joined_at: at };
			if (rows.row("space_members", row.id)) return;
			rows.put("space_members", row);
			countMembers(rows, space, 1);
		},
		inverse: (_rows, args) => [{ name: "space.leave", args }],
	},
	"space.leave": {
		request: (args) => ({ method: "DELETE", path: membership(args) }),
		lane: ({ space }) => space,
		uses: ({ space }) => [space],
		apply(rows, { space, member }) {
			const id = `${space}/${member}`;
			if (!rows.row("space_members", id)) return;
			rows.remove("space_members", id);
			countMembers(rows, space, -1);
		},
		inverse: (_rows, args) => [{ name: "space.join", args }],
	},
	"member.patch": {
		request: ({ id, ...change }) => ({ method: "PATCH", path: `/members/${id}`, body: change }),
		lane: ({ id }) => id,
		apply(rows, { id, ...change }) {
			const member = rows.row("members", id);
			if (member) rows.put("members", { ...member, ...defined(change) });
		},
		inverse(rows, { picture: _, ...args }) {
			const member = rows.row("members", args.id);
			const back = member ? previous(args, member) : {};
			return Object.keys(back).length > 0 ? [{ name: "member.patch", args: { id: args.id, ...back } }] : [];
		},
		text: ({ name, city }) => [name, city].filter(Boolean).join("\n"),
	},
	"schedule.set": {
		request: ({ member, schedule }) => ({
			method: schedule ? "PUT" : "DELETE",
			path: `/members/${member}/schedule`,
			...(schedule ? { body: schedule } : {}),
		}),
		lane: ({ member }) => member,
		apply(rows, { member: id, schedule }) {
			const member = rows.row("members", id);
			if (!member) return;
			// The intervals are the server's to compute: those of the old hours stay until it answers.
			const time = schedule
				? { ...member.schedule, ...schedule }
				: { ...member.schedule, zone: null, week: null, working: [], working_until: null };
			rows.put("members", { ...member, schedule: time });
		},
		inverse(rows, { member }) {
			const { zone, week } = rows.row("members", member)?.schedule ?? {};
			return [{ name: "schedule.set", args: { member, schedule: zone && week ? { zone, week } : null } }];
		},
	},
	"time_off.add": {
		request: ({ member: _, ...off }) => ({ method: "POST", path: "/time-off", body: off }),
		lane: ({ member }) => member,
		creates: ({ id }) => [id],
		apply: (rows, { member }) => touchMember(rows, member),
		inverse: (_rows, { id, member }) => [{ name: "time_off.remove", args: { id, member } }],
		text: ({ note }) => note ?? "",
	},
	"time_off.patch": {
		request: ({ id, member: _, ...change }) => ({ method: "PATCH", path: `/time-off/${id}`, body: change }),
		lane: ({ member }) => member,
		uses: ({ id }) => [id],
		apply: (rows, { member }) => touchMember(rows, member),
		text: ({ note }) => note ?? "",
	},
	"time_off.remove": {
		request: ({ id }) => ({ method: "DELETE", path: `/time-off/${id}` }),
		lane: ({ member }) => member,
		uses: ({ id }) => [id],
		apply: (rows, { member }) => touchMember(rows, member),
	},
};

/** Makes the operation that is kept and sent. The arguments are copied, so reactive objects may be passed. */
export function operation<N extends OperationName>(name: N, given: Arguments[N], by: Id, at: Instant): Operation {
	const definition: Definition<Arguments[N]> = definitions[name];
	const args = JSON.parse(JSON.stringify(given)) as Arguments[N];
	return {
		id: newId("operation"),
		name,
		args,
		at,
		by,
		request: definition.request(args),
		lane: definition.lane(args),
		creates: present(definition.creates?.(args)),
		uses: present(definition.uses?.(args)),
		text: definition.text?.(args) || null,
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

function askAct<A extends { id: Id; topic: Id }>(act: string, body?: (args: A) => unknown) {
	return {
		request: (args: A): ApiRequest => ({
			method: "POST",
			path: `/asks/${args.id}/${act}`,
			...(body ? { body: body(args) } : {}),
		}),
		lane: ({ topic }: A) => topic,
		uses: ({ id, topic }: A): (Id | undefined)[] => [id, topic],
	};
}

function patchAsk(rows: Scratch, id: Id, change: Partial<Ask>, from?: Ask["state"][]): void {
	const ask = rows.row("asks", id);
	if (ask && (!from || from.includes(ask.state))) rows.put("asks", { ...ask, ...change });
}

function postBody({ id, source, files, to }: NewPost) {
	return { id, source, files: files?.map((file) => file.id), to };
}

function askBody({ expected: _, ...ask }: NewAsk) {
	return ask;
}

function newPostRow(post: NewPost, topic: Id, no: number, { by, at }: Made): Post {
	return {
		id: post.id,
		topic,
		no,
		author: by,
		source: post.source,
		html: sketch(post.source),
		created_at: at,
		edited_at: null,
		edits: 0,
		deleted_at: null,
		deleted_by: null,
		mentions: post.to ?? [],
		files: post.files ?? [],
		responses: [],
		imported: false,
	};
}

function newTopicRow(
	topic: { id: Id; title: string; space?: Id; participants?: Id[]; source: string },
	{ by, at }: Made,
): Topic {
	return {
		id: topic.id,
		code: topic.id,
		kind: "thread",
		title: topic.title,
		space: topic.space ?? null,
		participants: topic.participants ? [...new Set([by, ...topic.participants])] : [],
		created_by: by,
		created_at: at,
		last_no: 1,
		post_count: 1,
		last_at: at,
		last_by: by,
		snippet: snippet(topic.source),
		state: "open",
		outcome: null,
		outcome_html: null,
		closed_by: null,
		closed_at: null,
		summary: null,
		summary_html: null,
		summary_by: null,
		summary_at: null,
	};
}

function newAskRow(ask: NewAsk, topic: Id, post: Id | null, { by, at }: Made): Ask {
	return {
		id: ask.id,
		topic,
		post,
		kind: ask.kind,
		question: ask.question,
		asker: by,
		asked: ask.asked,
		budget: ask.budget,
		asked_at: at,
		delivered_at: ask.expected?.delivered_at ?? at,
		due_at: ask.expected?.due_at ?? null,
		promised_at: null,
		state: "open",
		answer_post: null,
		reason: null,
		suggested: null,
		passed_to: null,
		passed_from: null,
		ended_at: null,
	};
}

function blankMark(topic: Id, { at }: Made): Mark {
	return {
		id: topic,
		following: false,
		read_no: 0,
		done_no: 0,
		mention_no: 0,
		reason: null,
		later_until: null,
		kept: false,
		changed_at: at,
	};
}

/** Posting follows the topic and reads it; who had read all of it before has nothing left to do there. */
function posted(mark: Mark | undefined, topic: Id, no: number, made: Made): Mark {
	if (!mark) return { ...blankMark(topic, made), following: true, reason: "posted", read_no: no, done_no: no };
	const hadReadAll = Math.max(mark.read_no, mark.done_no) >= no - 1;
	return {
		...mark,
		following: mark.following || mark.reason === null,
		reason: mark.reason ?? "posted",
		read_no: no,
		done_no: hadReadAll ? no : mark.done_no,
	};
}

function changedMark(rows: Scratch, mark: Mark, change: Omit<Arguments["mark.set"], "topic">, made: Made): Mark {
	const { unread = false, later, ...set } = change;
	const moved = (had: number, to?: number) => (to === undefined ? had : unread ? to : Math.max(had, to));
	const named = later && set.later_until === undefined ? nextStart(rows.row("members", made.by), made.at) : undefined;
	const following = set.following ?? mark.following;
	return {
		...mark,
		read_no: moved(mark.read_no, set.read_no),
		done_no: moved(mark.done_no, set.done_no),
		following,
		reason: mark.reason ?? (following ? "follows" : null),
		kept: set.kept ?? mark.kept,
		later_until: set.later_until !== undefined ? set.later_until : (named ?? mark.later_until),
		changed_at: made.at,
	};
}

/** The person's next start as far as it is known here, else in 16 hours: where a topic goes until the server says. */
function nextStart(member: Row<"members"> | undefined, at: Instant): Instant {
	const starts = (member?.schedule.working ?? []).map(([start]) => Date.parse(start));
	const next = starts.find((start) => start > Date.parse(at)) ?? Date.parse(at) + 16 * 3600 * 1000;
	return new Date(next).toISOString();
}

const responded = (post: Post, word: string, by: Id) =>
	post.responses.some((response) => response.word === word && response.members.includes(by));

function withResponse(post: Post, word: string, by: Id): Post["responses"] {
	if (!post.responses.some((response) => response.word === word)) return [...post.responses, { word, members: [by] }];
	return post.responses.map((response) =>
		response.word === word ? { word, members: [...response.members, by] } : response,
	);
}

function withoutResponse(post: Post, word: string, by: Id): Post["responses"] {
	return post.responses
		.map((response) =>
			response.word === word ? { word, members: response.members.filter((member) => member !== by) } : response,
		)
		.filter((response) => response.members.length > 0);
}

function blankSpace(id: Id, by: Id, at: Instant): Space {
	return {
		id,
		name: "",
		slug: id,
		purpose: "",
		visibility: "open",
		social: false,
		hue: 1,
		archived_at: null,
		created_at: at,
		created_by: by,
		member_count: 0,
	};
}

function membership({ space, member }: { space: Id; member: Id }): string {
	return `/spaces/${space}/members/${member}`;
}

function countMembers(rows: Scratch, id: Id, by: number): void {
	const space = rows.row("spaces", id);
	if (space) rows.put("spaces", { ...space, member_count: Math.max(0, space.member_count + by) });
}

/** The server works out what time off changes; until then the member's row only shows that something is unsent. */
function touchMember(rows: Scratch, id: Id): void {
	const member: Member | undefined = rows.row("members", id);
	if (member) rows.put("members", member);
}

const present = (ids: (Id | undefined)[] | undefined): Id[] => (ids ?? []).filter((id) => id !== undefined);

/** Without the fields that are not set. */
function defined<T extends object>(change: T): T {
	return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T;
}

/** The values before, of the fields that `change` sets. */
function previous<T extends object>(change: T, before: Record<string, unknown> | object): Partial<T> {
	const names = Object.keys(defined(change)).filter((name) => name !== "id" && name in before);
	return Object.fromEntries(names.map((name) => [name, (before as Record<string, unknown>)[name]])) as Partial<T>;
}
