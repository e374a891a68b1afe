/**
 * Dragging a card with the mouse, a pen or a finger. A mouse begins after a few pixels, a finger after a long press, so
 * that a swipe still scrolls. Near the edges the board and the page scroll by themselves. Escape gives up.
 */

/** Where the card would come to: before the `index`-th of the other cards that are shown, which are these two. */
export interface Over {
	stage: string;
	index: number;
	after: string | null;
	before: string | null;
}

/** Pixels that a mouse may move before a press is a drag. */
const NEAR = 5;
/** Pixels that a finger may move while it waits. */
const STILL = 10;
/** How long a finger waits. Milliseconds. */
const LONG = 380;
/** From here to the edge it scrolls. Pixels. */
const EDGE = 72;
/** The fastest scrolling, in pixels a frame. */
const FASTEST = 18;

export class CardDrag {
	/** The task that is being dragged. */
	task = $state<string | null>(null);
	over = $state.raw<Over | null>(null);

	#board: HTMLElement | undefined;
	#stop: AbortController | undefined;
	#ghost: HTMLElement | undefined;
	#grip = { x: 0, y: 0 };
	#pointer = { x: 0, y: 0 };
	#frame = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly drop: (task: string, over: Over) => void,
		/** What lies under the pointer; without it, the column and the place in it. */
		private readonly under?: (x: number, y: number) => Over | null,
	) {}

	/** For the board: `{@attach drag.board}`. Cards carry `data-card`, columns `data-stage`. */
	board = (element: HTMLElement): (() => void) => {
		this.#board = element;
		const stop = new AbortController();
		element.addEventListener("pointerdown", (event) => this.#pressed(event), { signal: stop.signal });
		// A browser asks once, when a finger first moves, whether it may scroll.
		element.addEventListener("touchmove", (event) => this.task !== null && event.preventDefault(), {
			signal: stop.signal,
			passive: false,
		});
		// Links and pictures have a dragging of their own.
		element.addEventListener("dragstart", (event) => event.preventDefault(), { signal: stop.signal });
		return () => {
			this.#end(false);
			stop.abort();
		};
	};

	#pressed(event: PointerEvent): void {
		const target = event.target as Element;
		const card = target.closest<HTMLElement>("[data-card]");
		if (!card || event.button !== 0 || !event.isPrimary || target.closest("button, input, select, textarea")) return;
		this.#end(false);
		this.#stop = new AbortController();
		const { signal } = this.#stop;
		const from = { x: event.clientX, y: event.clientY };
		this.#pointer = from;
		const finger = event.pointerType === "touch";
		if (finger) this.#timer = setTimeout(() => this.#begin(card), LONG);
		const moved = (now: PointerEvent) => {
			if (now.pointerId !== event.pointerId) return;
			this.#pointer = { x: now.clientX, y: now.clientY };
			if (this.task !== null) return;
			const far = Math.hypot(now.clientX - from.x, now.clientY - from.y);
			if (finger && far > STILL) this.#end(false);
			else if (!finger && far > NEAR) this.#begin(card);
		};
		document.addEventListener("pointermove", moved, { signal });
		document.addEventListener("pointerup", () => this.#end(true), { signal });
		document.addEventListener("pointercancel", () => this.#end(false), { signal });
		// A finger that waits opens no menu.
		document.addEventListener("contextmenu", (press) => finger && press.preventDefault(), { signal });
	}

	#begin(card: HTMLElement): void {
		const { signal } = this.#stop ?? new AbortController();
		const box = card.getBoundingClientRect();
		this.#grip = { x: this.#pointer.x - box.left, y: this.#pointer.y - box.top };
		const ghost = card.cloneNode(true) as HTMLElement;
		ghost.removeAttribute("data-card");
		ghost.classList.add("ghost");
		ghost.inert = true;
		ghost.style.inlineSize = `${box.width}px`;
		this.#ghost = ghost;
		// In the board, so that its styles hold.
		card.parentElement?.append(ghost);
		this.task = card.dataset.card ?? null;
		document.documentElement.dataset.dragging = "";
		getSelection()?.removeAllRanges();
		const giveUp = (event: KeyboardEvent) => {
			if (event.key !== "Escape") return;
			event.preventDefault();
			event.stopPropagation();
			this.#end(false);
		};
		document.addEventListener("keydown", giveUp, { signal, capture: true });
		this.#frame = requestAnimationFrame(() => this.#follow());
	}

	/** Once a frame: the card under the pointer, where it would come to, and the scrolling. */
	#follow(): void {
		if (this.task === null || !this.#ghost) return;
		const { x, y } = this.#pointer;
		this.#ghost.style.translate = `${x - this.#grip.x}px ${y - this.#grip.y}px`;
		this.#scroll(x, y);
		const over = this.under ? this.under(x, y) : this.#find(x, y);
		if (over?.stage !== this.over?.stage || over?.index !== this.over?.index) this.over = over;
		this.#frame = requestAnimationFrame(() => this.#follow());
	}

	#find(x: number, y: number): Over | null {
		for (const column of this.#board?.querySelectorAll<HTMLElement>("[data-stage]") ?? []) {
			const box = column.getBoundingClientRect();
			if (x < box.left || x > box.right) continue;
			const cards = [...column.querySelectorAll<HTMLElement>("[data-card]")].filter(
				(card) => card.dataset.card !== this.task,
			);
			const index = cards.findIndex((card) => {
				const { top, height } = card.getBoundingClientRect();
				return y < top + height / 2;
			});
			const at = index < 0 ? cards.length : index;
			const idOf = (card: HTMLElement | undefined) => card?.dataset.card ?? null;
			return { stage: column.dataset.stage ?? "", index: at, after: idOf(cards[at - 1]), before: idOf(cards[at]) };
		}
		return null;
	}

	#scroll(x: number, y: number): void {
		const board = this.#board;
		if (!board) return;
		const box = board.getBoundingClientRect();
		board.scrollLeft += speed(x, Math.max(0, box.left), Math.min(innerWidth, box.right));
		const page = document.scrollingElement;
		if (page) page.scrollTop += speed(y, 0, innerHeight);
	}

	#end(dropped: boolean): void {
		clearTimeout(this.#timer);
		cancelAnimationFrame(this.#frame);
		this.#stop?.abort();
		this.#stop = undefined;
		this.#ghost?.remove();
		this.#ghost = undefined;
		delete document.documentElement.dataset.dragging;
		const { task, over } = this;
		this.task = null;
		this.over = null;
		if (task === null) return;
		// The release is no press on the card's link.
		const swallow = (event: MouseEvent) => {
			event.preventDefault();
			event.stopPropagation();
		};
		document.addEventListener("click", swallow, { capture: true, once: true });
		setTimeout(() => document.removeEventListener("click", swallow, { capture: true }));
		if (dropped && over) this.drop(task, over);
	}
}

/** The day under the pointer, as `data-day` says; `stage` is its date. */
export function dayUnder(x: number, y: number): Over | null {
	const day = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-day]")?.dataset.day;
	return day === undefined ? null : { stage: day, index: 0, after: null, before: null };
}

/** How far to scroll in this frame: faster the nearer to the edge. */
function speed(at: number, start: number, end: number): number {
	const share = (distance: number) => Math.min(1, Math.max(0, (EDGE - distance) / EDGE));
	return Math.round((share(end - at) - share(at - start)) * FASTEST);
}
