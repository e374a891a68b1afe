import type { Api, Problem } from "./api";
import type { Signals } from "./signals.svelte";
import type { Store } from "./store";
import type {
	AsksAnswer,
	Entry,
	Id,
	InboxAnswer,
	LaterChoices,
	MeAnswer,
	MemberAnswer,
	MembersAnswer,
	PostsAnswer,
	RowChange,
	SearchAnswer,
	SpaceAnswer,
	SpacesAnswer,
	SpaceTopicsAnswer,
	TableName,
	Tables,
	Topic,
	TopicAnswer,
} from "./types";
import { postsOfTopic } from "./views";

/** `loading`: asked. `fresh`: answered. `offline`: no answer; what is in the store is what there is. `failed`: refused. */
export type ReadingState = "loading" | "fresh" | "offline" | "failed";

/**
 * One look at the server. The rows are in the store, before and after; this says how the look went, and holds what the
 * answer says besides rows. Reactive; may be awaited, and then rejects with the `Problem`.
 */
export class Reading<T> implements PromiseLike<T> {
	#state: ReadingState = "loading";
	#problem: Problem | undefined;
	#answer: T | undefined;
	readonly #done: Promise<T>;

	constructor(
		done: Promise<T>,
		/** The answer of the look before. */
		before: T | undefined,
		private readonly signals: Signals,
		private readonly key: string,
	) {
		this.#answer = before;
		this.#done = done.then(
			(answer) => {
				this.#answer = answer;
				this.#become("fresh");
				return answer;
			},
			(problem: Problem) => {
				this.#problem = problem;
				this.#become(problem.passing ? "offline" : "failed");
				throw problem;
			},
		);
		this.#done.catch(() => {});
	}

	get state(): ReadingState {
		this.signals.track(this.key);
		return this.#state;
	}
	/** Why it failed. */
	get problem(): Problem | undefined {
		this.signals.track(this.key);
		return this.#problem;
	}
	/** The newest answer: of the look before while this one runs. */
	get answer(): T | undefined {
		this.signals.track(this.key);
		return this.#answer;
	}

	// biome-ignore lint/suspicious/noThenProperty: a reading may be awaited like a promise.
	then<A = T, B = never>(
		fulfilled?: ((answer: T) => A | PromiseLike<A>) | null,
		rejected?: ((problem: Problem) => B | PromiseLike<B>) | null,
	): Promise<A | B> {
		return this.#done.then(fulfilled, rejected);
	}

	#become(state: ReadingState): void {
		this.#state = state;
		this.signals.tell(this.key);
	}
}

interface Answer {
	seq: number;
}
/** The most recent looks are repeated when the log can no longer bring them up to date. */
const RECENT = 24;
/** How many inbox topics are fetched ahead. */
const AHEAD = 12;

/** Looks at the server for what screens show. Every answer enters the store through the one door. */
export class Reads {
	#running = new Map<string, Reading<unknown>>();
	/** The last answer and how to look again, by key, the most recent last. */
	#recent = new Map<string, { answer: unknown; again: () => PromiseLike<unknown> }>();

	constructor(
		private readonly api: Api,
		private readonly store: Pick<Store, "list" | "row">,
		private readonly signals: Signals,
		private readonly confirm: (entry: Entry) => void,
		/** Whether fetching ahead does no harm. */
		private readonly spare: () => boolean,
		/** A topic was opened. */
		private readonly opened: (topic: Id) => void = () => {},
	) {}

	inbox(place: "today" | "later" | "done" = "today"): Reading<InboxAnswer> {
		const reading = this.#look("/inbox", { place }, (answer: InboxAnswer) => [
			...rows("topics", answer.topics),
			...rows("marks", answer.marks),
			...rows("asks", answer.asks),
			...rows("posts", answer.posts),
		]);
		if (place === "today") reading.then((answer) => this.#ahead(answer.topics)).catch(() => {});
		return reading;
	}

	/** By id or code: the first post and the newest 50, or 50 around the number `around`. */
	topic(topic: string, around?: number): Reading<TopicAnswer> {
		const reading = this.#look(`/topics/${encodeURIComponent(topic)}`, { around }, topicRows);
		reading.then((answer) => this.opened(answer.topic.id)).catch(() => {});
		return reading;
	}

	/** Posts before or after a number, which stays out. */
	posts(topic: string, where: { before?: number; after?: number; limit?: number }): Reading<PostsAnswer> {
		return this.#look(`/topics/${encodeURIComponent(topic)}/posts`, where, (answer: PostsAnswer) =>
			rows("posts", answer.items),
		);
	}

	spaces(): Reading<SpacesAnswer> {
		return this.#look("/spaces", {}, (answer: SpacesAnswer) => rows("spaces", answer.items));
	}

	/** By id or slug. */
	space(space: string): Reading<SpaceAnswer> {
		return this.#look(`/spaces/${encodeURIComponent(space)}`, {}, (answer: SpaceAnswer) => [
			...rows("spaces", [answer.space]),
			...rows("space_members", answer.members),
			...rows("asks", answer.open_asks),
			...rows("topics", answer.topics),
			...rows("marks", answer.marks),
		]);
	}

	spaceTopics(
		space: string,
		page: { after?: string; limit?: number; state?: Topic["state"] } = {},
	): Reading<SpaceTopicsAnswer> {
		return this.#look(`/spaces/${encodeURIComponent(space)}/topics`, page, (answer: SpaceTopicsAnswer) => [
			...rows("topics", answer.items),
			...rows("marks", answer.marks),
		]);
	}

	/** My direct threads, newest activity first. */
	direct(page: { after?: string; limit?: number } = {}): Reading<SpaceTopicsAnswer> {
		return this.#look("/direct", page, (answer: SpaceTopicsAnswer) => [
			...rows("topics", answer.items),
			...rows("marks", answer.marks),
		]);
	}

	members(): Reading<MembersAnswer> {
		return this.#look("/members", {}, (answer: MembersAnswer) => rows("members", answer.items));
	}

	/** By id or slug. */
	member(member: string): Reading<MemberAnswer> {
		return this.#look(`/members/${encodeURIComponent(member)}`, {}, (answer: MemberAnswer) =>
			rows("members", [answer.member]),
		);
	}

	asks(list: "owe" | "waiting", state: "open" | "all" = "open"): Reading<AsksAnswer> {
		return this.#look("/asks", { list, state }, (answer: AsksAnswer) => [
			...rows("asks", answer.items),
			...rows("topics", answer.topics),
		]);
	}

	/** Where Later falls in my working time; not kept. */
	laterChoices(): Promise<LaterChoices> {
		return this.api.get("/later-choices");
	}

	/** Not kept: what was found stands in the answer alone. */
	search(q: string, after?: string, signal?: AbortSignal): Promise<SearchAnswer> {
		return this.api.get("/search", { q, after }, { signal });
	}

	/** Looks again at what was looked at last. Rejects when the server cannot be reached. */
	async again(): Promise<void> {
		const looks = [...this.#recent.values()].map((look) => look.again());
		for (const outcome of await Promise.allSettled(looks))
			if (outcome.status === "rejected" && (outcome.reason as Problem).passing) throw outcome.reason;
	}

	/** Forgets the answers of another member. */
	clear(): void {
		this.#running.clear();
		this.#recent.clear();
	}

	#look<T extends Answer>(
		path: string,
		query: Record<string, string | number | undefined>,
		rowsOf: (answer: T) => RowChange[],
		remember = true,
	): Reading<T> {
		const key = `reading ${path} ${JSON.stringify(query)}`;
		const running = this.#running.get(key) as Reading<T> | undefined;
		if (running) return running;
		const asked = this.api.get<T>(path, query).then((answer) => {
			this.confirm({ seq: answer.seq, operation: null, rows: rowsOf(answer) });
			return answer;
		});
		const before = this.#recent.get(key)?.answer as T | undefined;
		const reading = new Reading(asked, before, this.signals, key);
		this.#running.set(key, reading);
		const again = () => this.#look(path, query, rowsOf);
		const settled = (answer: T | undefined) => {
			if (this.#running.get(key) !== reading) return;
			this.#running.delete(key);
			if (remember) this.#remember(key, answer, again);
		};
		reading.then(settled, () => settled(before));
		return reading;
	}

	#remember(key: string, answer: unknown, again: () => PromiseLike<unknown>): void {
		this.#recent.delete(key);
		this.#recent.set(key, { answer, again });
		for (const oldest of this.#recent.keys()) {
			if (this.#recent.size <= RECENT) break;
			this.#recent.delete(oldest);
		}
	}

	/** Fetches the posts of inbox topics that are not at hand, one after the other. */
	async #ahead(topics: readonly Topic[]): Promise<void> {
		for (const topic of topics.slice(0, AHEAD)) {
			if (!this.spare()) return;
			const newest = this.store.list(postsOfTopic, topic.id).at(-1);
			if ((newest ? (this.store.row("posts", newest)?.no ?? 0) : 0) >= topic.last_no) continue;
			await this.#look(`/topics/${topic.id}`, { around: undefined }, topicRows, false);
		}
	}
}

export function rowsOfMe(answer: MeAnswer): RowChange[] {
	return [
		...rows("workspaces", [answer.workspace]),
		...rows("members", [...answer.members, answer.member]),
		...rows("spaces", answer.spaces),
		...rows("space_members", answer.space_members),
	];
}

function topicRows(answer: TopicAnswer): RowChange[] {
	const { topic, mark } = answer;
	return [
		...rows("topics", [topic]),
		...rows("posts", answer.posts),
		...rows("asks", answer.asks),
		{ table: "marks", id: topic.id, row: mark },
	];
}

function rows<T extends TableName>(table: T, items: readonly Tables[T][]): RowChange[] {
	return items.map((row) => ({ table, id: row.id, row }) as RowChange);
}

/** Whether the connection is one on which fetching ahead costs the person nothing. */
export function goodNetwork(): boolean {
	const connection = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
	return navigator.onLine && !connection?.saveData && (connection?.effectiveType ?? "4g") === "4g";
}
