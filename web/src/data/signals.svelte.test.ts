// @vitest-environment jsdom
import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";
import { apply, type Operation, operation } from "./operations";
import { Signals } from "./signals.svelte";
import { Store } from "./store";
import { post, topic } from "./testing/rows";
import type { RowChange } from "./types";
import { postsOfTopic } from "./views";

let stop = () => {};
afterEach(() => stop());

const entry = (seq: number, ...rows: RowChange[]) => ({ seq, operation: null, rows });
const topicChange = (title: string): RowChange => ({ table: "topics", id: "t", row: topic({ id: "t", title }) });
const postChange = (id: string, no: number): RowChange => ({ table: "posts", id, row: post({ id, topic: "t", no }) });

test("an effect runs again when a row or a list that it reads changes, and only then", () => {
	const store = new Store<Operation>(apply, new Signals());
	store.confirm([entry(1, topicChange("one"), postChange("a", 1))]);
	const titles: (string | undefined)[] = [];
	const lists: string[] = [];
	stop = $effect.root(() => {
		const shown = $derived(store.row("topics", "t")?.title);
		$effect(() => void titles.push(shown));
		$effect(() => void lists.push(store.list(postsOfTopic, "t").join()));
	});
	flushSync();
	store.confirm([entry(2, topicChange("two"))]);
	flushSync();
	store.confirm([entry(3, postChange("b", 2))]);
	flushSync();
	expect(titles).toEqual(["one", "two"]);
	expect(lists).toEqual(["a", "a,b"]);
});

test("a row, its topic and the list that show one operation change in one flush", () => {
	const store = new Store<Operation>(apply, new Signals());
	store.confirm([entry(1, topicChange("one"), postChange("a", 1))]);
	const seen: unknown[] = [];
	stop = $effect.root(() => {
		$effect(() => void seen.push([store.list(postsOfTopic, "t").length, store.row("topics", "t")?.post_count]));
	});
	flushSync();
	store.add(operation("post.create", { id: "b", topic: "t", source: "Hi" }, "mem_me", "2026-11-25T12:00:00Z"));
	flushSync();
	expect(seen).toEqual([
		[1, 1],
		[2, 2],
	]);
});

test("a signal that nobody reads any more is let go, and can be read again", async () => {
	const signals = new Signals();
	let runs = 0;
	const read = () =>
		$effect.root(() => {
			$effect(() => {
				signals.track("x");
				runs++;
			});
		});
	stop = read();
	flushSync();
	stop();
	await Promise.resolve();
	signals.tell("x");
	flushSync();
	expect(runs).toBe(1);
	stop = read();
	flushSync();
	signals.tell("x");
	flushSync();
	expect(runs).toBe(3);
});
