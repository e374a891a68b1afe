/** How many people work, and when the same ones do, from the intervals that the server computed. */
import type { MemberTime } from "$data/types";
import { type Axis, spansOn, stretchesOf } from "./member-time";

const MINUTE = 60_000;

/** How many people work in one part of an axis. */
export interface Count {
	count: number;
	/** Minutes of the axis. */
	from: number;
	to: number;
}

/** How many people work through the whole of each part of an axis, `step` minutes long. */
export function headcount(times: readonly MemberTime[], axis: Axis, step = 30): Count[] {
	const parts = Math.ceil(axis.length / step);
	const changes = new Array<number>(parts + 1).fill(0);
	const change = (part: number, by: number) => {
		changes[part] = (changes[part] ?? 0) + by;
	};
	for (const time of times) {
		for (const [start, end] of spansOn(time, axis)) {
			const first = Math.max(0, Math.ceil(start / step));
			const beyond = end >= axis.length ? parts : Math.floor(end / step);
			if (first >= beyond) continue;
			change(first, 1);
			change(beyond, -1);
		}
	}
	let count = 0;
	return Array.from({ length: parts }, (_, part) => {
		count += changes[part] ?? 0;
		return { from: part * step, to: Math.min(axis.length, (part + 1) * step), count };
	});
}

/** How many of some people work at any instant of an axis: asked often, so counted once. */
export class Workforce {
	readonly #edges: readonly (readonly [at: number, count: number])[];

	constructor(times: readonly MemberTime[], axis: Axis) {
		const changes = new Map<number, number>();
		const change = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by);
		for (const time of times) {
			for (const [start, end] of stretchesOf(time)) {
				if (end <= axis.start || start >= axis.end) continue;
				change(start, 1);
				change(end, -1);
			}
		}
		let count = 0;
		this.#edges = [...changes]
			.sort(([a], [b]) => a - b)
			.map(([at, by]) => {
				count += by;
				return [at, count] as const;
			});
	}

	/** How many work at that instant. */
	at(instant: number): number {
		let low = 0;
		let high = this.#edges.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.#edges[middle]?.[0] ?? 0) <= instant) low = middle + 1;
			else high = middle;
		}
		return this.#edges[low - 1]?.[1] ?? 0;
	}

	/** The stretches of the axis in which as many work, in its minutes; those in which nobody does are left out. */
	on(axis: Axis): Count[] {
		return this.#edges.flatMap(([at, count], index) => {
			const from = Math.max(0, (at - axis.start) / MINUTE);
			const to = Math.min(axis.length, ((this.#edges[index + 1]?.[0] ?? axis.end) - axis.start) / MINUTE);
			return count > 0 && from < to ? [{ from, to, count }] : [];
		});
	}
}

/** A stretch of the day in which the same people work. */
export interface Window {
	/** Minutes of the axis. */
	from: number;
	to: number;
	/** Who works, by their place in the list that was given. */
	people: number[];
}

/** The stretches of a day of at least `shortest` minutes in which all of the same people work, most people first, then longest, then earliest. */
export function windowsOf(times: readonly MemberTime[], axis: Axis, shortest = 30): Window[] {
	const people = times.map((time) => spansOn(time, axis));
	const edges = [...new Set([0, axis.length, ...people.flat(2).filter((edge) => edge > 0 && edge < axis.length)])].sort(
		(a, b) => a - b,
	);
	const windows: Window[] = [];
	for (const [index, from] of edges.entries()) {
		const to = edges[index + 1];
		if (to === undefined) break;
		const working = people.flatMap((spans, person) =>
			spans.some(([start, end]) => start <= from && end >= to) ? [person] : [],
		);
		windows.push({ from, to, people: working });
	}
	return windows
		.filter((window) => window.to - window.from >= shortest && window.people.length > 1)
		.sort((a, b) => b.people.length - a.people.length || b.to - b.from - (a.to - a.from) || a.from - b.from);
}
