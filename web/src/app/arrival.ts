/** How long a page may take to grow to where the person was, in milliseconds. */
const PATIENCE = 2_000;

/** The three ways to arrive somewhere. */
export interface Arrival {
	kind: "first" | "link" | "return";
	/** Id of the element that the address names. */
	anchor: string;
	/** Scroll position to return to, in pixels. */
	scroll: number;
	/** Address of the link that the person had followed from here. */
	left: string | undefined;
	/** Only the view changed: focus and position stay. */
	same: boolean;
}

/**
 * Puts the person where they expect to be: at the named element, at the row they left, or at the title of a new screen.
 * Content may come later, so it tries until it succeeds, the person acts, or two seconds have passed. Answers a function that stops it.
 */
export function arrive(arrival: Arrival): () => void {
	if (arrival.anchor) return keepTrying(() => showAnchor(arrival.anchor));
	if (arrival.same || arrival.kind === "first") return () => {};
	if (arrival.kind === "return") return keepTrying(() => restore(arrival), focusTitle);
	window.scrollTo(0, 0);
	return keepTrying(focusTitle);
}

/** Moves the focus to the title of the screen, so that a screen reader reads it. False while there is none. */
export function focusTitle(): boolean {
	const title = document.querySelector<HTMLElement>("main h1");
	if (!title) return false;
	title.tabIndex = -1;
	title.focus({ preventScroll: true });
	return true;
}

function showAnchor(id: string): boolean {
	const element = document.getElementById(id);
	if (!element) return false;
	element.scrollIntoView({ block: "start" });
	if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
	element.focus({ preventScroll: true });
	return true;
}

function restore({ scroll, left }: Arrival): boolean {
	const link = left ? document.querySelector<HTMLElement>(`main a[href="${CSS.escape(left)}"]`) : null;
	const tall = document.documentElement.scrollHeight - window.innerHeight >= scroll;
	if (!tall || (left && !link)) {
		// Until then the focus waits on the title: from nowhere the keyboard begins at the top of the page.
		if (document.activeElement === document.body) focusTitle();
		if (tall) window.scrollTo(0, scroll);
		return false;
	}
	window.scrollTo(0, scroll);
	if (!link) return focusTitle();
	link.focus({ preventScroll: true });
	return true;
}

/** `otherwise`: when it did not succeed in time, though the person did nothing. */
function keepTrying(attempt: () => boolean, otherwise?: () => void): () => void {
	const stop = new AbortController();
	const until = performance.now() + PATIENCE;
	const frame = () => {
		if (stop.signal.aborted) return;
		if (attempt()) return stop.abort();
		if (performance.now() <= until) return void requestAnimationFrame(frame);
		stop.abort();
		otherwise?.();
	};
	for (const act of ["wheel", "touchstart", "keydown", "pointerdown"]) {
		addEventListener(act, () => stop.abort(), { signal: stop.signal, passive: true, capture: true });
	}
	requestAnimationFrame(frame);
	return () => stop.abort();
}
