// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { Problem } from "$data/index";
import { emailProblem, nameProblem, passwordProblem, shortNameOf } from "./credentials";
import { fieldOf, problemText } from "./problems";

describe("what a person writes", () => {
	it("needs a name", () => {
		expect(nameProblem("  ")).not.toBe("");
		expect(nameProblem("Minh Anh")).toBe("");
	});

	it("needs an e-mail with a place", () => {
		for (const wrong of ["", "camila", "camila@", "@cordel.com", "camila@cordel", "a b@cordel.com"])
			expect(emailProblem(wrong), wrong).not.toBe("");
		expect(emailProblem(" camila@cordel.com ")).toBe("");
	});

	it("needs ten characters as people count them", () => {
		expect(passwordProblem("123456789")).not.toBe("");
		expect(passwordProblem("🌍🌍🌍🌍🌍")).not.toBe("");
		expect(passwordProblem("1234567890")).toBe("");
	});

	it("suggests the first word as the short name", () => {
		expect(shortNameOf(" Inês Marques ")).toBe("Inês");
		expect(shortNameOf("")).toBe("");
	});
});

describe("a problem in words", () => {
	it("says how long to wait after too many tries", () => {
		expect(problemText(new Problem(429, "Too many", { retryAfter: 61_000 }))).toContain("2 min");
		expect(problemText(new Problem(429, "Too many"))).toContain("1 min");
	});

	it("says the rule of the server, and owns what is our fault", () => {
		const detail = "owner.email: belongs to another member.";
		const taken = new Problem(422, "Unprocessable", { detail, field: "owner.email", code: "address_taken" });
		expect(problemText(taken)).toBe(
			"Somebody in this workspace has this e-mail already. Sign in with it, or use another one.",
		);
		expect(problemText(new Problem(500, "Error", { detail: "x" }))).not.toContain("x.");
		expect(problemText(new Problem(0, "none"))).not.toBe("none");
		expect(problemText(new TypeError("x"))).toBe(problemText(new Problem(500, "Error")));
	});

	it("finds the field only among those of the form", () => {
		const problem = new Problem(422, "x", { field: "owner.email" });
		expect(fieldOf(problem, ["owner.name", "owner.email"])).toBe("owner.email");
		expect(fieldOf(problem, ["email"])).toBeNull();
		expect(fieldOf(new Error("x"), ["email"])).toBeNull();
	});
});
