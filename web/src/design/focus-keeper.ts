/** What can take the focus by Tab. */
const STOPS = "a[href], button, input, select, textarea, summary, [contenteditable=true], [tabindex='0']";

/**
 * Keeps the focus on the page: when what has it goes away or can no longer have it, and nobody gave it to something else,
 * it moves to the nearest thing that is left around it, in the end to the title. Answers a function that stops it.
 */
export function keepFocus(page: Document = document): () => void {
	/** What had the focus last, and all that it stood in, from the inside out. */
	let path: readonly Element[] = [];
	let frame = 0;
	const stop = new AbortController();
	const { signal } = stop;

	const remember = ({ target }: FocusEvent) => (path = target instanceof Element ? pathOf(target) : []);
	// A press beside everything takes the focus away on purpose.
	const forget = () => (path = []);
	page.addEventListener("focusin", remember, { signal, capture: true });
	page.addEventListener("pointerdown", forget, { signal, capture: true });

	const observer = new MutationObserver(() => {
		if (!isLost(page, path)) return;
		cancelAnimationFrame(frame);
		// Screens move the focus themselves where they know better, right after they have drawn.
		frame = requestAnimationFrame(() => isLost(page, path) && rescue(page, path));
	});
	observer.observe(page.body, {
		childList: true,
		subtree: true,
		attributes: true,
		attributeFilter: ["disabled", "hidden", "open"],
	});
	return () => {
		stop.abort();
		observer.disconnect();
		cancelAnimationFrame(frame);
	};
}

function pathOf(element: Element): Element[] {
	const path: Element[] = [];
	for (let each: Element | null = element; each; each = each.parentElement) path.push(each);
	return path;
}

/** Nothing has the focus, and what had it cannot have it again: else it was given up on purpose. */
function isLost(page: Document, [last]: readonly Element[]): boolean {
	const nowhere = page.activeElement === null || page.activeElement === page.body;
	return nowhere && last !== undefined && !(last.isConnected && last.checkVisibility() && !last.matches(":disabled"));
}

function rescue(page: Document, path: readonly Element[]): void {
	for (const around of path.slice(1)) {
		if (!around.isConnected || around === page.body) continue;
		const stops = around.matches("main") ? [] : [...around.querySelectorAll<HTMLElement>(STOPS)];
		for (const stop of stops) {
			if (stop.tabIndex >= 0) stop.focus();
			if (page.activeElement === stop) return;
		}
		if (around.matches("main")) break;
	}
	const title = page.querySelector<HTMLElement>("main h1");
	if (!title) return;
	title.tabIndex = -1;
	title.focus({ preventScroll: true });
}
