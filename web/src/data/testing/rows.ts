import { newId } from "../ids";
import type { Member, Post, Space, Topic, Workspace } from "../types";

/** Rows for tests, whole and valid. */

const AT = "2026-11-25T10:00:00Z";

export function topic(change: Partial<Topic> = {}): Topic {
	return {
		id: newId("topic"),
		code: "abcde",
		kind: "thread",
		title: "Release plan",
		space: "spc_1",
		participants: [],
		created_by: "mem_ana",
		created_at: AT,
		last_no: 1,
		post_count: 1,
		last_at: AT,
		last_by: "mem_ana",
		snippet: "",
		state: "open",
		outcome: null,
		outcome_html: null,
		closed_by: null,
		closed_at: null,
		summary: null,
		summary_html: null,
		summary_by: null,
		summary_at: null,
		...change,
	};
}

export function post(change: Partial<Post> = {}): Post {
	return {
		id: newId("post"),
		topic: "top_1",
		no: 1,
		author: "mem_ana",
		source: "Hello",
		html: "<p>Hello</p>",
		created_at: AT,
		edited_at: null,
		edits: 0,
		deleted_at: null,
		deleted_by: null,
		mentions: [],
		files: [],
		responses: [],
		imported: false,
		...change,
	};
}

export function member(change: Partial<Member> = {}): Member {
	return {
		id: "mem_me",
		role: "member",
		state: "active",
		name: "Me Myself",
		short_name: "Me",
		slug: "me",
		city: null,
		picture: null,
		hue: 1,
		schedule: { zone: null, week: null, working: [], working_until: null, next_start: null, away: null },
		...change,
	};
}

export function space(change: Partial<Space> = {}): Space {
	return {
		id: "spc_1",
		name: "Product",
		slug: "product",
		purpose: "",
		visibility: "open",
		social: false,
		hue: 1,
		archived_at: null,
		created_at: AT,
		created_by: "mem_ana",
		member_count: 2,
		...change,
	};
}

export const workspace: Workspace = { id: "wsp_1", name: "Northwind", slug: "northwind", created_at: AT };
