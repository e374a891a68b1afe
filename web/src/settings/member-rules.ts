/** What one member may do to another's role and access; the server has the same rules. */
import type { Member, Role } from "$data/types";
import { m } from "$paraglide/messages";

type Who = Pick<Member, "id" | "role">;
const HIGH: readonly Role[] = ["owner", "admin"];

/** The roles that `me` may choose for `member`, the present one among them. */
export function rolesFor(me: Who | null, member: Who, owners: number): Role[] {
	if (me?.role === "owner")
		return member.role === "owner" && owners === 1 ? ["owner"] : ["owner", "admin", "member", "guest"];
	if (me?.role === "admin" && !HIGH.includes(member.role)) return ["member", "guest"];
	return [member.role];
}

/** Why `me` may not remove `member`; empty when they may. */
export function removalProblem(me: Who | null, member: Who): string {
	return HIGH.includes(member.role) && me?.role !== "owner" ? m.settings_only_owner_removes() : "";
}
