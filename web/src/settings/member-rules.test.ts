import { describe, expect, it } from "vitest";
import { removalProblem, rolesFor } from "./member-rules";

const owner = { id: "mem_o", role: "owner" } as const;
const admin = { id: "mem_a", role: "admin" } as const;
const member = { id: "mem_m", role: "member" } as const;
const guest = { id: "mem_g", role: "guest" } as const;

describe("who may change which role", () => {
	it("lets an owner choose all, but not take the last owner away", () => {
		expect(rolesFor(owner, member, 1)).toEqual(["owner", "admin", "member", "guest"]);
		expect(rolesFor(owner, owner, 1)).toEqual(["owner"]);
		expect(rolesFor(owner, owner, 2)).toContain("member");
	});

	it("lets an admin choose only among members and guests", () => {
		expect(rolesFor(admin, guest, 1)).toEqual(["member", "guest"]);
		expect(rolesFor(admin, admin, 1)).toEqual(["admin"]);
		expect(rolesFor(admin, owner, 2)).toEqual(["owner"]);
		expect(rolesFor(null, member, 1)).toEqual(["member"]);
	});

	it("lets only an owner remove admins and owners", () => {
		expect(removalProblem(admin, owner)).not.toBe("");
		expect(removalProblem(admin, member)).toBe("");
		expect(removalProblem(owner, admin)).toBe("");
	});
});
