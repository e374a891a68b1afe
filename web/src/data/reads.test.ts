import { expect, test } from "vitest";
import type { Api } from "./api";
import { Reads } from "./reads";
import { Signals } from "./signals.svelte";
import { Store } from "./store";
import type { Entry } from "./types";

/** Looks at a server that answers when the test says so. */
function looks() {
	const store = new Store(() => {});
	const asked: ((answer: unknown) => void)[] = [];
	const api = { get: () => new Promise((answer) => asked.push(answer)) } as unknown as Api;
	const confirm = (entry: Entry) => store.confirm([entry]);
	const reads = new Reads(api, store, new Signals(), confirm, () => true);
	return { reads, store, asked };
}

test("a look that is under way is for everybody who asks", () => {
	const { reads, asked } = looks();
	expect(reads.spaces()).toBe(reads.spaces());
	expect(asked).toHaveLength(1);
});

test("what changed since it was asked for is asked for anew, and the late answer does not count", async () => {
	const { reads, store, asked } = looks();
	const before = reads.spaces();
	store.confirm([{ seq: 7, operation: "mine", rows: [] }]);
	const after = reads.spaces();
	expect(after).not.toBe(before);
	asked[1]?.({ seq: 7, items: [] });
	expect(await after).toMatchObject({ seq: 7 });
	asked[0]?.({ seq: 6, items: [] });
	expect(await before).toMatchObject({ seq: 6 });
	// The look after that begins with the newest answer.
	expect(reads.spaces().answer).toMatchObject({ seq: 7 });
});
