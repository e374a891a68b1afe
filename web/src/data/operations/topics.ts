import { sketch, snippet } from "../sketch";
import type { Id, Topic } from "../types";
import { askBody, type NewAsk, newAskRow } from "./asks";
import { type Definitions, defined, type Made, previous } from "./definition";
import { blankMark } from "./marks";
import { type NewPost, newPostRow, postBody } from "./posts";

export interface TopicArguments {
	/** `participants`: the others, of a direct topic. */
	"topic.create": { id: Id; title: string; space?: Id; participants?: Id[]; post: NewPost; ask?: NewAsk };
	/** `summary_version`: of the summary that the person saw; a newer one is not overwritten. */
	"topic.patch": { id: Id; title?: string; space?: Id; summary?: string | null; summary_version?: number };
	"topic.close": { id: Id; outcome: string };
	"topic.reopen": { id: Id };
	/** Shows it to somebody who is away once they are back. */
	"show.set": { topic: Id; member: Id };
	"show.remove": { topic: Id; member: Id };
}

export const topics: Definitions<TopicArguments> = {
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
				delivered_no: 1,
				reason: "started",
			});
			if (ask) rows.put("asks", newAskRow(ask, id, { id: post.id, no: 1 }, made));
		},
		text: ({ title, post }) => `${title}\n\n${post.source}`,
	},
	"topic.patch": {
		request: ({ id, ...change }) => ({ method: "PATCH", path: `/topics/${id}`, body: change }),
		lane: ({ id }) => id,
		uses: ({ id, space }) => [id, space],
		apply(rows, { id, summary, summary_version: seen, ...change }, { at, by }) {
			const topic = rows.row("topics", id);
			if (!topic) return;
			const version = topic.summary_version;
			// Somebody else wrote it meanwhile, or this is it already.
			if (summary !== undefined && seen !== undefined && version > seen) return;
			const where =
				summary === undefined
					? {}
					: {
							summary,
							summary_html: summary && sketch(summary),
							summary_by: by,
							summary_at: at,
							summary_version: seen === undefined ? version : seen + 1,
						};
			rows.put("topics", { ...topic, ...defined(change), ...where });
		},
		inverse(rows, args) {
			const topic = rows.row("topics", args.id);
			if (!topic) return [];
			const { title, summary, space } = topic;
			const back = previous({ ...args, summary_version: undefined }, { title, summary, space });
			const seen = args.summary_version === undefined ? {} : { summary_version: args.summary_version + 1 };
			return [{ name: "topic.patch", args: { id: args.id, ...back, ...seen } }];
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
	"show.set": {
		request: (args) => ({ method: "PUT", path: showing(args) }),
		lane: ({ topic }) => topic,
		uses: ({ topic }) => [topic],
		apply(rows, { topic, member }, { by, at }) {
			const id = `${topic}/${member}/${by}`;
			if (!rows.row("shows", id)) rows.put("shows", { id, topic, member, by, at });
		},
		inverse: (_rows, args) => [{ name: "show.remove", args }],
	},
	"show.remove": {
		request: (args) => ({ method: "DELETE", path: showing(args) }),
		lane: ({ topic }) => topic,
		uses: ({ topic }) => [topic],
		apply: (rows, { topic, member }, { by }) => rows.remove("shows", `${topic}/${member}/${by}`),
		inverse: (_rows, args) => [{ name: "show.set", args }],
	},
};

function showing({ topic, member }: { topic: Id; member: Id }): string {
	return `/topics/${topic}/show/${member}`;
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
		summary_version: 0,
	};
}
