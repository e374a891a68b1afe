import { describe, expect, it } from "vitest";
import { idOfEndpoint, labelOf } from "./push-device";
import { pathOf, pathToOpen, shownOf } from "./push-message";

const NOW = Date.parse("2026-11-25T14:00:00Z");
const message = {
	title: "Yuki asks you to decide",
	body: "A or B? By 11:30 today.",
	url: "/thread/k3qf7-route",
	tag: "ask_1",
	kind: "ask",
	at: "2026-11-25T13:59:00Z",
};

describe("a push", () => {
	it("is shown in the words of the server, without a sound", () => {
		expect(shownOf(JSON.stringify(message), NOW)).toEqual({
			title: "Yuki asks you to decide",
			options: {
				body: "A or B? By 11:30 today.",
				tag: "ask_1",
				icon: "/icon-192.png",
				badge: "/icon-192.png",
				timestamp: Date.parse("2026-11-25T13:59:00Z"),
				silent: true,
				requireInteraction: false,
				renotify: false,
				data: { url: "/thread/k3qf7-route" },
			},
		});
	});

	it("rings and stays only when it is urgent", () => {
		const shown = shownOf(JSON.stringify({ ...message, kind: "urgent" }), NOW);
		expect(shown?.options).toMatchObject({ silent: false, requireInteraction: true, renotify: true });
	});

	it("can ring without a tag, which browsers ask for only when it rings again", () => {
		const shown = shownOf(JSON.stringify({ ...message, kind: "urgent", tag: "" }), NOW);
		expect(shown?.options).toMatchObject({ silent: false, renotify: false });
	});

	it("is nothing when it is not ours", () => {
		for (const text of ["", "hello", "null", "[]", '{"body":"x"}', '{"title":7}'])
			expect(shownOf(text, NOW)).toBeNull();
		expect(shownOf('{"title":"A","at":"soon","body":4}', NOW)?.options).toMatchObject({ timestamp: NOW, body: "" });
	});

	it("opens only what is of this site", () => {
		const origin = "https://work.example:8443";
		expect(pathOf({ url: "/thread/k3qf7#post-9" }, origin)).toBe("/thread/k3qf7#post-9");
		expect(pathOf({ url: "https://work.example:8443/away?x=1" }, origin)).toBe("/away?x=1");
		for (const url of ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "http://["])
			expect(pathOf({ url }, origin)).toBe("/inbox");
		expect(pathOf(null, origin)).toBe("/inbox");
	});

	it("asks an open page to go there", () => {
		expect(pathToOpen({ kind: "open", path: "/away" })).toBe("/away");
		for (const other of [null, "open", { kind: "open", path: "//evil.example" }, { kind: "other", path: "/" }])
			expect(pathToOpen(other)).toBeNull();
	});
});

describe("a browser that gets pushes", () => {
	it("is named by its endpoint, always the same", async () => {
		const id = await idOfEndpoint("https://push.example/abc");
		expect(id).toMatch(/^psh_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
		expect(await idOfEndpoint("https://push.example/abc")).toBe(id);
		expect(await idOfEndpoint("https://push.example/abd")).not.toBe(id);
	});

	it.each([
		["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"],
		[
			"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 Edg/143.0",
			"Edge, Windows",
		],
		[
			"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Mobile Safari/537.36",
			"Chrome, Android",
		],
		[
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
			"Safari, iPhone",
		],
		["curl/8", "Browser"],
	])("%s is %s", (userAgent, label) => {
		expect(labelOf(userAgent)).toBe(label);
	});
});
