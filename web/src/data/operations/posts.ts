import { sketch, snippet } from "../sketch";
import type { FileCard, Id, Post } from "../types";
import { askBody, type NewAsk, newAskRow, patchAsk } from "./asks";
import type { Definitions, Made } from "./definition";
import { posted } from "./marks";

export interface NewPost {
	id: Id;
	/** Markdown. */
	source: string;
	/** Uploaded already. */
	files?: FileCard[];
	/** Whom to notify besides those mentioned in the text. */
	to?: Id[];
}

export interface PostArguments {
	"post.create": NewPost & { topic: Id; ask?: NewAsk; answers?: Id };
	/** `edits`: the number of edits that the person saw. */
	"post.edit": { id: Id; topic: Id; source: string; edits: number };
	"post.delete": { id: Id; topic: Id };
	"response.set": { post: Id; topic: Id; word: string; on: boolean };
}

export const posts: Definitions<PostArguments> = {
	"post.create": {
		request: ({ topic, ask, answers, ...post }, at) => ({
			method: "POST",
			path: `/topics/${topic}/posts`,
			body: { ...postBody(post), ask: ask && askBody(ask), answers, written_at: at },
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
			if (ask) rows.put("asks", newAskRow(ask, topicId, { id: post.id, no }, made));
			if (answers) {
				const answered = { state: "answered", answer_post: post.id, answered_at: made.at, ended_at: made.at } as const;
				patchAsk(rows, answers, answered);
			}
		},
		text: ({ source }) => source,
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
};

export function postBody({ id, source, files, to }: NewPost) {
	return { id, source, files: files?.map((file) => file.id), to };
}

export function newPostRow(post: NewPost, topic: Id, no: number, { by, at }: Made): Post {
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
		written_at: null,
		event: null,
	};
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
