/** Parts of the shell that nobody sees at first. They are fetched when nothing else is to do, so that a key shows them at once. */
export const laterParts = {
	palette: () => import("./PaletteDialog.svelte"),
	keys: () => import("./KeysDialog.svelte"),
	refused: () => import("./RefusedDialog.svelte"),
	waiting: () => import("./WaitingDialog.svelte"),
	signOut: () => import("./SignOutDialog.svelte"),
};

/** Fetches all of them. What fails is fetched again when it is needed. */
export function fetchLaterParts(): void {
	for (const fetchPart of Object.values(laterParts)) fetchPart().catch(() => {});
}

/** Runs when the browser has nothing else to do, at the latest in 2 s. */
export function whenIdle(run: () => void): void {
	if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: 2000 });
	else setTimeout(run, 500);
}
