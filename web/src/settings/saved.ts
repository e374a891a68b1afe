/** Says that a change is saved, with the way back. */
import type { Mutation } from "$data/index";
import { toasts } from "$design/toasts.svelte";
import { m } from "$paraglide/messages";

export function tellSaved({ saved, undo }: Mutation, text: string = m.settings_saved()): void {
	toasts.show(text, undo);
	void saved.then((kept) => {
		if (!kept) toasts.show(m.settings_not_kept());
	});
}
