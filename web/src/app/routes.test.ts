import { describe, expect, it } from "vitest";
import { addressOf, parseRoute, type Route, safeNext, samePlace } from "./routes";
import { wordsOfAddress } from "./words-of-address";

const parse = (address: string) => parseRoute(new URL(address, "https://work.cordel.example"));

const ADDRESSES: readonly (readonly [string, Route])[] = [
	["/inbox", { name: "inbox", view: "today" }],
	["/inbox/later", { name: "inbox", view: "later" }],
	["/inbox/done", { name: "inbox", view: "done" }],
	["/sign-off", { name: "sign-off" }],
	["/queue/DRV", { name: "queue", key: "DRV" }],
	["/work", { name: "work", view: "owe" }],
	["/work/asked", { name: "work", view: "asked" }],
	["/work/drafts", { name: "work", view: "drafts" }],
	["/work/urgent", { name: "work", view: "urgent" }],
	["/away", { name: "away", from: null, to: null }],
	["/away/2025-10-06..2025-10-17", { name: "away", from: "2025-10-06", to: "2025-10-17" }],
	["/s", { name: "spaces" }],
	["/s/driver-app", { name: "space", slug: "driver-app", tab: "overview" }],
	["/s/driver-app/threads", { name: "space", slug: "driver-app", tab: "threads" }],
	["/s/driver-app/members", { name: "space", slug: "driver-app", tab: "members" }],
	["/s/driver-app/board", { name: "space", slug: "driver-app", tab: "board", tasks: {} }],
	[
		"/s/driver-app/board?project=DRV&view=list&q=map&owner=none&due=past&group=due&sort=title",
		{
			name: "space",
			slug: "driver-app",
			tab: "board",
			tasks: { project: "DRV", as: "list", find: "map", owner: "none", due: "past", group: "due", sort: "title" },
		},
	],
	[
		"/s/driver-app/board?view=timeline&choice=cho_1&columns=who%2Cfld_1&span=quarter&on=2026-12-04&saved=viw_1",
		{
			name: "space",
			slug: "driver-app",
			tab: "board",
			tasks: {
				as: "timeline",
				choice: "cho_1",
				columns: "who,fld_1",
				span: "quarter",
				on: "2026-12-04",
				saved: "viw_1",
			},
		},
	],
	["/task/DRV-142", { name: "task", key: "DRV-142" }],
	["/task/top_01m82207d0fzdvpwsf272jsk5b", { name: "task", key: "top_01m82207d0fzdvpwsf272jsk5b" }],
	["/direct", { name: "direct" }],
	["/thread/top_01m82207d0fzdvpwsf272jsk5b", { name: "thread", code: "top_01m82207d0fzdvpwsf272jsk5b", tail: "" }],
	["/new?space=billing", { name: "new-thread", space: "billing", with: null }],
	["/new?title=Overlap&text=When%3F", { name: "new-thread", space: null, with: null, title: "Overlap", text: "When?" }],
	["/thread/k3qf7-route-without-signal", { name: "thread", code: "k3qf7", tail: "route-without-signal" }],
	["/thread/k3qf7", { name: "thread", code: "k3qf7", tail: "" }],
	["/people", { name: "people" }],
	["/people/yuki", { name: "person", slug: "yuki" }],
	[
		"/people/time?space=driver-app&at=2025-10-14T14%3A20Z",
		{ name: "team-time", space: "driver-app", members: null, view: "day", at: "2025-10-14T14:20Z" },
	],
	[
		"/people/time?members=yuki%2Cines&view=week",
		{ name: "team-time", space: null, members: "yuki,ines", view: "week", at: null },
	],
	["/search?q=refund+in%3Abilling", { name: "search", query: "refund in:billing" }],
	["/settings/notifications", { name: "settings", page: "notifications" }],
	["/settings/focus", { name: "settings", page: "focus" }],
	["/admin/groups", { name: "admin", page: "groups" }],
	["/admin/norms", { name: "admin", page: "norms" }],
	["/settings/hours", { name: "settings", page: "hours" }],
	["/admin", { name: "admin", page: "overview" }],
	["/admin/members", { name: "admin", page: "members" }],
	["/setup", { name: "setup" }],
	["/sign-in?next=%2Fthread%2Fk3qf7", { name: "sign-in", next: "/thread/k3qf7" }],
	["/invite/9f3a", { name: "invite", token: "9f3a" }],
];

describe("addresses", () => {
	it.each(ADDRESSES)("%s is a place, and the place has that address", (address, route) => {
		expect(parse(address)).toEqual(route);
		expect(addressOf(route)).toBe(address);
	});

	it("of a task is read in small letters too, and what a filter does not know is left out", () => {
		expect(parse("/task/drv-142")).toEqual({ name: "task", key: "DRV-142" });
		expect(parse("/s/a/board?due=never&view=pie&sort=1")).toEqual({
			name: "space",
			slug: "a",
			tab: "board",
			tasks: {},
		});
	});

	it("of the root is the inbox", () => {
		expect(parse("/")).toEqual({ name: "inbox", view: "today" });
	});

	it.each([
		"/nowhere",
		"/inbox/never",
		"/away/yesterday",
		"/away/2025-10-17..2025-10-06",
		"/inbox/later/x",
		"/thread",
		"/thread/k3q",
		"/thread/k3ql7-ambiguous-l",
		"/s/a/b/c",
		"/task",
		"/task/DRV",
		"/task/TOOLONGKEY-1",
		"/task/DRV-142/x",
		"/setup/2",
		"/invite",
	])("%s leads nowhere", (address) => {
		expect(parse(address)).toEqual({ name: "not-found", path: address });
	});

	it.each(["9999-12-31", "0000-00-00", "0001-01-01", "2026-02-31", "2026-13-01", "tomorrow", "2026-11-23T00:00"])(
		"show today's part of a calendar for %s",
		(on) => {
			expect(parse(`/s/driver-app/board?view=calendar&on=${on}`)).toEqual(parse("/s/driver-app/board?view=calendar"));
		},
	);

	it("may hold any script, and broken escapes do no harm", () => {
		expect(parse("/people/%E5%A4%AA%E9%83%8E")).toEqual({ name: "person", slug: "太郎" });
		expect(parse("/people/%E5%A4")).toEqual({ name: "person", slug: "%E5%A4" });
	});

	it("never carry a slug out of its place", () => {
		expect(addressOf({ name: "person", slug: "a/../admin?x#y" })).toBe("/people/a%2F..%2Fadmin%3Fx%23y");
	});

	it("are one place when only the view or the tail differs", () => {
		expect(samePlace(parse("/inbox"), parse("/inbox/done"))).toBe(true);
		expect(samePlace(parse("/thread/k3qf7-old"), parse("/thread/k3qf7-new"))).toBe(true);
		expect(samePlace(parse("/thread/k3qf7"), parse("/thread/k3qf8"))).toBe(false);
	});

	it("to return to after sign-in stay on this site", () => {
		expect(safeNext("/thread/k3qf7")).toBe("/thread/k3qf7");
		for (const evil of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", null]) {
			expect(safeNext(evil)).toBe("/inbox");
		}
	});
});

describe("words of an address", () => {
	it.each([
		["/thread/k3qf7-route-without-signal", "route without signal"],
		["/docs/release-checklist?x=1#y", "release checklist"],
		["/decision/31", ""],
		["/", ""],
		["/s/night-shift", "night shift"],
		["/s/night-shift/board", "night shift"],
		["/s/night-shift/board?project=ABC&view=list", "ABC"],
	])("%s: %s", (address, words) => {
		expect(wordsOfAddress(address)).toBe(words);
	});
});
