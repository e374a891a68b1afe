import { describe, expect, it } from "vitest";
import type { Member, Norms } from "$data/types";
import { coverFor, leadFor } from "./cover";
import { normsOf, saysSomething, tidied, usualBudget } from "./norms";

const workspace: Norms = {
	budgets: { answer: "next_working_day", review: "this_week" },
	urgent_reasons: ["Production is down"],
	rota: ["ines"],
	note: "",
};

describe("how one replies in a space", () => {
	it("is as in the workspace, where the space says nothing", () => {
		expect(normsOf(workspace, null)).toBe(workspace);
		expect(usualBudget(normsOf(undefined, undefined), "do")).toEqual({ kind: "next_working_day" });
	});
	it("is its own, and a kind without a time falls back", () => {
		const own: Norms = { budgets: { review: "half_day" }, urgent_reasons: [], rota: [], note: "English, please" };
		const norms = normsOf(workspace, own);
		expect(usualBudget(norms, "review")).toEqual({ kind: "half_day" });
		expect(usualBudget(norms, "answer")).toEqual({ kind: "next_working_day" });
		expect(norms.note).toBe("English, please");
	});
	it("says something when there is something to say", () => {
		expect(saysSomething({ ...workspace, budgets: {} })).toBe(false);
		expect(saysSomething(workspace)).toBe(true);
	});
	it("has no empty and no double lines", () => {
		expect(tidied([" a  b ", "", "a b", "c"], 10)).toEqual(["a b", "c"]);
		expect(tidied(["1", "2", "3"], 2)).toEqual(["1", "2"]);
	});
});

describe("who covers", () => {
	const now = Date.parse("2025-10-14T14:20:00Z");
	const away = { from: "2025-10-13T00:00:00Z", until: "2025-10-16T00:00:00Z", cover: "rafael" };
	const member = (off: typeof away | null, state: Member["state"] = "active") =>
		({ state, schedule: { away: off } }) as unknown as Member;
	const people: Record<string, Member> = {
		lucia: member(away),
		rafael: member(null),
		ines: member(null),
		gone: member(null, "removed" as Member["state"]),
	};
	const person = (id: string) => people[id];

	it("is whom they named while they are away, else the first of the rota", () => {
		expect(coverFor({ asked: "lucia", asker: "yuki" }, person, workspace, now)).toEqual({
			member: "rafael",
			by: "cover",
		});
		expect(coverFor({ asked: "rafael", asker: "yuki" }, person, workspace, now)).toEqual({
			member: "ines",
			by: "rota",
		});
		const later = Date.parse("2025-10-20T00:00:00Z");
		expect(coverFor({ asked: "lucia", asker: "yuki" }, person, workspace, later)).toEqual({
			member: "ines",
			by: "rota",
		});
	});
	it("is never the asker, the asked person, or somebody who is gone", () => {
		expect(coverFor({ asked: "rafael", asker: "ines" }, person, workspace, now)).toBeNull();
		expect(coverFor({ asked: "rafael", asker: "yuki" }, person, { ...workspace, rota: ["gone"] }, now)).toBeNull();
	});
	it("leads only somebody else", () => {
		expect(leadFor({ asked: "lucia", asker: "yuki" }, { lead: "rafael" })).toBe("rafael");
		expect(leadFor({ asked: "rafael", asker: "yuki" }, { lead: "rafael" })).toBeNull();
		expect(leadFor({ asked: "lucia", asker: "yuki" }, undefined)).toBeNull();
	});
});
