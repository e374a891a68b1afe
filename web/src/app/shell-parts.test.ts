// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { dayAxis } from "./day-axis";
import { palette, readPrefix } from "./palette.svelte";
import { possible } from "./preferences.svelte";
import { linkToFollow, router } from "./router.svelte";

describe("the axis of one's own day", () => {
	it("is an hour around the working time, in whole hours", () => {
		expect(dayAxis([[540, 1050]], 560)).toEqual({ from: 480, to: 1140 });
	});

	it("always shows now, at night too, and never leaves the day", () => {
		for (const now of [0, 30, 700, 1439]) {
			for (const working of [
				[],
				[[540, 1050]],
				[
					[0, 240],
					[1200, 1440],
				],
			] as [number, number][][]) {
				const { from, to } = dayAxis(working, now);
				expect(from).toBeLessThanOrEqual(now);
				expect(to).toBeGreaterThanOrEqual(now);
				expect(from).toBeGreaterThanOrEqual(0);
				expect(to).toBeLessThanOrEqual(1440);
				expect(to - from).toBeGreaterThanOrEqual(660);
			}
		}
	});
});

describe("kept choices", () => {
	it("are taken over where they are still possible", () => {
		const kept = {
			theme: "dark",
			density: "loose",
			language: "pt",
			textSize: 500,
			singleKeys: false,
			firstWeekday: 7,
			hour12: "yes",
		};
		expect(possible(kept)).toEqual({ theme: "dark", language: "pt", singleKeys: false, firstWeekday: 7 });
	});

	it.each([null, "x", 3, []])("%j holds none", (found) => {
		expect(possible(found)).toEqual({});
	});
});

describe("the palette", () => {
	beforeEach(() => localStorage.clear());

	it("reads what the first character restricts", () => {
		expect(readPrefix("@ yuki")).toEqual({ only: "people", text: "yuki" });
		expect(readPrefix("yuki")).toEqual({ only: null, text: "yuki" });
		expect(readPrefix("")).toEqual({ only: null, text: "" });
	});

	it("puts the open thing first, and forgets commands that were taken out", () => {
		const titles = { here: "On this page", go: "Go to" };
		const leave = palette.add({
			kind: "here",
			title: "On this thread",
			commands: () => [{ id: "ask", label: "Ask Yuki" }],
		});
		const stay = palette.add({ kind: "person", commands: () => [{ id: "yuki", label: "Yuki Tanabe" }] });
		expect(palette.sections("yuki", titles).map((section) => [section.title, section.commands.length])).toEqual([
			["On this thread", 1],
			["Go to", 1],
		]);
		expect(palette.sections("@yuki", titles).map((section) => section.title)).toEqual(["Go to"]);
		leave();
		expect(palette.sections(">yuki", titles)).toEqual([]);
		stay();
	});
});

describe("links", () => {
	function follow(html: string, init: MouseEventInit = {}): string | null {
		document.body.innerHTML = html;
		let followed: HTMLAnchorElement | null = null;
		const listen = (event: MouseEvent) => {
			followed = linkToFollow(event);
			event.preventDefault();
		};
		document.addEventListener("click", listen, { once: true });
		document
			.querySelector("b, a")
			?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
		return (followed as HTMLAnchorElement | null)?.getAttribute("href") ?? null;
	}

	it("of this client are followed here, also from inside the link", () => {
		expect(follow('<a href="/inbox">x</a>')).toBe("/inbox");
		expect(follow('<a href="/inbox"><b>x</b></a>')).toBe("/inbox");
	});

	it.each([
		['<a href="https://elsewhere.example/">x</a>', {}],
		['<a href="/api/v1/files/1">x</a>', {}],
		['<a href="/x" target="_blank">x</a>', {}],
		['<a href="/x" download>x</a>', {}],
		['<a href="#main">x</a>', {}],
		['<a href="/x">x</a>', { ctrlKey: true }],
		['<a href="/x">x</a>', { metaKey: true }],
		['<a href="/x">x</a>', { button: 1 }],
	])("%s is the browser's", (html, init) => {
		expect(follow(html, init)).toBeNull();
	});
});

describe("the router", () => {
	it("goes, comes back, and lets a screen hold the person", async () => {
		history.replaceState(null, "", "/inbox");
		const stop = router.start();
		expect(router.route).toEqual({ name: "inbox", view: "today" });
		router.go("/thread/k3qf7-route#post-9");
		expect(router.route).toEqual({ name: "thread", code: "k3qf7", tail: "route" });
		expect(router.anchor).toBe("post-9");
		expect(router.arrival).toBe("link");

		const release = router.beforeLeaving(() => false);
		router.go("/work");
		expect(location.pathname).toBe("/thread/k3qf7-route");
		release();

		router.correct({ name: "thread", code: "k3qf7", tail: "renamed" });
		expect(location.pathname + location.hash).toBe("/thread/k3qf7-renamed#post-9");

		await new Promise((resolve) => {
			addEventListener("popstate", resolve, { once: true });
			router.back();
		});
		expect(router.route).toEqual({ name: "inbox", view: "today" });
		expect(router.arrival).toBe("return");
		expect(router.left).toBe("/thread/k3qf7-route#post-9");
		stop();
	});
});
