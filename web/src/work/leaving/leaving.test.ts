import { expect, test } from "vitest";
import type { Held, PossibleTaker } from "$data/leave-types";
import { asWish, goalsFallback, isEmpty, takersOf, takersOfAll, takersOfGoals } from "./leaving";

const taker = (member: string, spaces: string[], projects: string[] = [], tasks = 0): PossibleTaker => ({
	member,
	spaces,
	projects,
	tasks,
});
const held = (more: Partial<Held> = {}): Held => ({
	seq: 1,
	member: "mem_piotr",
	projects: [],
	goals: [],
	asks: [],
	hidden: 0,
	takers: [taker("mem_ana", ["spc_1", "spc_2"]), taker("mem_ben", ["spc_1"], ["prj_1"], 3)],
	...more,
});
const goal = (space: string) => ({ id: `goa_${space}`, space, title: "Fewer calls" });

test("what I may not see is something in their hands all the same", () => {
	expect(isEmpty(held())).toBe(true);
	expect(isEmpty(held({ hidden: 2 }))).toBe(false);
});

test("those who see a space can take what is there, who works on it first", () => {
	expect(takersOf(held(), "spc_1", "prj_1").map(({ value }) => value)).toEqual(["mem_ben", "mem_ana"]);
	expect(takersOf(held(), "spc_2").map(({ value }) => value)).toEqual(["mem_ana"]);
	const goals = held({ goals: [goal("spc_1"), goal("spc_2")] });
	expect(takersOfGoals(goals).map(({ value }) => value)).toEqual(["mem_ana"]);
	expect(takersOfAll(goals).map(({ label }) => label)).toEqual([
		": 0 open tasks",
		": 3 open tasks, sees 1 of 2 spaces",
	]);
});

test("goals that who gets everything does not see are nobody's, and that is said before", () => {
	const goals = held({ goals: [goal("spc_2")] });
	expect(goalsFallback(goals, "mem_ben")).not.toBe("");
	expect(goalsFallback(goals, "mem_ana")).toBe("");
	expect(goalsFallback(goals, "nobody")).toBe("");
});

test("only what was chosen otherwise is said otherwise", () => {
	const said = { id: "dep_1", title: "What Piotr had", reason: "He left." };
	const choices = { everything: "mem_ana", projects: { prj_1: "owner", prj_2: "" }, goals: "nobody", asks: "" };
	expect(asWish({ member: "mem_piotr", space: null }, choices, said)).toEqual({
		...said,
		space: null,
		everything: { kind: "member", member: "mem_ana" },
		projects: [{ project: "prj_1", to: { kind: "project_owner" } }],
		goals: { kind: "nobody" },
		asks: null,
	});
});
