import { expect, test } from "vitest";
import { type Ahead, OnTheirWay } from "./ahead";
import { Api, Problem } from "./api";

const AT = 1_000_000;
const me = () => new Response('{"seq":1}', { headers: { "content-type": "application/json" } });
const asked = (answers: Record<string, Response | undefined>, who: string | null = null): Ahead => ({
	who,
	at: AT,
	answers: Object.fromEntries(Object.entries(answers).map(([path, one]) => [path, Promise.resolve(one)])),
});

test("an answer on its way is taken once", async () => {
	const ahead = new OnTheirWay(asked({ "/me": me() }), null);
	expect(ahead.has("/me")).toBe(true);
	const taken = ahead.take("/me", AT + 500);
	expect(taken?.sent).toBe(AT);
	expect(await (await taken?.response)?.json()).toEqual({ seq: 1 });
	expect(ahead.take("/me", AT + 500)).toBeUndefined();
});

test("what is old, from before the clock was set back, or was asked as somebody else is asked again", () => {
	expect(new OnTheirWay(asked({ "/me": me() }), null).take("/me", AT + 60_000)).toBeUndefined();
	expect(new OnTheirWay(asked({ "/me": me() }), null).take("/me", AT - 1)).toBeUndefined();
	expect(new OnTheirWay(asked({ "/me": me() }, "ana 1"), "ben 2").has("/me")).toBe(false);
});

/** An API whose network counts what is asked of it. */
function api(ahead: OnTheirWay, status = 200) {
	const sent: string[] = [];
	const send = (async (input: string) => {
		sent.push(input);
		return new Response("{}", { status, headers: { "content-type": "application/problem+json" } });
	}) as typeof fetch;
	return { api: new Api("/api/v1", send, ahead), sent };
}

test("the API gives what was asked ahead, with its query, and asks for the rest itself", async () => {
	const now = { ...asked({ "/inbox?place=today": me() }), at: Date.now() };
	const { api: it, sent } = api(new OnTheirWay(now, null));
	expect(await it.get("/inbox", { place: "today" })).toEqual({ seq: 1 });
	expect(sent).toEqual([]);
	await it.get("/inbox", { place: "today" });
	expect(sent).toEqual(["/api/v1/inbox?place=today"]);
});

test("no answer ahead is a server that cannot be reached", async () => {
	const ahead = new OnTheirWay({ ...asked({ "/me": undefined }), at: Date.now() }, null);
	const problem = await api(ahead)
		.api.get("/me")
		.catch((error: unknown) => error);
	expect(problem).toBeInstanceOf(Problem);
	expect((problem as Problem).passing).toBe(true);
});

test("after a write, or when nobody is signed in, nothing that was asked before counts", async () => {
	const wrote = new OnTheirWay({ ...asked({ "/me": me() }), at: Date.now() }, null);
	await api(wrote).api.post("/sessions", {});
	expect(wrote.has("/me")).toBe(false);
	const left = new OnTheirWay({ ...asked({ "/me": me() }), at: Date.now() }, null);
	await api(left, 401)
		.api.get("/inbox")
		.catch(() => {});
	expect(left.has("/me")).toBe(false);
});

test("what the device keeps is taken once, and not by somebody else", () => {
	const device = (): Ahead["device"] => ({ kept: Promise.resolve(undefined), channel: undefined, heard: [] });
	const mine = new OnTheirWay({ ...asked({}, "ana 1"), device: device() }, "ana 1");
	expect(mine.takeDevice()).toBeDefined();
	expect(mine.takeDevice()).toBeUndefined();
	expect(new OnTheirWay({ ...asked({}, "ana 1"), device: device() }, "ben 2").takeDevice()).toBeUndefined();
});
