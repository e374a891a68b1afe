/** A row that shows on the first day what an ask looks like. It belongs to nobody and leads nowhere. */
import Flag from "@lucide/svelte/icons/flag";
import type { TimeStyle } from "$design/time";
import { m } from "$paraglide/messages";
import { whenText } from "../asks/sentences";

const HOURS = 2 * 3_600_000;

export function example(view: { now: number; style: TimeStyle }) {
	const due = new Date(Math.ceil((view.now + HOURS) / 1_800_000) * 1_800_000).toISOString();
	return {
		id: "example",
		face: { id: "example", name: m.inbox_example_name() },
		title: m.inbox_example_title(),
		reason: { words: m.inbox_verb({ kind: "decide" }), icon: Flag, ask: true },
		text: m.inbox_example_question(),
		chip: { words: m.inbox_due({ when: whenText(due, view) }), near: true },
		space: { name: m.inbox_example_space(), hue: 1 as const },
		unread: true,
	};
}
