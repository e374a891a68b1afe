import CircleQuestionMark from "@lucide/svelte/icons/circle-question-mark";
import LogOut from "@lucide/svelte/icons/log-out";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import SlidersHorizontal from "@lucide/svelte/icons/sliders-horizontal";
import Users from "@lucide/svelte/icons/users";
import type { MenuItem } from "$design/Menu.svelte";
import { toasts } from "$design/toasts.svelte";
import { m } from "$paraglide/messages";
import { chrome } from "./chrome.svelte";
import { session } from "./session.svelte";

/** The menu behind the name of the workspace. Help is always its last item. */
export function workspaceMenu(): MenuItem[] {
	const admin = session.me?.role === "owner" || session.me?.role === "admin";
	return [
		{ label: m.app_settings(), icon: SlidersHorizontal, href: "/settings/profile" },
		...(session.me && session.me.role !== "guest"
			? [{ label: m.spaces_groups(), icon: Users, href: "/admin/groups" }]
			: []),
		...(admin ? [{ label: m.app_admin(), icon: ShieldCheck, href: "/admin" }] : []),
		{ label: m.app_sign_out(), icon: LogOut, run: signOut, separated: true },
		{ label: m.app_help(), icon: CircleQuestionMark, keys: "?", run: () => (chrome.keysOpen = true), separated: true },
	];
}

function signOut(): void {
	session.signOut().catch(() => toasts.show(m.app_sign_out_failed()));
}
