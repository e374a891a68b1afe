/** After this pause, in milliseconds, typing starts a new word. */
const PAUSE = 700;

/** Finds the entry that a person types in a list: letters within 0.7 s make one word, one letter repeated walks through its entries. */
export class TypeAhead {
	#typed = "";
	#last = Number.NEGATIVE_INFINITY;

	/** The index of the entry to go to, or -1. `from` is the entry that has focus now. */
	next(letter: string, labels: readonly string[], from: number, at: number = Date.now()): number {
		if (at - this.#last > PAUSE) this.#typed = "";
		this.#last = at;
		this.#typed += fold(letter);
		const repeated = [...this.#typed].every((typed) => typed === this.#typed[0]);
		const wanted = repeated ? (this.#typed[0] ?? "") : this.#typed;
		const start = repeated ? from + 1 : Math.max(from, 0);
		for (let step = 0; step < labels.length; step++) {
			const index = (start + step) % labels.length;
			if (fold(labels[index] ?? "").startsWith(wanted)) return index;
		}
		return -1;
	}
}

/** Lower case without accents: "Inês" is found by "ines". */
export function fold(text: string): string {
	return text
		.normalize("NFD")
		.replace(/\p{Mark}/gu, "")
		.toLowerCase();
}
