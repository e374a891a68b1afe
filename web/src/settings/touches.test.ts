import { describe, expect, it } from "vitest";
import type { Member } from "$data/index";
import { type Choices, callsOf, choiceOf, forAll, summaryOf, takersOf } from "./touches";

const member = (id: string, role: Member["role"] = "member") => ({ id, role }) as Member;
const asks = ["ask_1", "ask_2", "ask_3"].map((id) => ({ ask: { id, topic: `top_${id.slice(4)}` } }));

describe("who may take an ask over", () => {
	it("is everyone who reads it but me, who asks, and guests, with the cover first", () => {
		const readers = [member("me"), member("yuki"), member("grace", "guest"), member("piotr"), member("mei")];
		expect(takersOf({ asker: "yuki" }, readers, "me", "mei").map(({ id }) => id)).toEqual(["mei", "piotr"]);
		expect(takersOf({ asker: "yuki" }, readers, "me", null).map(({ id }) => id)).toEqual(["piotr", "mei"]);
	});

	it("may be nobody: then it cannot be passed on", () => {
		expect(choiceOf("pass", [], "2026-12-21T14:00")).toBeNull();
		expect(choiceOf("pass", [member("mei")], "")).toEqual({ kind: "pass", to: "mei" });
		expect(choiceOf("extend", [], "2026-12-21T14:00")).toEqual({ kind: "extend", at: "2026-12-21T14:00" });
	});
});

describe("choosing for all", () => {
	it("leaves what is decided, and what cannot be done so", () => {
		const choices: Choices = new Map([["ask_1", { kind: "leave" }]]);
		const all = forAll(asks, choices, ({ ask }) => (ask.id === "ask_3" ? null : { kind: "pass", to: "mei" }));
		expect([...all]).toEqual([
			["ask_1", { kind: "leave" }],
			["ask_2", { kind: "pass", to: "mei" }],
		]);
		expect(summaryOf(asks, all)).toEqual({ pass: 1, extend: 0, leave: 2 });
		expect(choices.size).toBe(1);
	});
});

describe("what is sent", () => {
	const around = {
		note: "Away until Monday",
		zone: "Asia/Manila",
		now: Date.parse("2026-12-04T09:00:00Z"),
		newAsk: () => "ask_new",
	};

	it("is one act for each ask that does not stay", () => {
		const choices: Choices = new Map([
			["ask_1", { kind: "pass", to: "mei" }],
			["ask_2", { kind: "extend", at: "2026-12-22T14:00" }],
			["ask_3", { kind: "leave" }],
		]);
		expect(callsOf(asks, choices, around)).toEqual([
			{
				name: "ask.pass",
				args: { id: "ask_1", topic: "top_1", new_ask: "ask_new", to: "mei", note: "Away until Monday" },
			},
			{ name: "ask.accept", args: { id: "ask_2", topic: "top_2", promised_at: "2026-12-22T06:00:00.000Z" } },
		]);
	});

	it("is nothing for a time that is none or has passed", () => {
		const choices: Choices = new Map([
			["ask_1", { kind: "extend", at: "" }],
			["ask_2", { kind: "extend", at: "2026-12-01T14:00" }],
		]);
		expect(callsOf(asks, choices, around)).toEqual([]);
	});
});
