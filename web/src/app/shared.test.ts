import { beforeEach, expect, test, vi } from "vitest";
import { isShare, receiveShare } from "./share-worker";
import { sourceOf, takeShared } from "./shared";

/** As much of the browser's caches as sharing needs. */
class FakeCache {
	#kept = new Map<string, Response>();
	#url = (key: string | Request) =>
		new URL(typeof key === "string" ? key : key.url, "https://work.cordel.example").href;
	put = async (key: string | Request, answer: Response) => void this.#kept.set(this.#url(key), answer);
	match = async (key: string | Request) => this.#kept.get(this.#url(key))?.clone();
	keys = async () => [...this.#kept.keys()].map((url) => new Request(url));
}

beforeEach(() => {
	const all = new Map<string, FakeCache>();
	vi.stubGlobal("caches", {
		open: async (name: string) => {
			const cache = all.get(name) ?? new FakeCache();
			all.set(name, cache);
			return cache;
		},
		delete: async (name: string) => all.delete(name),
	});
	const redirect = Response.redirect;
	vi.spyOn(Response, "redirect").mockImplementation((url, status) =>
		redirect(new URL(String(url), "https://work.cordel.example"), status),
	);
});

function share(fields: Record<string, string>, files: File[] = []): Request {
	const body = new FormData();
	for (const [name, value] of Object.entries(fields)) body.set(name, value);
	for (const file of files) body.append("files", file);
	return new Request("https://work.cordel.example/share", { method: "POST", body });
}

test("words and files arrive in the composer once, with their names", async () => {
	const files = [new File(["one"], "Foto 1.png", { type: "image/png" }), new File(["two"], "日本.txt")];
	const answer = await receiveShare(share({ title: " Crash ", text: "Look", url: "https://example.org/1" }, files));
	expect([answer.status, answer.headers.get("location")]).toEqual([303, "https://work.cordel.example/new?shared"]);
	const shared = await takeShared();
	expect(shared).toMatchObject({ title: "Crash", source: "Look\n\nhttps://example.org/1" });
	expect(shared?.files.map(({ name, size }) => [name, size])).toEqual([
		["Foto 1.png", 3],
		["日本.txt", 3],
	]);
	expect(await takeShared()).toBeNull();
});

test("an address that stands in the text is not said twice", () => {
	const url = "https://example.org/1";
	expect(sourceOf({ title: "", text: `Look: ${url}`, url })).toBe(`Look: ${url}`);
	expect(sourceOf({ title: "", text: "", url })).toBe(url);
	expect(sourceOf({ title: "", text: " ", url: "" })).toBe("");
});

test("only what the manifest names is a share", () => {
	const at = (method: string, path: string) =>
		isShare(new Request(`https://x.example${path}`, { method }), new URL(`https://x.example${path}`));
	expect(at("POST", "/share")).toBe(true);
	expect(at("GET", "/share")).toBe(false);
	expect(at("POST", "/api/v1/topics")).toBe(false);
});
