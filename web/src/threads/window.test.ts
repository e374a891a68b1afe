import { describe, expect, it } from "vitest";
import { firstNew, firstWindow, missing, newer, older, PAGE } from "./window";

describe("what is on the page on arrival", () => {
	it("is everything in a short thread", () => {
		expect(firstWindow({ last: 5, read: 5, anchor: null })).toEqual({ from: 1, to: null });
	});

	it("begins a little before what is new", () => {
		expect(firstWindow({ last: 11, read: 9, anchor: null })).toEqual({ from: 8, to: null });
		expect(firstWindow({ last: 40, read: 12, anchor: null })).toEqual({ from: 11, to: null });
	});

	it("is the end when nothing is new", () => {
		expect(firstWindow({ last: 40, read: 40, anchor: null })).toEqual({ from: 33, to: null });
	});

	it("does not hide two posts", () => {
		expect(firstWindow({ last: 10, read: 10, anchor: null })).toEqual({ from: 1, to: null });
	});

	it("is not two thousand posts at once", () => {
		expect(firstWindow({ last: 2000, read: 0, anchor: null })).toEqual({ from: 1941, to: null });
	});

	it("holds the post that the address names", () => {
		expect(firstWindow({ last: 40, read: 40, anchor: 20 })).toEqual({ from: 18, to: null });
		expect(firstWindow({ last: 2000, read: 2000, anchor: 300 })).toEqual({ from: 298, to: 300 + PAGE });
		expect(firstWindow({ last: 40, read: 40, anchor: 39 })).toEqual({ from: 33, to: null });
	});
});

describe("paging", () => {
	it("goes to the first and to the newest", () => {
		expect(older({ from: 120, to: null })).toEqual({ from: 70, to: null });
		expect(older({ from: 40, to: null })).toEqual({ from: 1, to: null });
		expect(newer({ from: 298, to: 350 }, 2000)).toEqual({ from: 298, to: 400 });
		expect(newer({ from: 298, to: 350 }, 401)).toEqual({ from: 298, to: null });
	});

	it("fetches what is missing, from the end", () => {
		const has = (no: number) => no === 1 || (no > 5 && no < 10) || no > 12;
		expect(missing({ from: 3, to: null }, 20, has)).toEqual({ before: 13, limit: 3 });
		expect(missing({ from: 3, to: 9 }, 20, has)).toEqual({ before: 6, limit: 3 });
		expect(missing({ from: 6, to: 9 }, 20, has)).toBeNull();
		expect(missing({ from: 1, to: null }, 2000, () => false)).toEqual({ before: 2001, limit: 200 });
	});
});

describe("what is new", () => {
	const posts = [1, 2, 3, 4].map((no) => ({ no, author: no === 3 ? "me" : "other" }));
	it("begins with the first post of somebody else", () => {
		expect(firstNew(posts, 2, "me")?.no).toBe(4);
		expect(firstNew(posts, 1, "me")?.no).toBe(2);
		expect(firstNew(posts, 4, "me")).toBeUndefined();
	});

	it("is nothing for who never read the thread", () => {
		expect(firstNew(posts, 0, "me")).toBeUndefined();
	});
});
