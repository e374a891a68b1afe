/** A row that follows the finger: to the right is one action, to the left another. Buttons do the same. */

/** How far a finger must go before the row acts, in pixels. */
const FAR = 96;
/** How far before it counts as a swipe and not as a press. */
const NEAR = 12;

export interface Swipe {
	right: () => void;
	left: () => void;
}

/** For `{@attach swipe(…)}`. Only fingers and pens swipe; the page still scrolls up and down. */
export function swipe(actions: () => Swipe | null): (row: HTMLElement) => () => void {
	return (row) => {
		let from: { x: number; y: number; id: number } | null = null;
		let moved = 0;
		const stop = new AbortController();
		const on = <K extends keyof HTMLElementEventMap>(name: K, run: (event: HTMLElementEventMap[K]) => void) =>
			row.addEventListener(name, run, { signal: stop.signal });

		on("pointerdown", (event) => {
			if (event.pointerType === "mouse" || !event.isPrimary || !actions()) return;
			from = { x: event.clientX, y: event.clientY, id: event.pointerId };
			moved = 0;
		});
		on("pointermove", (event) => {
			if (!from || event.pointerId !== from.id) return;
			const x = event.clientX - from.x;
			if (moved === 0 && (Math.abs(x) < NEAR || Math.abs(event.clientY - from.y) > Math.abs(x))) return;
			if (moved === 0) row.setPointerCapture(from.id);
			moved = x;
			show(x);
		});
		on("pointerup", () => end(true));
		on("pointercancel", () => end(false));
		// A swipe that ends on the link is not a press on it.
		row.addEventListener("click", (event) => moved !== 0 && event.preventDefault(), {
			signal: stop.signal,
			capture: true,
		});

		function show(x: number) {
			row.style.setProperty("--swipe", `${x}px`);
			row.dataset.swipe = x > 0 ? "right" : "left";
			row.toggleAttribute("data-swipe-far", Math.abs(x) >= FAR);
		}

		function end(acts: boolean) {
			const far = acts && Math.abs(moved) >= FAR;
			const right = moved > 0;
			from = null;
			row.style.removeProperty("--swipe");
			delete row.dataset.swipe;
			row.removeAttribute("data-swipe-far");
			if (far) actions()?.[right ? "right" : "left"]();
			// The click that follows the release still has to be told apart from a press.
			setTimeout(() => (moved = 0));
		}

		return () => stop.abort();
	};
}
