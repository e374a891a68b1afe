import { Api, Problem } from "./api";
import { Clock } from "./clock";
import { Drafts } from "./drafts";
import { Database, type Refused, type Storage } from "./idb";
import { leaveWords, onWords, takeWords, type Unsaved } from "./last-words";
import { Live, type LiveStatus } from "./live";
import {
	type ApiRequest,
	type Arguments,
	apply,
	instead,
	inverse,
	type Operation,
	type OperationName,
	operation,
} from "./operations";
import { Outbox } from "./outbox";
import { backoff, Pause } from "./pause";
import { postsAtRest } from "./prune";
import { goodNetwork, Reads, rowsOfMe } from "./reads";
import { forget, onRemembered, remember, remembered, someoneSignsIn, whileSigningIn } from "./remembered";
import { Signals } from "./signals.svelte";
import { Store } from "./store";
import { type Message, Tabs } from "./tabs";
import type {
	Acceptance,
	Credentials,
	Entry,
	FirstStart,
	Id,
	Instant,
	MeAnswer,
	ServerState,
	Settings,
	SettingsPatch,
	SignedInAs,
	Written,
} from "./types";

/**
 * `starting`: not known yet. `signed_out`: nobody. `signed_in`: a member, also while offline. `ended`: a member whose
 * session the server no longer knows; what they wrote waits until they sign in again.
 */
export type SessionState = "starting" | "signed_out" | "signed_in" | "ended";

/** Who is signed in and what is theirs alone. The rows of member and workspace are in the store. */
export interface Me {
	member: Id;
	workspace: Id;
	email: string;
	settings: Settings;
}

/** Something that the person did and that is still to be sent. */
export interface Waiting {
	/** The operation's. */
	id: string;
	name: OperationName;
	/** When it was written. */
	at: Instant;
	/** What they wrote; `null` when it is not text. */
	text: string | null;
	/** The topic that it is about. */
	topic: Id | null;
}

/** What became of an action. */
export interface Mutation {
	/** The operation's id. */
	id: string;
	/** Whether it is safe on this device. `false`: the device's storage refused it, and only this tab knows of it. */
	saved: Promise<boolean>;
	/** Takes it back; `null` when it cannot be taken back. */
	undo: (() => Mutation[]) | null;
}

/** What screens may want to know besides rows; each is a signal of its name. */
interface Facts {
	session: SessionState;
	live: LiveStatus;
	storage: Storage;
	refused: readonly Refused[];
	me: Me | undefined;
	server: ServerState | undefined;
	/** What to add to this device's clock, in milliseconds. */
	clock: number;
	opened: readonly Id[];
}

/** What belongs to the member who is signed in. */
interface Desk {
	member: Id;
	database: Database;
	tabs: Tabs;
	/** Aborted when the member leaves this browser. */
	stop: AbortController;
	/** Whether this tab sends and listens for all of them. */
	leading: boolean;
	/** Aborted when the session ends. Present in the leading tab while it is at work. */
	work?: AbortController;
	outbox: Outbox;
	live: Live;
	cursor: number | undefined;
}

/** How old what the shell knows may be when the person comes back to the page, in milliseconds. */
const STALE = 30 * 60_000;
/** A stream of a page that was hidden for this long may be dead without knowing. Milliseconds. */
const HIDDEN = 60_000;
/** For how long an answer about who is signed in is as good as a new one, in milliseconds. */
const JUST_NOW = 5_000;
/** How many of the topics that were opened last are known. */
const OPENED = 12;
/** Traces of rows that are gone are swept when there are more than this. */
const TRACES = 1000;

/** The client: store, device, server and the other tabs, for one member at a time. */
export class Client {
	readonly signals = new Signals();
	readonly api: Api;
	readonly store = new Store<Operation>(apply, this.signals);
	readonly reads: Reads;
	readonly clock = new Clock((offset) => this.#set("clock", offset));
	readonly drafts = new Drafts(
		() => this.#desk?.database,
		() => this.clock.instant(),
	);

	#desk: Desk | undefined;
	#facts: Facts = {
		session: "starting",
		live: "connecting",
		storage: "ok",
		refused: [],
		me: undefined,
		server: undefined,
		clock: 0,
		opened: [],
	};
	/** Operations that are not on the disk, being written or refused by the device, each with the draft that it ends. */
	#saving = new Map<string, string | undefined>();
	#retry = new Pause();
	/** `/me` was asked just now, so the stream need not ask who is signed in. */
	#checked = false;
	/** What `/me` said, until the leading tab takes it. */
	#answered: { me: MeAnswer; at: number } | undefined;
	#lookedAt = 0;
	#hiddenAt = 0;
	#persistAsked = false;

	constructor(api = new Api()) {
		this.api = api;
		api.onSignedOut = () => this.#ended();
		api.onTime = (server, sent) => this.clock.heard(server, sent);
		this.#facts.clock = this.clock.offset;
		this.reads = new Reads(
			api,
			this.store,
			this.signals,
			(entry) => void this.#confirm([entry]),
			() => this.live === "live" && goodNetwork(),
			(topic) => this.#noteOpened(topic),
			() => this.#desk?.database,
		);
	}

	/** Whether somebody is signed in; reactive, as are all of these. */
	get session(): SessionState {
		return this.#fact("session");
	}
	get live(): LiveStatus {
		return this.#fact("live");
	}
	/** How this device keeps things. Anything but `ok` must be said to the person. */
	get storage(): Storage {
		return this.#fact("storage");
	}
	/** What the server would not take, oldest first. */
	get refused(): readonly Refused[] {
		return this.#fact("refused");
	}
	get me(): Me | undefined {
		return this.#fact("me");
	}
	/** What the server said about itself; known when nobody is signed in. */
	get server(): ServerState | undefined {
		return this.#fact("server");
	}
	/** The topics that were opened here last, the newest first. */
	get opened(): readonly Id[] {
		return this.#fact("opened");
	}
	/** By how much this device's clock is wrong: what to add to it, in milliseconds. */
	get clockOffset(): number {
		return this.#fact("clock");
	}
	/** How many actions wait to be sent. Read marks are not counted. */
	get unsent(): number {
		return this.store.pending.filter((op) => !op.quiet).length;
	}
	/** What waits to be sent, oldest first. Read marks and the like are left out. */
	get waiting(): readonly Waiting[] {
		return this.store.pending.filter((op) => !op.quiet).map(waitingOf);
	}
	/** The member who is signed in. */
	get member(): Id | undefined {
		this.signals.track("session");
		return this.#desk?.member;
	}

	/** Shows what this device has and goes to work. Resolves once there is something to paint. */
	async start(): Promise<void> {
		this.#listenToPage();
		onRemembered(() => void this.#heardOfSession());
		const member = remembered();
		if (member) await this.#open(member);
		else await this.askServer();
	}

	/** Asks who is signed in when this browser does not know. Leaves `starting` when the server cannot be reached. */
	async askServer(): Promise<void> {
		// The page asked already, as though somebody were: one round trip less for those who are.
		const known = this.api.ahead.has("/me") ? await this.#askWho() : undefined;
		if (known) return this.#arrive(known);
		const server = await this.api.get<ServerState>("/state").catch(() => undefined);
		if (!server) return this.#set("live", "offline");
		this.#set("server", server);
		if (!server.signed_in) return this.#set("session", "signed_out");
		const member = await this.#askWho();
		if (member) await this.#arrive(member);
		else this.#set("session", "signed_out");
	}

	/** Who the cookie says is signed in. The answer is kept for the tab that leads, which is this one soon. */
	async #askWho(): Promise<Id | undefined> {
		const me = await this.api.get<MeAnswer>("/me").catch(() => undefined);
		this.#answered = me && { me, at: Date.now() };
		return me?.member.id;
	}

	/** Throws `Problem`: a wrong password is 401, too many tries are 429. */
	signIn(credentials: Credentials): Promise<void> {
		return this.#signInBy("/sessions", credentials);
	}

	/** The first start of a server: makes the workspace and its owner and signs them in. */
	setUp(first: FirstStart): Promise<void> {
		return this.#signInBy("/setup", first);
	}

	acceptInvitation(secret: string, person: Acceptance): Promise<void> {
		return this.#signInBy(`/invitations/open/${encodeURIComponent(secret)}/accept`, person);
	}

	/**
	 * Ends the session. Answers `false` and does nothing when something is unsent, unless `anyway`: it then stays on
	 * this device until the same member signs in again. Throws `Problem` when the server cannot be told.
	 */
	async signOut(anyway = false): Promise<boolean> {
		const desk = this.#desk;
		if (!desk) return true;
		await this.drafts.flush();
		if (this.unsent > 0 && !anyway) return false;
		await this.api.delete("/sessions/current").catch((problem: Problem) => {
			if (!problem.signedOut) throw problem;
		});
		forget();
		await desk.database.forgetRows().catch(() => {});
		await this.#close();
		this.#set("session", "signed_out");
		await this.askServer();
		return true;
	}

	/**
	 * Does something: the screen shows it at once, the device keeps it, and it is sent when there is a network.
	 * `draft`: the draft it was written in, which leaves when the operation is safe.
	 */
	mutate<N extends OperationName>(name: N, args: Arguments[N], { draft }: { draft?: string } = {}): Mutation {
		const desk = this.#desk;
		if (!desk) throw new Error("Nobody is signed in.");
		const back = inverse(name, args, this.store, desk.member);
		const op = operation(name, args, desk.member, this.clock.instant(), this.store.pending);
		this.store.add(op);
		if (draft !== undefined) this.drafts.forget(draft);
		this.#askToPersist();
		return {
			id: op.id,
			saved: this.#save(desk, op, draft),
			undo: back.length > 0 ? () => back.map((call) => this.mutate(call.name, call.args)) : null,
		};
	}

	/** The person has seen a refusal. */
	async dismiss(id: string): Promise<void> {
		this.#set(
			"refused",
			this.#facts.refused.filter((refused) => refused.id !== id),
		);
		await this.#desk?.database.dismiss(id);
		this.#desk?.tabs.say({ kind: "dismissed" });
	}

	/** Brings members, spaces and what is mine up to date. Throws `Problem`. */
	async lookAtMe(): Promise<void> {
		if (this.#desk) await this.#lookAtMe(this.#desk);
	}

	/** Changes what is mine alone; needs the network. */
	async changeSettings(change: SettingsPatch): Promise<void> {
		const settings = await this.api.patch<Settings>("/me/settings", change);
		if (this.#facts.me) this.#know({ ...this.#facts.me, settings });
	}

	/** Whether everything written is on this device, or at the server, after what can be done for it was done. */
	async settled(): Promise<boolean> {
		return (await this.drafts.flush()) && this.#saving.size === 0;
	}

	/** Tries the network at once. */
	retry(): void {
		this.#wake();
		this.#desk?.tabs.say({ kind: "wake" });
		if (this.session === "starting") void this.askServer();
	}

	// Signing in and out

	async #signInBy(path: string, body: object): Promise<void> {
		this.#answered = undefined;
		const { member } = await whileSigningIn(() => this.api.post<SignedInAs>(path, body));
		await this.#arrive(member);
	}

	/** Somebody is signed in at this browser now. */
	async #arrive(member: Id): Promise<void> {
		remember(member);
		if (this.#desk?.member === member) this.#resume();
		else await this.#open(member);
	}

	/** Another tab signed somebody in or out. */
	async #heardOfSession(): Promise<void> {
		this.#answered = undefined;
		const member = remembered();
		if (member && member === this.#desk?.member) this.#resume();
		else if (member) await this.#open(member);
		else {
			await this.#close();
			this.#set("session", "signed_out");
		}
	}

	#resume(): void {
		this.#set("session", "signed_in");
		this.#wake();
	}

	/** The server no longer knows the session. */
	#ended(): void {
		const desk = this.#desk;
		if (!desk || this.#facts.session !== "signed_in") return;
		this.#set("session", "ended");
		desk.work?.abort();
		desk.tabs.say({ kind: "status", live: this.#facts.live, ended: true });
	}

	async #open(member: Id): Promise<void> {
		await this.#close();
		const ahead = this.api.ahead.takeDevice();
		const database = new Database(member, (state) => this.#set("storage", state), ahead?.kept);
		const tabs = new Tabs(member, ahead);
		const desk: Desk = {
			member,
			database,
			tabs,
			stop: new AbortController(),
			leading: false,
			outbox: this.#outboxOf(member),
			live: this.#liveOf(),
			cursor: undefined,
		};
		this.#desk = desk;
		await this.#restore(desk);
		if (this.#desk !== desk) return;
		// What the others said meanwhile is newer than what the device had.
		tabs.listen((message) => void this.#heard(message));
		await this.#takeWords(desk);
		if (this.#desk !== desk) return;
		this.#set("session", "signed_in");
		this.signals.tell("session");
		tabs.say({ kind: "hello" });
		void tabs.lead(desk.stop.signal, () => this.#lead(desk));
	}

	async #close(): Promise<void> {
		const desk = this.#desk;
		if (!desk) return;
		await this.drafts.flush();
		this.#desk = undefined;
		desk.work?.abort();
		desk.stop.abort();
		desk.tabs.close();
		this.#retry.wake();
		this.reads.clear();
		this.store.clear();
		this.#saving.clear();
		this.#set("refused", []);
		this.#set("opened", []);
		this.#set("me", undefined);
		await desk.database.close();
	}

	// The device

	/** Rows, operations and the rest as this device kept them. A device that cannot keep anything has nothing. */
	async #restore(desk: Desk): Promise<void> {
		const kept = await desk.database.load().catch(() => undefined);
		if (!kept || this.#desk !== desk) return;
		const unsaved = this.#unsaved().map(({ operation }) => operation);
		const known = new Set(kept.outbox.map((op) => op.id));
		const old = postsAtRest(kept.rows, kept.opened, Date.now());
		const rows = kept.rows.filter((row) => !(row.table === "posts" && old.has(row.id)));
		this.store.restore(rows, [...kept.outbox, ...unsaved.filter((op) => !known.has(op.id))]);
		if (old.size > 0) void desk.database.removePosts(old).catch(() => {});
		desk.cursor = later(desk.cursor, kept.cursor);
		this.#set("refused", kept.refused);
		const opened = [...kept.opened].sort(([, a], [, b]) => b - a).map(([topic]) => topic);
		this.#set("opened", opened.slice(0, OPENED));
		if (kept.me) this.#set("me", kept.me as Me);
		const traces = kept.rows.filter((row) => row.row === null).length;
		if (traces > TRACES) void desk.database.sweep().catch(() => {});
	}

	/** Those that are not on the disk, in the order in which they were done. */
	#unsaved(): Unsaved[] {
		return this.store.pending
			.filter(({ id }) => this.#saving.has(id))
			.map((operation) => ({ operation, draft: this.#saving.get(operation.id) }));
	}

	/** Takes over what a page had not on the disk yet when it went away. */
	async #takeWords(desk: Desk): Promise<void> {
		const { drafts, operations } = takeWords(desk.member);
		for (const { operation, draft } of operations) {
			this.store.add(operation);
			void this.#save(desk, operation, draft);
		}
		await this.drafts.restore(drafts);
	}

	async #save(desk: Desk, op: Operation, draft: string | undefined): Promise<boolean> {
		this.#saving.set(op.id, draft);
		const saved = await desk.database.addOperation(op, draft).then(
			() => true,
			() => false,
		);
		if (saved) this.#saving.delete(op.id);
		desk.tabs.say({ kind: "operation", operation: op });
		desk.outbox.look();
		return saved;
	}

	/** Storage that the browser does not clear by itself: asked once there is something worth keeping. */
	#askToPersist(): void {
		if (this.#persistAsked) return;
		this.#persistAsked = true;
		void globalThis.navigator?.storage?.persist?.().catch(() => false);
	}

	/** The one door: screen, other tabs, device. Where the device cannot keep it the screen has it all the same. */
	async #confirm(arrived: Entry[], cursor?: number): Promise<void> {
		const desk = this.#desk;
		if (!desk) return;
		const entries = this.store.withLosses(arrived);
		this.store.confirm(entries);
		if (cursor !== undefined) desk.cursor = later(desk.cursor, cursor);
		desk.tabs.say({ kind: "entries", entries, cursor });
		await desk.database.apply(entries, cursor).catch(() => {});
	}

	#noteOpened(topic: Id): void {
		this.#set("opened", [topic, ...this.#facts.opened.filter((other) => other !== topic)].slice(0, OPENED));
		void this.#desk?.database.noteOpened(topic, Date.now()).catch(() => {});
	}

	#know(me: Me): void {
		this.#set("me", me);
		void this.#desk?.database.setMeta("me", me).catch(() => {});
	}

	// The leading tab

	async #lead(desk: Desk): Promise<void> {
		const { stop } = desk;
		desk.leading = true;
		desk.cursor = later(desk.cursor, await desk.database.cursor().catch(() => undefined));
		for (let tries = 0; !stop.signal.aborted; ) {
			if (this.#facts.session === "ended") {
				await this.#retry.sleep(Number.POSITIVE_INFINITY, stop.signal);
				continue;
			}
			const found = await this.#identify(desk);
			if (stop.signal.aborted) return;
			if (found === "same") {
				tries = 0;
				await this.#work(desk);
				continue;
			}
			if (found === "ended") this.#ended();
			this.#tellStatus("offline");
			await this.#retry.sleep(backoff(tries++), stop.signal);
		}
	}

	/** Whether the cookie is that of this desk's member. Nothing is sent before that is certain. */
	async #identify(desk: Desk): Promise<"same" | "other" | "ended" | "unreachable"> {
		try {
			this.#checked = await this.#lookAtMe(desk);
			return this.#checked ? "same" : "other";
		} catch (problem) {
			return problem instanceof Problem && problem.signedOut ? "ended" : "unreachable";
		}
	}

	/** Brings the shell's rows up to date. Answers `false` when somebody else is signed in; this desk then closes. */
	async #lookAtMe(desk: Desk): Promise<boolean> {
		const answer = this.#takeAnswered() ?? (await this.api.get<MeAnswer>("/me"));
		if (this.#desk !== desk) return false;
		const { member, workspace, email, settings, seq } = answer;
		if (member.id !== desk.member) {
			desk.stop.abort();
			// Not to be awaited: it waits for this tab to stop leading.
			void this.#arrive(member.id);
			return false;
		}
		this.#lookedAt = Date.now();
		// The first cursor is from where the log tells everything about every row that is here already.
		const first = desk.cursor === undefined ? Math.min(seq, this.store.oldest()) : undefined;
		await this.#confirm([{ seq, operation: null, rows: rowsOfMe(answer) }], first);
		this.#know({ member: member.id, workspace: workspace.id, email, settings });
		return true;
	}

	#takeAnswered(): MeAnswer | undefined {
		const answered = this.#answered;
		this.#answered = undefined;
		return answered && Date.now() - answered.at < JUST_NOW ? answered.me : undefined;
	}

	async #work(desk: Desk): Promise<void> {
		const work = new AbortController();
		desk.work = work;
		const stopped = () => work.abort();
		desk.stop.signal.addEventListener("abort", stopped);
		await Promise.all([desk.outbox.run(work.signal), desk.live.run(work.signal)]);
		desk.stop.signal.removeEventListener("abort", stopped);
		desk.work = undefined;
	}

	#outboxOf(member: Id): Outbox {
		return new Outbox({
			waiting: () => this.#waiting(),
			send: (op, signal) => this.#sendOperation(op, signal),
			confirmed: (op, answer) => {
				this.#saving.delete(op.id);
				return this.#confirm([{ ...answer, operation: op.id }]);
			},
			refused: (ids, kept) => this.#refuse(ids, kept),
			ended: () => this.#ended(),
			allowed: () => remembered() === member && !someoneSignsIn(),
		});
	}

	/** Says it once more in other words where that is right: see `otherwise`. */
	async #sendOperation(op: Operation, signal: AbortSignal): Promise<Written> {
		const send = ({ method, path, body }: ApiRequest, key: string) =>
			this.api.request<Written>(method, path, { body, key, signal }).then(written);
		try {
			return await send(op.request, op.id);
		} catch (problem) {
			const other = problem instanceof Problem ? otherwise(op, problem) : undefined;
			if (!other) throw problem;
			return await send(other, `${op.id}-2`);
		}
	}

	/** On the device, in order; then those that the device would not take. */
	async #waiting(): Promise<Operation[]> {
		const kept = (await this.#desk?.database.outbox().catch(() => [])) ?? [];
		const known = new Set(kept.map((op) => op.id));
		return [...kept, ...this.store.pending.filter((op) => !known.has(op.id))];
	}

	async #refuse(ids: string[], kept: Refused[]): Promise<void> {
		this.store.drop(ids);
		this.#set("refused", [...this.#facts.refused, ...kept]);
		await this.#desk?.database.refuse(ids, kept).catch(() => {});
		this.#desk?.tabs.say({ kind: "refused", operations: ids });
	}

	#liveOf(): Live {
		return new Live({
			cursor: () => this.#desk?.cursor,
			arrived: (changes) => void this.#confirm(changes, changes.at(-1)?.seq),
			reload: () => this.#reload(),
			check: () => this.#check(),
			status: (status) => this.#tellStatus(status),
		});
	}

	async #check(): Promise<"ready" | "unreachable" | "ended"> {
		if (this.#checked) {
			this.#checked = false;
			return "ready";
		}
		const server = await this.api.get<ServerState>("/state").catch(() => undefined);
		if (server && !server.signed_in) this.#ended();
		return !server ? "unreachable" : server.signed_in ? "ready" : "ended";
	}

	/** The log does not reach back to what this device knows: reads what is on the screens again and forgets the rest. */
	async #reload(): Promise<void> {
		const desk = this.#desk;
		if (!desk) return;
		const { seq } = await this.api.get<MeAnswer>("/me");
		// A server that was restored from a backup counts from an earlier number: what is known here is void.
		if (seq < (desk.cursor ?? 0)) this.store.purge(Number.POSITIVE_INFINITY);
		await this.#lookAtMe(desk);
		await this.reads.again();
		this.store.purge(seq);
		desk.cursor = seq;
		desk.tabs.say({ kind: "reload", seq });
		await desk.database.purge(seq).catch(() => {});
	}

	#tellStatus(live: LiveStatus): void {
		this.#set("live", live);
		this.#desk?.tabs.say({ kind: "status", live, ended: this.#facts.session === "ended" });
	}

	// The other tabs

	async #heard(message: Message): Promise<void> {
		const desk = this.#desk;
		if (!desk) return;
		switch (message.kind) {
			case "operation":
				this.store.add(message.operation);
				desk.outbox.look();
				break;
			case "entries":
				this.store.confirm(message.entries);
				if (message.cursor !== undefined) desk.cursor = later(desk.cursor, message.cursor);
				break;
			case "refused":
				this.store.drop(message.operations);
				await this.#rereadRefused(desk);
				break;
			case "dismissed":
				await this.#rereadRefused(desk);
				break;
			case "reload":
				desk.cursor = message.seq;
				await this.reads.again().catch(() => {});
				this.store.purge(message.seq);
				break;
			case "status":
				if (message.ended) this.#endedElsewhere(desk);
				this.#set("live", message.live);
				break;
			case "hello":
				if (desk.leading) this.#tellStatus(this.#facts.live);
				break;
			case "wake":
				this.#wake();
		}
	}

	#endedElsewhere(desk: Desk): void {
		if (this.#facts.session !== "signed_in") return;
		this.#set("session", "ended");
		desk.work?.abort();
	}

	async #rereadRefused(desk: Desk): Promise<void> {
		const refused = await desk.database.refused().catch(() => undefined);
		if (refused && this.#desk === desk) this.#set("refused", refused);
	}

	// The page

	#listenToPage(): void {
		const page = globalThis as Partial<Window> & typeof globalThis;
		if (typeof page.document === "undefined") return;
		page.addEventListener("online", () => this.retry());
		page.addEventListener("offline", () => {
			this.#desk?.live.cut();
			if (this.#desk?.leading) this.#tellStatus("offline");
		});
		page.addEventListener("focus", () => this.#seen());
		page.addEventListener("pagehide", () => {
			if (this.#desk) leaveWords(this.#desk.member, { drafts: this.drafts.unsaved(), operations: this.#unsaved() });
			void this.drafts.flush();
		});
		onWords(() => void (this.#desk && this.#takeWords(this.#desk)));
		// A page that was frozen heard nothing meanwhile.
		page.addEventListener("pageshow", (event) => {
			if (!event.persisted || !this.#desk) return;
			// It is still here with everything that was typed.
			takeWords(this.#desk.member);
			void this.#restore(this.#desk);
		});
		page.document.addEventListener("visibilitychange", () => {
			if (page.document.visibilityState === "visible") this.#seen();
			else {
				this.#hiddenAt = Date.now();
				void this.drafts.flush();
			}
		});
	}

	/** The person looks at the page. */
	#seen(): void {
		const long = this.#hiddenAt > 0 && Date.now() - this.#hiddenAt > HIDDEN;
		this.#hiddenAt = 0;
		if (long || this.#facts.live !== "live") this.retry();
		else this.#desk?.outbox.wake();
		if (this.#desk && this.#facts.session === "signed_in" && Date.now() - this.#lookedAt > STALE)
			void this.lookAtMe().catch(() => {});
	}

	#wake(): void {
		this.#retry.wake();
		this.#desk?.outbox.wake();
		this.#desk?.live.wake();
	}

	#fact<K extends keyof Facts>(name: K): Facts[K] {
		this.signals.track(name);
		return this.#facts[name];
	}

	#set<K extends keyof Facts>(name: K, value: Facts[K]): void {
		if (this.#facts[name] === value) return;
		this.#facts[name] = value;
		this.signals.tell(name);
	}
}

/**
 * What to send in place of an operation that was refused: over the version that is only this device's own; or without
 * the time at which it was written, when that is so long ago that the server does not believe it.
 */
function otherwise(op: Operation, problem: Problem): ApiRequest | undefined {
	if (problem.status === 409) return instead(op, problem.extra.body?.current);
	const { body } = op.request;
	if (typeof body !== "object" || body === null || !("written_at" in body)) return undefined;
	if (!`${problem.field} ${problem.detail}`.includes("written_at")) return undefined;
	return { ...op.request, body: { ...body, written_at: undefined } };
}

function waitingOf({ id, name, at, text, args }: Operation): Waiting {
	const about = args as { topic?: unknown; id?: unknown };
	const topic = about.topic ?? (name.startsWith("topic.") ? about.id : null);
	return { id, name, at, text, topic: typeof topic === "string" ? topic : null };
}

function later(a: number | undefined, b: number | undefined): number | undefined {
	return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

/** An answer that is not one to a write did not come from our server. */
function written(answer: Written): Written {
	if (typeof answer?.seq !== "number" || !Array.isArray(answer.rows))
		throw new Problem(0, "The server could not be reached.");
	return answer;
}
