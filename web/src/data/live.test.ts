import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live, type LiveStatus } from "./live";
import type { Change } from "./types";

/** Stands in for `EventSource`; says what the test wants to be heard. */
class Stream {
	onopen: (() => void) | undefined;
	onerror: (() => void) | undefined;
	closed = false;
	#listeners = new Map<string, (event: { data: string }) => void>();

	constructor(readonly url: string) {}
	addEventListener(type: string, listener: (event: { data: string }) => void): void {
		this.#listeners.set(type, listener);
	}
	say(type: string, data: unknown = {}): void {
		this.#listeners.get(type)?.({ data: JSON.stringify(data) });
	}
	close(): void {
		this.closed = true;
	}
}

let streams: Stream[];
let statuses: LiveStatus[];
let cursor: number;
let stop: AbortController;

beforeEach(async () => {
	vi.useFakeTimers();
	[streams, statuses, cursor] = [[], [], 7];
	stop = new AbortController();
	const live = new Live({
		cursor: () => cursor,
		arrived: (changes) => {
			cursor = changes.at(-1)?.seq ?? cursor;
		},
		reload: () => Promise.resolve(),
		check: () => Promise.resolve("ready"),
		status: (status) => statuses.push(status),
		connect: (url) => {
			const stream = new Stream(url);
			streams.push(stream);
			return stream as unknown as EventSource;
		},
		random: () => 0,
	});
	void live.run(stop.signal);
	await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
	stop.abort();
	vi.useRealTimers();
});

const change = (seq: number): Change => ({
	seq,
	at: "2026-11-25T10:00:00Z",
	actor: null,
	verb: "posted",
	operation: null,
	rows: [],
});
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

test("a stream on which something is heard is kept", async () => {
	streams[0]?.onopen?.();
	for (let n = 0; n < 5; n++) {
		await seconds(40);
		streams[0]?.say(n % 2 ? "change" : "alive", change(8 + n));
	}
	await seconds(40);
	expect(streams).toHaveLength(1);
	expect(streams[0]?.closed).toBe(false);
	expect(statuses.at(-1)).toBe("live");
});

test("a silent stream is dead: a new one goes on from what was heard", async () => {
	streams[0]?.onopen?.();
	streams[0]?.say("change", change(9));
	await seconds(51);
	expect(streams[0]?.closed).toBe(true);
	expect(streams.map((stream) => stream.url)).toEqual(["/api/v1/changes?after=7", "/api/v1/changes?after=9"]);
	expect(statuses).not.toContain("offline");
});

test("a stream that never opens is given up as well", async () => {
	await seconds(51);
	expect(streams.map((stream) => stream.closed)).toEqual([true, false]);
});

test("a stream that breaks is said, and made anew after a pause", async () => {
	streams[0]?.onopen?.();
	streams[0]?.onerror?.();
	await vi.advanceTimersByTimeAsync(0);
	expect(statuses.at(-1)).toBe("offline");
	expect(streams).toHaveLength(1);
	await seconds(1);
	expect(streams).toHaveLength(2);
	streams[1]?.onopen?.();
	expect(statuses.at(-1)).toBe("live");
});
