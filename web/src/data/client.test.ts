import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api } from "./api";
import { Client } from "./client";
import { forget } from "./remembered";
import { FakeServer, FakeStream } from "./testing/server";
import { postsOfTopic } from "./views";

let server: FakeServer;
let clients: Client[];

beforeEach(() => {
	globalThis.indexedDB = new IDBFactory();
	server = new FakeServer();
	FakeStream.server = server;
	vi.stubGlobal("EventSource", FakeStream);
	clients = [];
	forget();
});
afterEach(async () => {
	server.online = true;
	server.signedIn ??= "mem_me";
	for (const client of clients) await client.signOut(true);
	vi.unstubAllGlobals();
});

async function open(): Promise<Client> {
	const client = new Client(new Api("/api/v1", server.fetch));
	clients.push(client);
	await client.start();
	return client;
}
const until = (condition: () => unknown) =>
	vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout: 5000, interval: 5 });
const live = async (client: Client) => until(() => client.live === "live");
const texts = (client: Client) => client.store.rows(postsOfTopic, "top_1").map((post) => post.source);
const post = (client: Client, id: string, source: string) =>
	client.mutate("post.create", { id, topic: "top_1", source });
const sources = () => server.posts.map((row) => row.source);

test("signed out, signs in, sees the workspace, and hears what others write", async () => {
	server.signedIn = null;
	const client = await open();
	expect(client.session).toBe("signed_out");
	await client.signIn({ email: "mem_me", password: "x" });
	await live(client);
	expect(client.session).toBe("signed_in");
	expect(client.me).toMatchObject({ member: "mem_me", email: "mem_me@example.org" });
	expect(client.store.row("members", "mem_ana")?.slug).toBe("ana");
	server.write("mem_ana", "pst_2", "Hello from Ana");
	await until(() => texts(client).includes("Hello from Ana"));
});

test("an answer that is lost after the server had it: one post, no longer pending", async () => {
	const client = await open();
	await live(client);
	await client.reads.topic("top_1");
	server.fates = ["lose answer"];
	expect(await post(client, "pst_a", "Once").saved).toBe(true);
	expect(client.unsent).toBe(1);
	await until(() => client.unsent === 0);
	expect(texts(client)).toEqual(["Hello", "Once"]);
	expect(client.store.row("posts", "pst_a")).toMatchObject({ html: "<p>Once</p>" });
	expect(client.store.row("posts", "pst_a")?.pending).toBeUndefined();
	expect(sources()).toEqual(["Hello", "Once"]);
});

test("offline: shown at once, there after a new start, sent once with those of others in the right order", async () => {
	const first = await open();
	await live(first);
	await first.reads.topic("top_1");
	server.cut();
	await until(() => first.live === "offline");
	await post(first, "pst_a", "Mine 1").saved;
	await post(first, "pst_b", "Mine 2").saved;
	expect(texts(first)).toEqual(["Hello", "Mine 1", "Mine 2"]);

	const second = await open();
	expect(second.session).toBe("signed_in");
	expect(texts(second)).toEqual(["Hello", "Mine 1", "Mine 2"]);
	expect(second.unsent).toBe(2);
	server.write("mem_ana", "pst_x", "Theirs");
	server.online = true;
	second.retry();
	await until(() => second.unsent === 0 && second.live === "live");
	expect(sources()).toEqual(["Hello", "Theirs", "Mine 1", "Mine 2"]);
	await until(() => texts(second).join() === sources().join());
	expect(new Set(server.writes.map((write) => write.key)).size).toBe(2);
});

test("a refusal: taken back, the text kept with the reason, until it is dismissed", async () => {
	const client = await open();
	await live(client);
	server.fates = ["refuse"];
	await post(client, "pst_a", "Too long").saved;
	await until(() => client.refused.length === 1);
	expect(client.refused[0]).toMatchObject({
		text: "Too long",
		problem: { title: "The text is too long.", field: "source" },
	});
	expect(client.store.row("posts", "pst_a")).toBeUndefined();
	const later = await open();
	expect(later.refused.length).toBe(1);
	await later.dismiss(later.refused[0]?.id ?? "");
	const last = await open();
	expect(last.refused).toEqual([]);
	expect(server.writes.length).toBe(1);
});

test("the session ends with posts waiting: sent after sign-in as the same member, never as another", async () => {
	const client = await open();
	await live(client);
	server.signedIn = null;
	await post(client, "pst_a", "From me").saved;
	await until(() => client.session === "ended");
	expect(client.unsent).toBe(1);

	await client.signIn({ email: "mem_ana", password: "x" });
	await live(client);
	expect(client.unsent).toBe(0);
	expect(client.store.row("posts", "pst_a")).toBeUndefined();
	expect(await client.signOut()).toBe(true);

	await client.signIn({ email: "mem_me", password: "x" });
	await until(() => sources().includes("From me") && client.unsent === 0);
	expect(server.writes.map((write) => write.member)).toEqual(["mem_me"]);
	expect(server.posts.at(-1)?.author).toBe("mem_me");
});

test("signing out asks before it leaves something unsent, and keeps it", async () => {
	const client = await open();
	await live(client);
	server.cut();
	await until(() => client.live === "offline");
	await post(client, "pst_a", "Wait for me").saved;
	expect(await client.signOut()).toBe(false);
	expect(client.session).toBe("signed_in");
	expect(client.unsent).toBe(1);
	await expect(client.signOut(true)).rejects.toThrow("could not be reached");
	expect(client.session).toBe("signed_in");
});

test("another member's cookie in this browser: this device's rows and outbox are not theirs", async () => {
	const mine = await open();
	await live(mine);
	server.cut();
	await until(() => mine.live === "offline");
	await post(mine, "pst_a", "Private").saved;
	const tab = await open();
	server.signedIn = "mem_ana";
	server.online = true;
	tab.retry();
	await until(() => tab.member === "mem_ana" && tab.live === "live");
	expect(tab.unsent).toBe(0);
	expect(texts(tab)).toEqual([]);
	expect(sources()).toEqual(["Hello"]);
});

test("the log no longer reaches back: read again as an ordinary path, and what was not seen again is forgotten", async () => {
	const client = await open();
	await live(client);
	await client.reads.topic("top_1");
	server.cut();
	await until(() => client.live === "offline");
	server.write("mem_ana", "pst_x", "Meanwhile");
	server.write("mem_ana", "pst_y", "And more");
	server.oldest = server.seq;
	server.members.delete("mem_ana");
	server.online = true;
	client.retry();
	await until(() => client.live === "live" && client.store.row("members", "mem_ana") === undefined);
	expect(texts(client)).toEqual(["Hello", "Meanwhile", "And more"]);
	server.write("mem_ana", "pst_z", "Live again");
	await until(() => texts(client).includes("Live again"));
});

test("a device that is full: said, the text stays on the screen and is sent from memory", async () => {
	const client = await open();
	await live(client);
	const full = () => {
		throw new DOMException("The disk is full.", "QuotaExceededError");
	};
	vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(full);
	server.fates = ["lose answer"];
	const { saved } = post(client, "pst_a", "Words");
	expect(await saved).toBe(false);
	expect(client.storage).toBe("full");
	expect(texts(client)).toContain("Words");
	vi.restoreAllMocks();
	await until(() => client.unsent === 0);
	expect(sources()).toEqual(["Hello", "Words"]);
});

test("a network's sign-in page is neither an answer nor a refusal", async () => {
	let portal = false;
	const behind: typeof fetch = async (input, init) =>
		portal
			? new Response("<html>Sign in</html>", { headers: { "content-type": "text/html" } })
			: server.fetch(input, init);
	const client = new Client(new Api("/api/v1", behind));
	clients.push(client);
	await client.start();
	await live(client);
	portal = true;
	await post(client, "pst_a", "Kept").saved;
	await vi.waitFor(() => expect(client.store.row("posts", "pst_a")?.pending).toBeDefined());
	portal = false;
	client.retry();
	await until(() => client.unsent === 0);
	expect(client.refused).toEqual([]);
	expect(sources()).toEqual(["Hello", "Kept"]);
});

test("what was written too long ago for the server to believe is sent without its time, once", async () => {
	const client = await open();
	await live(client);
	await client.reads.topic("top_1");
	server.fates = ["refuse time"];
	await post(client, "pst_a", "Old words").saved;
	await until(() => client.unsent === 0);
	expect(client.refused).toEqual([]);
	expect(sources()).toEqual(["Hello", "Old words"]);
	const [first, second] = server.writes;
	expect(second?.key).toBe(`${first?.key}-2`);
});

test("what waits to be sent is told with its time, its words and its place; read marks are not", async () => {
	const client = await open();
	await live(client);
	await client.reads.topic("top_1");
	server.cut();
	await until(() => client.live === "offline");
	await post(client, "pst_a", "Mine").saved;
	await client.mutate("mark.set", { topic: "top_1", read_no: 1 }).saved;
	expect(client.waiting).toMatchObject([{ name: "post.create", text: "Mine", topic: "top_1" }]);
	expect(Math.abs(Date.parse(client.waiting[0]?.at ?? "") - Date.now())).toBeLessThan(5000);
});

test("answers that are not rows are there without a network, after a new start", async () => {
	const first = await open();
	await live(first);
	await first.reads.topic("top_1");
	server.cut();
	await until(() => first.live === "offline");
	const second = await open();
	const reading = second.reads.topic("top_1");
	await until(() => reading.answer !== undefined);
	expect(reading.answer).toMatchObject({ followers: [], more_before: false, posts: [] });
	await until(() => reading.state === "offline");
	expect(texts(second)).toEqual(["Hello"]);
	expect(second.opened).toEqual(["top_1"]);
});
