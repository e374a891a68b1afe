/** One line at the bottom of the screen. */
export interface Toast {
	id: number;
	text: string;
	/** Takes the action back. */
	undo: (() => void) | null;
}

/** How long a line stays, in milliseconds. */
const STAY = 8_000;

class Toasts {
	/** The line that is shown now; a newer one replaces it. */
	current = $state.raw<Toast | null>(null);
	#last = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/**
	 * Says that something was done, for 8 seconds: "Done." With `undo` it offers to take it back, also with Z. Answers the
	 * number of the line.
	 */
	show(text: string, undo: (() => void) | null = null): number {
		this.#last += 1;
		this.current = { id: this.#last, text, undo };
		this.resume();
		return this.#last;
	}

	/** What a line says turned out not to be so; one that another replaced is gone already. */
	withdraw(line: number): void {
		if (this.current?.id === line) this.hide();
	}

	/** Takes back what the line offers. False when nothing can be taken back. */
	undo(): boolean {
		const undo = this.current?.undo;
		if (!undo) return false;
		this.hide();
		undo();
		return true;
	}

	/** The line does not leave while the pointer or the focus is on it. */
	hold(): void {
		clearTimeout(this.#timer);
	}

	resume(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.hide(), STAY);
	}

	hide(): void {
		clearTimeout(this.#timer);
		this.current = null;
	}
}

/** The lines that confirm an action and offer to undo it. */
export const toasts = new Toasts();
