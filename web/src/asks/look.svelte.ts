import { session } from "$app/session.svelte";
import { row } from "$data/index";
import { now } from "$design/now.svelte";
import { timeStyle } from "$design/time-style.svelte";
import type { Look } from "./sentences";

/** Who looks at asks, and when: for the sentences. Reactive where it is read. */
export function look(): Look {
	return {
		me: session.me?.id ?? "",
		now: now.minute,
		style: timeStyle,
		person: (id) => row("members", id),
		group: (id) => row("groups", id),
	};
}
