import { describe, expect, it } from "vitest";
import type { Member, MemberTime, TeamTime } from "$data/types";
import { axisOf, timeAt } from "./member-time";
import { clockNews, covers, daysToAsk, peopleOf } from "./team";

const at = (text: string) => Date.parse(text);

const schedule: MemberTime = {
	zone: "Europe/Lisbon",
	week: [[["09:00", "17:00"]], [], [], [], [], [], []],
	working: [["2026-10-14T08:00:00Z", "2026-10-14T16:00:00Z"]],
	working_until: "2026-10-16T00:00:00Z",
	next_start: null,
	away: null,
	focus: [],
	holidays: [],
	clock_change: null,
	home: null,
};
const person = (id: string, more: Partial<MemberTime> = {}) =>
	({ id, name: id, schedule: { ...schedule, ...more } }) as Member;

function answer(more: Partial<TeamTime> = {}): TeamTime {
	return {
		seq: 1,
		now: "2026-11-30T12:00:00Z",
		from: "2026-12-01T00:00:00Z",
		until: "2026-12-02T00:00:00Z",
		people: [],
		common: [],
		windows: [],
		all: null,
		suggestion: { kind: "thread", from: null, until: null, members: [] },
		changes: [],
		...more,
	};
}

describe("the people of an answer", () => {
	const told = answer({
		people: [
			{
				member: "mem_ines",
				zone: "Europe/Lisbon",
				working: [["2026-12-01T09:00:00Z", "2026-12-01T17:00:00Z"]],
				focus: [["2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"]],
				off: [{ from: "2026-12-01T17:00:00Z", until: "2026-12-02T00:00:00Z", name: null }],
				clock_change: null,
			},
			{ member: "mem_gone", zone: null, working: [], focus: [], off: [], clock_change: null },
		],
	});

	it("have the time of its days, whatever their rows tell", () => {
		const [ines, ...more] = peopleOf(told, (id) => (id === "mem_ines" ? person(id) : undefined));
		expect(more).toEqual([]);
		const time = ines?.time ?? schedule;
		expect(timeAt(time, at("2026-12-01T09:30:00Z"))).toMatchObject({
			kind: "working",
			focusUntil: at("2026-12-01T10:00:00Z"),
		});
		expect(timeAt(time, at("2026-12-01T08:00:00Z")).kind).toBe("off");
		expect(timeAt(time, at("2026-12-02T01:00:00Z")).kind).toBe("unknown");
	});

	it("have a time off as long as their row knows it, and who covers", () => {
		const away = { from: "2026-12-01T17:00:00Z", until: "2026-12-21T00:00:00Z", cover: "mem_mei" };
		const [ines] = peopleOf(told, (id) => (id === "mem_ines" ? person(id, { away }) : undefined));
		expect(timeAt(ines?.time ?? schedule, at("2026-12-01T18:00:00Z"))).toEqual({
			kind: "away",
			until: at("2026-12-21T00:00:00Z"),
			back: at("2026-12-21T00:00:00Z"),
			cover: "mem_mei",
		});
	});

	it("are unknown without hours", () => {
		const [ines] = peopleOf(told, (id) => person(id, { week: null, working_until: null }));
		expect(timeAt(ines?.time ?? schedule, at("2026-12-01T09:30:00Z")).kind).toBe("unknown");
	});
});

it("tells of an axis only where it reaches over all of it", () => {
	expect(covers(answer(), axisOf(at("2026-12-01T12:00:00Z"), "UTC"))).toBe(true);
	expect(covers(answer(), axisOf(at("2026-12-01T12:00:00Z"), "America/Bogota"))).toBe(false);
	const long = axisOf(at("2026-10-25T12:00:00Z"), "Europe/Lisbon");
	expect([daysToAsk(axisOf(at("2026-12-01T12:00:00Z"), "UTC")), daysToAsk(long)]).toEqual([1, 2]);
});

it("puts clock changes of one zone together, with those whose common hours change", () => {
	const change = { at: "2026-10-25T01:00:00Z", minutes: -60 };
	const news = clockNews(
		answer({
			changes: [
				{ member: "mem_piotr", ...change, overlap_before: 120, overlap_after: 60 },
				{ member: "mem_ines", ...change, overlap_before: 0, overlap_after: 0 },
				{ member: "mem_rui", ...change, overlap_before: 30, overlap_after: 90 },
			],
		}),
		(member) => (member === "mem_piotr" ? "Europe/Warsaw" : "Europe/Lisbon"),
	);
	expect(news).toEqual([
		{ zone: "Europe/Lisbon", ...change, people: [{ member: "mem_rui", before: 30, after: 90 }] },
		{ zone: "Europe/Warsaw", ...change, people: [{ member: "mem_piotr", before: 120, after: 60 }] },
	]);
});
