/** Says that a change is saved, with the way back, and no more than what is true. */
import { client, type Mutation } from "$data/index";
import { toasts } from "$design/toasts.svelte";
import { m } from "$paraglide/messages";

interface Also {
	/** The way back where it is another than the change's own; null where there is none. */
	undo?: (() => void) | null;
	/** What is true whether it was sent or not. */
	more?: string;
}

/** Shows `text`; without a network that it waits to be sent. The line leaves when the server refuses the change. */
export function tellSaved(
	{ id, saved, undo: back }: Mutation,
	text: string = m.settings_saved(),
	{ undo = back, more = "" }: Also = {},
): void {
	const done = client.live === "offline" ? m.settings_waits_to_send() : text;
	const line = toasts.show([done, more].filter(Boolean).join(" "), undo);
	const stop = client.signals.on("refused", () => {
		if (!client.refused.some((refused) => refused.id === id)) return;
		toasts.withdraw(line);
		stop();
	});
	void saved.then((kept) => {
		if (!kept) toasts.show(m.settings_not_kept());
	});
}
