import { keyMap } from "$design/key-map.svelte";
import { type Key, Keyboard } from "./keyboard.svelte";
import { preferences } from "./preferences.svelte";

/** The keyboard of this page. */
export const keyboard = new Keyboard(
	() => preferences.current.singleKeys,
	undefined,
	(keys) => keyMap.of(keys),
);

/**
 * Gives a component its keys for as long as it is on the page. Call it while the component is set up:
 *
 *     useKeys(() => m.inbox_title(), () => [{ keys: "e", label: m.inbox_done(), run: done }]);
 */
export function useKeys(title: () => string, keys: () => readonly Key[], { modal = false } = {}): void {
	$effect(() =>
		keyboard.open({
			get title() {
				return title();
			},
			keys,
			modal,
		}),
	);
}

/** A dialog, menu or picker is open: keys are for it. */
export function isCovered(): boolean {
	return document.querySelector("dialog[open], [popover]:popover-open") !== null;
}
