/**
 * The dialogs about an ask. They outlive the row that opened them: an ask that its asker withdraws leaves the screen, and what
 * the other person is writing must not go with it.
 */
import { type Component, mount, unmount } from "svelte";

/** Opens one; it goes when it closes. `onclose` is called then. */
export function openAskDialog<P extends { onclose: () => void }>(
	dialog: Component<P>,
	props: Omit<P, "onclose">,
): void {
	const target = document.body;
	const onclose = () => void unmount(shown, { outro: true });
	const shown = mount(dialog, { target, props: { ...props, onclose } as P });
}
