/** How far apart the two presses of a double click are at most, in milliseconds. */
const DOUBLE = 600;

/**
 * What was pressed gives its place to something else: the second half of a double click must not act on that. Presses
 * elsewhere and the keyboard are as always.
 */
export function ignoreSecondPress(): void {
	const stop = new AbortController();
	const swallow = (event: MouseEvent) => {
		if (event.detail < 2) return;
		event.preventDefault();
		event.stopPropagation();
	};
	document.addEventListener("click", swallow, { capture: true, signal: stop.signal });
	setTimeout(() => stop.abort(), DOUBLE);
}
