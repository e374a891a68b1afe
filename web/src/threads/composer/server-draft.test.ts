import { describe, expect, it } from "vitest";
import type { KeptAsk } from "../../asks/ask-draft.svelte";
import { nameIn } from "./draft-files";
import { askForm, askOf, isWorth, standingOf } from "./server-draft";

const ask: KeptAsk = {
	kind: "decide",
	question: " A  or B? ",
	touched: true,
	asked: ["mem_yuki", "mem_piotr"],
	budget: { kind: "half_day" },
	timed: true,
	silence: { kind: "proceed" },
};

describe("the ask of a draft", () => {
	it("goes to the server as the form that is sent, and comes back", () => {
		expect(askForm(ask)).toEqual({
			kind: "decide",
			question: "A or B?",
			asked: "mem_yuki",
			budget: { kind: "half_day" },
			silence: { kind: "proceed" },
		});
		expect(askOf(askForm(ask))).toEqual({ ...ask, question: "A or B?", asked: ["mem_yuki"] });
	});

	it("names a group as a group, and leaves out what is usual", () => {
		const form = askForm({ ...ask, asked: ["grp_design"], silence: { kind: "remind" } });
		expect(form).toMatchObject({ group: "grp_design" });
		expect(form).not.toHaveProperty("asked");
		expect(form).not.toHaveProperty("silence");
		expect(askOf(form)?.asked).toEqual(["grp_design"]);
	});

	it("is nothing while nobody is asked", () => {
		expect(askForm({ ...ask, asked: [] })).toBeNull();
		expect(askForm(null)).toBeNull();
		expect(askOf(null)).toBeNull();
	});
});

describe("a draft of another device", () => {
	const here = { source: "Mine", worth: true, id: "drf_1", version: 3, base: "Mine" };
	const there = { id: "drf_1", version: 4, device: "phone:x", source: "Theirs" };
	const device = "computer:y";

	it("is the same when nothing newer is there", () => {
		expect(standingOf(here, { ...there, version: 3 }, device)).toBe("same");
		expect(standingOf(here, { ...there, device }, device)).toBe("same");
	});
	it("is offered where nothing was changed here", () => {
		expect(standingOf(here, there, device)).toBe("offer");
		expect(standingOf({ ...here, source: "", worth: false, id: null, version: 0 }, there, device)).toBe("offer");
	});
	it("stands beside mine where both were changed", () => {
		expect(standingOf({ ...here, source: "Mine and more" }, there, device)).toBe("clash");
		expect(standingOf({ ...here, id: null, version: 0 }, there, device)).toBe("clash");
	});
	it("is gone on with when it is my own, or says the same", () => {
		const begun = { ...there, device, source: "Mi" };
		expect(standingOf({ ...here, id: null, version: 0 }, begun, device)).toBe("take");
		expect(standingOf({ ...here, id: null, version: 0 }, { ...there, device }, device)).toBe("clash");
		expect(standingOf({ ...here, source: "", worth: false, id: null }, { ...there, device }, device)).toBe("take");
		expect(standingOf({ ...here, source: "Theirs " }, there, device)).toBe("take");
	});
});

it("knows what is worth keeping", () => {
	const nothing = { source: " ", title: " ", ask: null, files: [] };
	expect(isWorth(nothing)).toBe(false);
	expect(isWorth({ ...nothing, title: "T" })).toBe(true);
	expect(isWorth({ ...nothing, files: ["fil_1"] })).toBe(true);
});

it.each([
	['inline; filename="a b.png"', "a b.png"],
	["attachment; filename=\"x\"; filename*=UTF-8''caf%C3%A9.txt", "café.txt"],
	["", ""],
])("reads a file's name from %s", (disposition, name) => expect(nameIn(disposition)).toBe(name));
