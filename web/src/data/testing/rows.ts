import { newId } from "../ids";
import type {
	Ask,
	Delivery,
	Mark,
	Member,
	MemberTime,
	Norms,
	Post,
	ServerDraft,
	Space,
	Topic,
	Workspace,
} from "../types";

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
		summary_version: 0,
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
		written_at: null,
		event: null,
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
		schedule: unknownTime(),
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
		norms: null,
		lead: null,
		...change,
	};
}

export const workspace: Workspace = {
	id: "wsp_1",
	name: "Northwind",
	slug: "northwind",
	created_at: AT,
	norms: norms(),
};

export function norms(change: Partial<Norms> = {}): Norms {
	return { budgets: {}, urgent_reasons: [], rota: [], note: "", ...change };
}

/** The time of somebody who has set no hours. */
export function unknownTime(change: Partial<MemberTime> = {}): MemberTime {
	return {
		zone: null,
		week: null,
		working: [],
		working_until: null,
		next_start: null,
		away: null,
		focus: [],
		holidays: [],
		clock_change: null,
		home: null,
		...change,
	};
}

export function ask(change: Partial<Ask> = {}): Ask {
	return {
		id: newId("ask"),
		topic: "top_1",
		post: null,
		no: null,
		kind: "answer",
		question: "A or B?",
		asker: "mem_ana",
		asked: "mem_me",
		group: null,
		budget: { kind: "next_working_day" },
		silence: { kind: "remind" },
		asked_at: AT,
		delivered_at: AT,
		due_at: null,
		due_before: null,
		moved_because: null,
		promised_at: null,
		accepted_at: null,
		answered_at: null,
		nudge_at: null,
		nudged_at: null,
		state: "open",
		answer_post: null,
		reason: null,
		suggested: null,
		passed_to: null,
		passed_from: null,
		escalates: null,
		urgent: null,
		ended_at: null,
		closed_by_itself: false,
		...change,
	};
}

export function mark(change: Partial<Mark> = {}): Mark {
	return {
		id: "top_1",
		following: true,
		read_no: 0,
		done_no: 0,
		mention_no: 0,
		delivered_no: 0,
		arrived_at: null,
		reason: "follows",
		later_until: null,
		kept: false,
		changed_at: AT,
		...change,
	};
}

export function delivery(change: Partial<Delivery> = {}): Delivery {
	return {
		id: "mem_me",
		plan: { kind: "three" },
		focus: [[], [], [], [], [], [], []],
		focus_until: null,
		email: { asks: true, digest: true },
		through: AT,
		open_until: null,
		last_at: null,
		next_at: null,
		came_back: null,
		...change,
	};
}

export function draft(change: Partial<ServerDraft> = {}): ServerDraft {
	return {
		id: newId("draft"),
		place: { kind: "topic", topic: "top_1" },
		title: null,
		source: "So far",
		to: [],
		ask: null,
		files: [],
		version: 1,
		device: "here",
		changed_at: AT,
		send_at: null,
		send_when: null,
		problem: null,
		...change,
	};
}
