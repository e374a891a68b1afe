import { flushSync } from "svelte";
import type { Attachment } from "svelte/attachments";
import { place } from "./placement";

/** Attributes for the button that opens a menu or popover. Spread them on a Button or IconButton. */
export interface TriggerAttributes {
	id: string;
	"aria-haspopup": "menu" | "dialog" | "listbox";
	"aria-expanded": boolean;
	"aria-controls": string;
	onclick: (event: MouseEvent) => void;
}

/** A native popover that opens beside its trigger, stays inside the window and closes on Escape or a press elsewhere. */
export class Floating {
	open = $state(false);
	#surface: HTMLElement | undefined;
	#pressedWhileOpen = false;

	constructor(
		readonly id: string,
		readonly kind: TriggerAttributes["aria-haspopup"],
		readonly align: () => "start" | "end",
		readonly opened: () => void = () => {},
	) {}

	/** For the button. */
	get trigger(): TriggerAttributes {
		return {
			id: `${this.id}-trigger`,
			"aria-haspopup": this.kind,
			"aria-expanded": this.open,
			"aria-controls": `${this.id}-surface`,
			onclick: () => this.toggle(),
		};
	}

	/** For the surface: `{@attach floating.surface}` on an element with `popover="auto"`. */
	surface: Attachment<HTMLElement> = (element) => {
		this.#surface = element;
		const before = () => {
			this.#pressedWhileOpen = this.open;
		};
		const toggled = (event: Event) => {
			this.open = (event as ToggleEvent).newState === "open";
		};
		const moved = () => this.open && this.#place();
		element.addEventListener("toggle", toggled);
		document.addEventListener("pointerdown", before, true);
		window.addEventListener("resize", moved);
		window.addEventListener("scroll", moved, true);
		return () => {
			element.removeEventListener("toggle", toggled);
			document.removeEventListener("pointerdown", before, true);
			window.removeEventListener("resize", moved);
			window.removeEventListener("scroll", moved, true);
		};
	};

	toggle(): void {
		// The press on the trigger has already closed the popover ("light dismiss"); the click must not open it again.
		if (this.#pressedWhileOpen) {
			this.#pressedWhileOpen = false;
			this.close();
			return;
		}
		this.show();
	}

	/** Draws the content first, so that its size is known, then shows it and hands over the focus. */
	show(): void {
		if (!this.#surface) return;
		flushSync(() => {
			this.open = true;
		});
		this.#surface.showPopover();
		this.#place();
		this.opened();
	}

	close(): void {
		if (this.#surface?.matches(":popover-open")) this.#surface.hidePopover();
	}

	/** Closes and gives the focus back to the trigger. */
	dismiss(): void {
		this.close();
		this.#anchor?.focus();
	}

	get #anchor(): HTMLElement | null {
		return document.getElementById(`${this.id}-trigger`);
	}

	#place(): void {
		const anchor = this.#anchor;
		if (!this.#surface || !anchor) return;
		const { left, top, above } = place(
			anchor.getBoundingClientRect(),
			{ width: this.#surface.offsetWidth, height: this.#surface.offsetHeight },
			{ width: document.documentElement.clientWidth, height: window.innerHeight },
			this.align(),
			getComputedStyle(anchor).direction === "rtl",
		);
		this.#surface.style.left = `${left}px`;
		this.#surface.style.top = `${top}px`;
		this.#surface.dataset.above = String(above);
	}
}
