/** The words for roles. */
import type { Role } from "$data/types";
import { m } from "$paraglide/messages";

const NAMES: Record<Role, () => string> = {
	owner: m.people_role_owner,
	admin: m.people_role_admin,
	member: m.people_role_member,
	guest: m.people_role_guest,
};

const HINTS: Record<Role, () => string> = {
	owner: m.people_role_owner_hint,
	admin: m.people_role_admin_hint,
	member: m.people_role_member_hint,
	guest: m.people_role_guest_hint,
};

export function roleName(role: Role): string {
	return NAMES[role]();
}

/** What the role may do, in one sentence. */
export function roleHint(role: Role): string {
	return HINTS[role]();
}

/** Whether someone with this role may invite, change roles and see the admin pages. */
export function isAdmin(role: Role | undefined): boolean {
	return role === "owner" || role === "admin";
}
