import type { Scratch } from "../store";
import type { Delivery, Id, Instant, Mark, Plan, Row, Week } from "../types";
import { type Definitions, defined, type Made, previous } from "./definition";

export interface MarkArguments {
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
	/** Only what is given changes. `focus_until`: at most 12 hours ahead; `null` ends the focus that was begun by hand. */
	"delivery.set": {
		member: Id;
		plan?: Plan;
		focus?: Week;
		focus_until?: Instant | null;
		email?: Partial<Delivery["email"]>;
	};
	/** Look now. `topics`: those in which something waits, so that it shows at once; not sent. */
	"delivery.check": { member: Id; topics: Id[] };
	/** The page for coming back has been seen to its end. */
	"away.seen": { member: Id };
}

export const marks: Definitions<MarkArguments> = {
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
			const mark = rows.row("marks", topic) ?? firstMark(rows, topic, made);
			rows.put("marks", changedMark(rows, mark, change, made));
		},
		inverse(rows, { topic, unread: _, later, ...set }, by) {
			const mark = rows.row("marks", topic) ?? blankMark(topic, { by, at: "", id: "" });
			const back: MarkArguments["mark.set"] = { topic };
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
				const mark = rows.row("marks", id) ?? firstMark(rows, id, made);
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
	"delivery.set": {
		request: ({ member: _, ...change }) => ({ method: "PATCH", path: "/me/delivery", body: change }),
		lane: ({ member }) => member,
		apply(rows, { member, email, ...change }) {
			const had = rows.row("deliveries", member);
			if (!had) return;
			const mail = email ? { email: { ...had.email, ...defined(email) } } : {};
			rows.put("deliveries", { ...had, ...defined(change), ...mail });
		},
		inverse(rows, args) {
			const had = rows.row("deliveries", args.member);
			if (!had) return [];
			const back = previous(args, had);
			// A focus that is over would be refused: there is nothing to go back to.
			if (back.focus_until && Date.parse(back.focus_until) <= Date.now()) back.focus_until = null;
			return [{ name: "delivery.set", args: { member: args.member, ...back } }];
		},
	},
	"delivery.check": {
		request: () => ({ method: "POST", path: "/me/delivery/check" }),
		lane: ({ member }) => member,
		replaces: () => "check",
		apply(rows, { member, topics }, { at }) {
			const had = rows.row("deliveries", member);
			if (!had || Date.parse(had.through) >= Date.parse(at)) return;
			rows.put("deliveries", { ...had, through: at, last_at: at });
			for (const topic of topics) {
				const mark = rows.row("marks", topic);
				const no = rows.row("topics", topic)?.last_no ?? 0;
				if (mark && mark.delivered_no < no) rows.put("marks", { ...mark, delivered_no: no, arrived_at: at });
			}
		},
		quiet: true,
	},
	"away.seen": {
		request: () => ({ method: "POST", path: "/away/seen" }),
		lane: ({ member }) => member,
		replaces: () => "seen",
		apply(rows, { member }) {
			const had = rows.row("deliveries", member);
			if (had?.came_back) rows.put("deliveries", { ...had, came_back: null });
		},
		quiet: true,
	},
};

export function blankMark(topic: Id, { at }: Made): Mark {
	return {
		id: topic,
		following: false,
		read_no: 0,
		done_no: 0,
		mention_no: 0,
		reason: null,
		later_until: null,
		kept: false,
		delivered_no: 0,
		arrived_at: null,
		changed_at: at,
	};
}

/** Whoever marks a topic has it before them: what is there has arrived. */
function firstMark(rows: Scratch, topic: Id, made: Made): Mark {
	return { ...blankMark(topic, made), delivered_no: rows.row("topics", topic)?.last_no ?? 0 };
}

/** Posting follows the topic and reads it; who had read all of it before has nothing left to do there. */
export function posted(mark: Mark | undefined, topic: Id, no: number, made: Made): Mark {
	if (!mark)
		return { ...blankMark(topic, made), following: true, reason: "posted", read_no: no, done_no: no, delivered_no: no };
	const hadReadAll = Math.max(mark.read_no, mark.done_no) >= no - 1;
	return {
		...mark,
		following: mark.following || mark.reason === null,
		reason: mark.reason ?? "posted",
		read_no: no,
		done_no: hadReadAll ? no : mark.done_no,
		delivered_no: Math.max(mark.delivered_no, no),
	};
}

function changedMark(rows: Scratch, mark: Mark, change: Omit<MarkArguments["mark.set"], "topic">, made: Made): Mark {
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
