import type { Api, Problem } from "./api";
import { tasksOf } from "./columns";
import type { Signals } from "./signals.svelte";
import type { Store } from "./store";
import type {
	Arrivals,
	AsksAnswer,
	AwayAnswer,
	BoardAnswer,
	BoardInColumns,
	DeliveryAnswer,
	DraftsAnswer,
	Entry,
	GoalAnswer,
	GoalsAnswer,
	GroupsAnswer,
	HandoffsAnswer,
	HolidaysAnswer,
	Id,
	InboxAnswer,
	Instant,
	LaterChoices,
	MadeTasksAnswer,
	MeAnswer,
	MemberAnswer,
	MembersAnswer,
	Plan,
	PostsAnswer,
	ProjectsAnswer,
	QueueAnswer,
	ResultsAnswer,
	Rhythm,
	RowChange,
	SearchAnswer,
	SignOffAnswer,
	SpaceAnswer,
	SpacesAnswer,
	SpaceTopicsAnswer,
	TableName,
	Tables,
	TaskAnswer,
	TeamTime,
	Topic,
	TopicAnswer,
	TouchedTasksAnswer,
	Touches,
	UrgentGate,
	UrgentLog,
	Week,
	WorkAnswer,
} from "./types";
import { allMarks, postsOfTopic, topicOfCode } from "./views";

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

	/** What this device kept of an earlier look; an answer of the server comes before it. */
	recall(answer: T): void {
		if (this.#answer !== undefined) return;
		this.#answer = answer;
		this.signals.tell(this.key);
	}

	#become(state: ReadingState): void {
		this.#state = state;
		this.signals.tell(this.key);
	}
}

interface Answer {
	seq: number;
}
/** Where answers that are not rows outlive the page. */
export interface Shelf {
	answer(key: string): Promise<unknown>;
	keepAnswer(key: string, answer: unknown, at: number): Promise<void>;
}
interface Look<T> {
	/** What the answer is, where it is sent in another form. */
	read?: (sent: unknown) => T;
	/** Looked at again when the log can no longer bring it up to date. */
	remember?: boolean;
	/** What the answer says besides rows is there without a network, too: the whole of it, or what is left by this. */
	keep?: true | ((answer: T) => T);
}
/** The most recent looks are repeated when the log can no longer bring them up to date. */
const RECENT = 24;
/** How many topics are fetched ahead in one go. */
const AHEAD = 120;
/** Followed topics in which somebody wrote since then are at hand without a network. Milliseconds. */
const FRESH = 30 * 24 * 3600 * 1000;

/** Looks at the server for what screens show. Every answer enters the store through the one door. */
export class Reads {
	/** Looks under way, with the newest number that was known when they were asked for. */
	#running = new Map<string, { reading: Reading<unknown>; since: number }>();
	/** The last answer and how to look again, by key, the most recent last. */
	#recent = new Map<string, { answer: unknown; again: () => PromiseLike<unknown> }>();

	constructor(
		private readonly api: Api,
		private readonly store: Pick<Store, "list" | "newest" | "row" | "rows">,
		private readonly signals: Signals,
		private readonly confirm: (entry: Entry) => void,
		/** Whether fetching ahead does no harm. */
		private readonly spare: () => boolean,
		/** A topic was opened. */
		private readonly opened: (topic: Id) => void = () => {},
		private readonly shelf: () => Shelf | undefined = () => undefined,
	) {}

	inbox(place: "today" | "later" | "done" = "today"): Reading<InboxAnswer> {
		const reading = this.#look("/inbox", { place }, (answer: InboxAnswer) => [
			...rows("topics", answer.topics),
			...rows("marks", answer.marks),
			...rows("asks", answer.asks),
			...rows("posts", answer.posts),
		]);
		if (place === "today") reading.then((answer) => this.#ahead(answer.topics.map(({ id }) => id))).catch(() => {});
		return reading;
	}

	/** By id or code: the first post and the newest 50, or 50 around the number `around`. */
	topic(topic: string, around?: number): Reading<TopicAnswer> {
		const known = this.store.row("topics", topic)?.id ?? this.store.list(topicOfCode, topic)[0];
		if (known) this.opened(known);
		const keep = (answer: TopicAnswer) => ({ ...answer, posts: [], asks: [] });
		const reading = this.#look(`/topics/${encodeURIComponent(topic)}`, { around }, topicRows, { keep });
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
		const rowsOf = (answer: SpaceAnswer) => [
			...rows("spaces", [answer.space]),
			...rows("space_members", answer.members),
			...rows("asks", answer.open_asks),
			...rows("topics", answer.topics),
			...rows("marks", answer.marks),
		];
		const keep = (answer: SpaceAnswer) => ({ ...answer, members: [], topics: [], marks: [] });
		return this.#look(`/spaces/${encodeURIComponent(space)}`, {}, rowsOf, { keep });
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
		const rowsOf = (answer: MemberAnswer) => rows("members", [answer.member]);
		return this.#look(`/members/${encodeURIComponent(member)}`, {}, rowsOf, { keep: true });
	}

	asks(list: "owe" | "waiting", state: "open" | "all" = "open"): Reading<AsksAnswer> {
		return this.#look("/asks", { list, state }, (answer: AsksAnswer) => [
			...rows("asks", answer.items),
			...rows("topics", answer.topics),
		]);
	}

	/** How things reach me, and the next times at which they do. */
	delivery(): Reading<DeliveryAnswer> {
		const rowsOf = ({ delivery }: DeliveryAnswer) => rows("deliveries", [delivery]);
		return this.#look("/me/delivery", {}, rowsOf, { keep: true });
	}

	groups(): Reading<GroupsAnswer> {
		return this.#look("/groups", {}, (answer: GroupsAnswer) => rows("groups", answer.items));
	}

	/** Mine, written and scheduled. */
	drafts(): Reading<DraftsAnswer> {
		return this.#look("/drafts", {}, (answer: DraftsAnswer) => rows("drafts", answer.items));
	}

	/** My public holidays. */
	holidays(): Reading<HolidaysAnswer> {
		return this.#look("/me/holidays", {}, () => [], { keep: true });
	}

	/** What I missed in that time; without one, in my last time off. */
	away(time: { from?: Instant; to?: Instant } = {}): Reading<AwayAnswer> {
		return this.#look("/away", time, awayRows, { keep: true });
	}

	/** When people work, by space, group or name, and what they have in common. At most 7 days. */
	teamTime(whom: {
		space?: Id;
		group?: Id;
		members?: readonly Id[];
		from?: Instant;
		days?: number;
	}): Reading<TeamTime> {
		const query = { ...whom, members: whom.members?.join(",") };
		return this.#look("/time/team", query, () => [], { keep: true });
	}

	/** The asks that I owe whose clock runs in that time, in local wall time. */
	touches(from: string, to: string): Reading<Touches> {
		const rowsOf = ({ asks }: Touches) => [
			...rows(
				"asks",
				asks.map(({ ask }) => ask),
			),
			...rows(
				"topics",
				asks.map(({ topic }) => topic),
			),
		];
		return this.#look("/time-off/touches", { from, to }, rowsOf, { remember: false });
	}

	/** The urgent asks of a month, "2026-12". */
	urgent(month: string): Reading<UrgentLog> {
		const rowsOf = ({ items }: UrgentLog) => [
			...rows(
				"asks",
				items.map(({ ask }) => ask),
			),
			...rows(
				"topics",
				items.map(({ topic }) => topic),
			),
		];
		return this.#look("/urgent", { month }, rowsOf, { keep: true });
	}

	/** Those that I may see; of one space, or all. */
	projects(space?: Id): Reading<ProjectsAnswer> {
		return this.#look("/projects", { space }, (answer: ProjectsAnswer) => rows("projects", answer.items));
	}

	/** Every task of a project, by its id or key, but what was put away; its views; how many posts each task has. */
	board(project: string): Reading<BoardAnswer> {
		const rowsOf = ({ project, views, items, asks }: BoardAnswer) => [
			...rows("projects", [project]),
			...rows("views", views),
			...rows("tasks", items),
			...rows("asks", asks),
		];
		const keep = (answer: BoardAnswer) => ({ ...answer, views: [], items: [], asks: [] });
		return this.#look(`/projects/${encodeURIComponent(project)}/board`, {}, rowsOf, { keep, read: boardOf });
	}

	/** By id or key, also one that it had before. */
	task(task: string): Reading<TaskAnswer> {
		return this.#look(
			`/tasks/${encodeURIComponent(task)}`,
			{},
			(answer: TaskAnswer) => [
				...rows("tasks", [answer.task]),
				...rows("task_pages", [answer.page]),
				...rows("projects", [answer.project]),
				...rows("topics", [answer.topic]),
				...rows("handoffs", answer.handoffs),
			],
			{ keep: true },
		);
	}

	/** The handoffs that wait: offered to me, or of what is mine; or all of a project. */
	handoffs(project?: Id): Reading<HandoffsAnswer> {
		return this.#look("/handoffs", { project }, (answer: HandoffsAnswer) => [
			...rows("handoffs", answer.items),
			...rows("tasks", answer.tasks),
			...rows("projects", answer.projects),
		]);
	}

	/** What is in my hands at the end of my day. */
	signOff(): Reading<SignOffAnswer> {
		return this.#look(
			"/sign-off",
			{},
			(answer: SignOffAnswer) => [...rows("tasks", answer.tasks), ...rows("projects", answer.projects)],
			{ keep: true },
		);
	}

	/** The queue of a project, by its id or key, with the week that lies ahead. */
	queue(project: string): Reading<QueueAnswer> {
		return this.#look(
			`/projects/${encodeURIComponent(project)}/queue`,
			{},
			(answer: QueueAnswer) => [...rows("projects", [answer.project]), ...rows("tasks", answer.items)],
			{ keep: true },
		);
	}

	/** My tasks that fall due in that time, in local wall time. */
	touchedTasks(from: string, to: string): Reading<TouchedTasksAnswer> {
		return this.#look(
			"/work/touches",
			{ from, to },
			(answer: TouchedTasksAnswer) => [...rows("tasks", answer.items), ...rows("projects", answer.projects)],
			{ remember: false },
		);
	}

	/** The tasks that were made from the posts and asks of a topic. */
	madeTasks(topic: Id): Reading<MadeTasksAnswer> {
		return this.#look(`/topics/${topic}/tasks`, {}, (answer: MadeTasksAnswer) => [
			...rows("tasks", answer.items),
			...rows("projects", answer.projects),
		]);
	}

	/** Those that I may see, with how far their tasks have come; of one space, or all. */
	goals(space?: Id): Reading<GoalsAnswer> {
		return this.#look("/goals", { space }, (answer: GoalsAnswer) => rows("goals", answer.items), { keep: true });
	}

	/** The rules, templates and forms of a project. */
	rhythm(project: Id): Reading<{ seq: number; rhythm: Rhythm }> {
		const rowsOf = (answer: { seq: number; rhythm: Rhythm }) => rows("rhythms", [answer.rhythm]);
		return this.#look(`/projects/${project}/rhythm`, {}, rowsOf, { keep: true });
	}

	/** A goal with everything that changed about it. */
	goal(goal: Id): Reading<GoalAnswer> {
		return this.#look(
			`/goals/${goal}`,
			{},
			(answer: GoalAnswer) => [...rows("goals", [answer.goal]), ...rows("tasks", answer.tasks)],
			{ keep: true },
		);
	}

	/** The results of a month, "2026-11"; of one space, or of all that I may see. */
	results(month: string, space?: Id): Reading<ResultsAnswer> {
		return this.#look("/results", { month, space }, () => [], { keep: true });
	}

	/** What I own and what I follow. */
	work(): Reading<WorkAnswer> {
		return this.#look(
			"/work",
			{},
			(answer: WorkAnswer) => [
				...rows("tasks", [...answer.items, ...answer.follows, ...answer.requested]),
				...rows("projects", answer.projects),
			],
			{ keep: true },
		);
	}

	/** When each of these would get what is sent now, or at `at`. At most 50; not kept. */
	arrivals(members: readonly Id[], at?: Instant, signal?: AbortSignal): Promise<Arrivals> {
		return this.api.post("/arrivals/preview", { members, at }, { signal });
	}

	/** The deliveries of a plan that is not saved; not kept. */
	comingDeliveries(plan: Plan, focus?: Week, signal?: AbortSignal): Promise<{ coming: Instant[] }> {
		return this.api.post("/me/delivery/preview", { plan, focus }, { signal });
	}

	/** Who would be woken by an urgent ask, and who could be asked instead; not kept. */
	urgentGate(asked: Id, space?: Id | null, signal?: AbortSignal): Promise<UrgentGate> {
		return this.api.post("/urgent/preview", { asked, space: space ?? null }, { signal });
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
		{ remember = true, keep, read }: Look<T> = {},
	): Reading<T> {
		const key = `reading ${path} ${JSON.stringify(query)}`;
		// One that was asked for before the last change may be answered from before it, too.
		const since = this.store.newest();
		const running = this.#running.get(key);
		if (running?.since === since) return running.reading as Reading<T>;
		const asked = this.api.get<T>(path, query).then((sent) => {
			const answer = read ? read(sent) : sent;
			this.confirm({ seq: answer.seq, operation: null, rows: rowsOf(answer) });
			return answer;
		});
		const before = this.#recent.get(key)?.answer as T | undefined;
		const reading = new Reading(asked, before, this.signals, key);
		this.#running.set(key, { reading, since });
		if (keep && before === undefined) void this.#recall(reading, key);
		const again = () => this.#look(path, query, rowsOf, { remember, keep, read });
		const settled = (answer: T | undefined) => {
			if (this.#running.get(key)?.reading !== reading) return false;
			this.#running.delete(key);
			if (remember) this.#remember(key, answer, again);
			return true;
		};
		reading.then(
			(answer) => {
				if (settled(answer) && keep) void this.#keep(key, keep === true ? answer : keep(answer));
			},
			() => settled(before),
		);
		return reading;
	}

	async #keep(key: string, answer: unknown): Promise<void> {
		await this.shelf()
			?.keepAnswer(key, answer, Date.now())
			.catch(() => {});
	}

	async #recall<T>(reading: Reading<T>, key: string): Promise<void> {
		const kept = await this.shelf()
			?.answer(key)
			.catch(() => {});
		if (kept !== undefined) reading.recall(kept as T);
	}

	#remember(key: string, answer: unknown, again: () => PromiseLike<unknown>): void {
		this.#recent.delete(key);
		this.#recent.set(key, { answer, again });
		for (const oldest of this.#recent.keys()) {
			if (this.#recent.size <= RECENT) break;
			this.#recent.delete(oldest);
		}
	}

	/** Fetches what I follow and what was written in lately, so that it is there when the network is not. */
	async followedAhead(): Promise<void> {
		const since = Date.now() - FRESH;
		const followed = this.store.rows(allMarks, "all").flatMap((mark) => {
			const topic = mark.following ? this.store.row("topics", mark.id) : undefined;
			return topic && Date.parse(topic.last_at) >= since ? [topic] : [];
		});
		followed.sort((a, b) => Date.parse(b.last_at) - Date.parse(a.last_at));
		await this.#ahead(followed.map(({ id }) => id));
	}

	/** Fetches the posts of topics of which the newest is not at hand, one topic after the other. */
	async #ahead(topics: readonly Id[]): Promise<void> {
		let fetched = 0;
		for (const id of topics) {
			const topic = this.store.row("topics", id);
			if (!topic || topic.pending || this.#newest(id) >= topic.last_no) continue;
			if (!this.spare() || fetched++ >= AHEAD) return;
			await this.#look(`/topics/${id}`, { around: undefined }, topicRows, { remember: false });
		}
	}

	#newest(topic: Id): number {
		const newest = this.store.list(postsOfTopic, topic).at(-1);
		return newest === undefined ? 0 : (this.store.row("posts", newest)?.no ?? 0);
	}
}

/** The board with its tasks as rows. */
function boardOf(sent: unknown): BoardAnswer {
	const { portions, posts: counts, ...rest } = sent as BoardInColumns;
	const items = portions.flatMap(tasksOf);
	const posts = Object.fromEntries(items.flatMap(({ id }, at) => (counts[at] ? [[id, counts[at]]] : [])));
	return { ...rest, items, posts };
}

export function rowsOfMe(answer: MeAnswer): RowChange[] {
	return [
		...rows("workspaces", [answer.workspace]),
		...rows("members", [...answer.members, answer.member]),
		...rows("spaces", answer.spaces),
		...rows("space_members", answer.space_members),
		...rows("groups", answer.groups),
		...rows("deliveries", [answer.delivery]),
	];
}

function awayRows(answer: AwayAnswer): RowChange[] {
	const { needs, acknowledge, decided, changed, worth, rest, spaces } = answer;
	const topics = [needs, acknowledge, decided, changed, worth, rest].flatMap((part) => part.map(({ topic }) => topic));
	return [
		...rows(
			"spaces",
			spaces.map(({ space }) => space),
		),
		...rows("topics", topics),
		...rows(
			"asks",
			[...needs, ...acknowledge].map(({ ask }) => ask),
		),
		...rows(
			"posts",
			needs.flatMap(({ post }) => post ?? []),
		),
	];
}

function topicRows(answer: TopicAnswer): RowChange[] {
	const { topic, mark } = answer;
	return [
		...rows("topics", [topic]),
		...rows("posts", answer.posts),
		...rows("asks", answer.asks),
		...rows("shows", answer.shows),
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
