import { expect, it } from "vitest";
import { postOf, tailOf, threadAddress } from "./address";

it.each([
	["Should drivers see their route without a signal?", "should-drivers-see-their-route-without-a-signal"],
	["  Über São Paulo: ", "uber-sao-paulo"],
	["ドライバー 2", "トライハー-2".normalize("NFKD").replace(/\p{Mark}/gu, "")],
	["???", ""],
	[`${"long ".repeat(30)}`, "long-long-long-long-long-long-long-long-long-long-long-long"],
])("%s", (title, tail) => expect(tailOf(title)).toBe(tail));

it("makes the address of a thread and of a post", () => {
	expect(threadAddress({ code: "k3qf7", title: "A or B?" })).toBe("/thread/k3qf7-a-or-b");
	expect(threadAddress({ code: "k3qf7", title: "?" }, 9)).toBe("/thread/k3qf7#post-9");
});

it("reads the number of a post", () => {
	expect(postOf("post-9")).toBe(9);
	expect(postOf("comment-9")).toBeNull();
	expect(postOf("post-x")).toBeNull();
});
