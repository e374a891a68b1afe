import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MapLine, type RowTime, type Surroundings } from "./map-line.svelte";

let frames: (() => void)[];
let tell: (element: Element, seen: boolean) => void;
const surroundings: Surroundings = {
	observe(tells) {
		tell = tells;
		return { observe: () => {}, unobserve: () => {} };
	},
	nextFrame: (run) => frames.push(run),
};

beforeEach(() => {
	frames = [];
	vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

function mapOf(count: number): { line: MapLine; rows: { row: RowTime; element: Element; leave: () => void }[] } {
	const line = new MapLine(1000, surroundings);
	const rows = Array.from({ length: count }, () => {
		const row = line.row();
		const element = {} as Element;
		return { row, element, leave: line.watch(row)(element) };
	});
	return { line, rows };
}

const times = (rows: { row: RowTime }[]) => rows.map(({ row }) => row.at);

it("moves the rows that are seen at once, the others when it rests", () => {
	const { line, rows } = mapOf(3);
	for (const { element } of rows.slice(0, 1)) tell(element, true);
	line.move(2000);
	expect(times(rows)).toEqual([2000, 1000, 1000]);
	vi.advanceTimersByTime(1000);
	expect(times(rows)).toEqual([2000, 2000, 2000]);
});

it("brings a row up to date as it comes into sight", () => {
	const { line, rows } = mapOf(2);
	line.move(2000);
	for (const { element } of rows.slice(1)) tell(element, true);
	expect(times(rows)).toEqual([1000, 2000]);
});

it("moves many rows over several frames, and begins anew when it is moved meanwhile", () => {
	const { line, rows } = mapOf(30);
	const behind = () => times(rows).filter((at) => at !== line.at).length;
	line.move(2000);
	vi.advanceTimersByTime(1000);
	expect(behind()).toBe(18);
	frames.shift()?.();
	expect(behind()).toBe(6);
	line.move(3000);
	frames.shift()?.();
	expect(behind()).toBe(30);
	vi.advanceTimersByTime(1000);
	while (frames.length > 0) frames.shift()?.();
	expect(behind()).toBe(0);
});

it("forgets a row that left the page", () => {
	const { line, rows } = mapOf(2);
	for (const { element } of rows) tell(element, true);
	rows[0]?.leave();
	line.move(2000);
	vi.advanceTimersByTime(1000);
	expect(times(rows)).toEqual([1000, 2000]);
});
