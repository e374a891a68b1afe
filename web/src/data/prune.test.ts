import { expect, test } from "vitest";
import { postsAtRest } from "./prune";
import type { Versioned } from "./store";
import { post, topic } from "./testing/rows";
import type { Post } from "./types";

const NOW = Date.parse("2026-11-25T10:00:00Z");
const daysAgo = (days: number) => NOW - days * 24 * 3600 * 1000;

function thread(id: string, lastWritten: number, posts = 1): Versioned[] {
	const last_at = new Date(daysAgo(lastWritten)).toISOString();
	const all = Array.from({ length: posts }, (_, n) => post({ id: `${id}-post-${n}`, topic: id }));
	return [
		{ table: "topics", id, version: 1, row: topic({ id, last_at }) },
		...all.map((row): Versioned => ({ table: "posts", id: row.id, version: 1, row })),
	];
}

test("posts of a topic at rest for 60 days leave, unless it was opened here since", () => {
	const rows = [...thread("busy", 2), ...thread("resting", 90), ...thread("read", 90), ...thread("forgotten", 90)];
	const opened = new Map([
		["read", daysAgo(3)],
		["forgotten", daysAgo(70)],
	]);
	expect([...postsAtRest(rows, opened, NOW)]).toEqual(["resting-post-0", "forgotten-post-0"]);
});

test("a post whose topic is not known stays", () => {
	expect(postsAtRest(thread("gone", 90).slice(1), new Map(), NOW).size).toBe(0);
});

test("one start does a bounded part of the work", () => {
	expect(postsAtRest(thread("long", 90, 3000), new Map(), NOW).size).toBe(2000);
});

test("a device holds a bounded number of posts: the topics that were opened longest ago give way", () => {
	const rows = [...thread("old", 20, 1000), ...thread("new", 1, 15_000), ...thread("also", 1, 15_000)];
	const opened = new Map([
		["old", daysAgo(20)],
		["new", daysAgo(1)],
		["also", daysAgo(2)],
	]);
	for (const { table, row } of rows) if (table === "posts") (row as Post).created_at = "2026-10-01T10:00:00Z";
	const leaving = [...postsAtRest(rows, opened, NOW)];
	expect(leaving.length).toBe(1000);
	expect(leaving.every((id) => id.startsWith("old-"))).toBe(true);
});
