import type { Change, Member, Post, RowChange, Topic, Written } from "../types";
import { delivery, member, post, topic, workspace } from "./rows";

/**
 * A server in the page, for unit tests of the client as a whole: one topic, receipts, a change log and a stream. The
 * browser tests run against the real one.
 */
export class FakeServer {
	seq = 10;
	oldest = 0;
	signedIn: string | null = "mem_me";
	online = true;
	/** What happens to the next writes. */
	fates: ("lose answer" | "refuse" | "refuse time")[] = [];
	writes: { key: string | null; path: string; member: string | null }[] = [];
	topic: Topic = topic({ id: "top_1", last_no: 1 });
	posts: Post[] = [post({ id: "pst_1", topic: "top_1", no: 1 })];
	members = new Map<string, Member>([
		["mem_me", member()],
		["mem_ana", member({ id: "mem_ana", slug: "ana" })],
	]);
	#receipts = new Map<string, Written>();
	#log: Change[] = [];
	#streams = new Set<FakeStream>();

	readonly fetch: typeof fetch = async (input, init) => {
		if (!this.online) throw new TypeError("fetch failed");
		const url = new URL(String(input), "http://server");
		const answer = this.#answer(init?.method ?? "GET", url.pathname.replace("/api/v1", ""), init);
		if (answer === "lost") throw new TypeError("fetch failed");
		return answer;
	};

	/** Somebody else writes. */
	write(author: string, id: string, source: string): Written {
		return this.#commit(author, { id, source }, null);
	}

	/** Every connection dies. */
	cut(): void {
		this.online = false;
		for (const stream of this.#streams) stream.onerror?.();
		this.#streams.clear();
	}

	listen(stream: FakeStream, after: number): void {
		queueMicrotask(() => {
			if (!this.online || !this.signedIn) return stream.onerror?.();
			this.#streams.add(stream);
			stream.onopen?.();
			if (after < this.oldest) return stream.emit("reload", { reason: "too old" });
			for (const change of this.#log) if (change.seq > after) stream.emit("change", change);
		});
	}
	leave(stream: FakeStream): void {
		this.#streams.delete(stream);
	}

	#answer(method: string, path: string, init?: RequestInit): Response | "lost" {
		const me = this.signedIn;
		if (path === "/state") return json({ version: "1", needs_setup: false, workspaces: 1, signed_in: me !== null });
		if (method === "POST" && path === "/sessions") {
			this.signedIn = (JSON.parse(String(init?.body)) as { email: string }).email;
			return json({ member: this.signedIn }, 201);
		}
		if (!me) return problem(401, "Nobody is signed in.");
		if (method === "DELETE" && path === "/sessions/current") {
			this.signedIn = null;
			return new Response(null, { status: 204 });
		}
		if (path === "/me") return json(this.#me(me));
		if (method === "GET" && path === "/topics/top_1")
			return json({
				seq: this.seq,
				topic: this.topic,
				posts: this.posts,
				asks: [],
				mark: null,
				followers: [],
				shows: [],
				more_before: false,
				more_after: false,
			});
		if (method === "POST" && path === "/topics/top_1/posts") return this.#post(me, path, init);
		return problem(404, "There is no such thing.");
	}

	#post(me: string, path: string, init?: RequestInit): Response | "lost" {
		const key = new Headers(init?.headers).get("idempotency-key");
		this.writes.push({ key, path, member: me });
		const fate = this.fates.shift();
		if (fate === "refuse") return problem(422, "The text is too long.", "source");
		if (fate === "refuse time") return problem(422, "written_at: is out of range.", "written_at");
		const body = JSON.parse(String(init?.body)) as { id: string; source: string };
		const written = (key && this.#receipts.get(key)) || this.#commit(me, body, key);
		if (key) this.#receipts.set(key, written);
		return fate === "lose answer" ? "lost" : json(written, 201);
	}

	#commit(author: string, { id, source }: { id: string; source: string }, operation: string | null): Written {
		const no = this.posts.length + 1;
		const row = post({ id, topic: "top_1", no, author, source, html: `<p>${source}</p>` });
		this.posts.push(row);
		this.topic = { ...this.topic, last_no: no, post_count: no, snippet: source, last_by: author };
		const rows: RowChange[] = [
			{ table: "posts", id, row },
			{ table: "topics", id: "top_1", row: this.topic },
		];
		const change: Change = { seq: ++this.seq, at: row.created_at, actor: author, verb: "posted", operation, rows };
		this.#log.push(change);
		for (const stream of this.#streams) stream.emit("change", change);
		return { seq: change.seq, operation, rows };
	}

	#me(id: string) {
		return {
			seq: this.seq,
			member: this.members.get(id),
			workspace,
			email: `${id}@example.org`,
			members: [...this.members.values()],
			spaces: [],
			space_members: [],
			groups: [],
			delivery: delivery({ id }),
			counts: { waiting: 0 },
			settings: { theme: "system" },
		};
	}
}

/** Stands in for `EventSource`. */
export class FakeStream {
	static server: FakeServer;
	onopen: (() => void) | undefined;
	onerror: (() => void) | undefined;
	#listeners = new Map<string, (event: { data: string }) => void>();

	constructor(url: string) {
		FakeStream.server.listen(this, Number(new URL(url, "http://server").searchParams.get("after")));
	}
	addEventListener(type: string, listener: (event: { data: string }) => void): void {
		this.#listeners.set(type, listener);
	}
	emit(type: string, data: unknown): void {
		this.#listeners.get(type)?.({ data: JSON.stringify(data) });
	}
	close(): void {
		FakeStream.server.leave(this);
	}
}

function json(body: unknown, status = 200): Response {
	return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

function problem(status: number, title: string, field?: string): Response {
	const body = JSON.stringify({ type: "about:blank", title, status, field });
	return new Response(body, { status, headers: { "content-type": "application/problem+json" } });
}
