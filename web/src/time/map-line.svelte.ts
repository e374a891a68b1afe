/**
 * The line of the map. A person drags it, and everybody's clock follows: at once in the rows that are on the screen, and in
 * the others when it rests, some rows in each frame. So a map of 500 people moves as lightly as one of eight.
 */

/** How long the line stands still before the rows out of sight follow, in milliseconds. */
const REST = 160;
/** Rows out of sight that follow in one frame. */
const SLICE = 12;
/** How far beyond the window rows count as seen: they scroll into it before an observer has told. */
const MARGIN = "160px 0px";

/** The moment that one row shows. */
export class RowTime {
	at = $state.raw(0);

	constructor(at: number) {
		this.at = at;
	}
}

/** What the line needs from the page; a test gives its own. */
export interface Surroundings {
	observe(tell: (element: Element, seen: boolean) => void): Pick<IntersectionObserver, "observe" | "unobserve">;
	nextFrame(run: () => void): void;
}

const page: Surroundings = {
	observe: (tell) =>
		new IntersectionObserver(
			(entries) => {
				for (const { target, isIntersecting } of entries) tell(target, isIntersecting);
			},
			{ rootMargin: MARGIN },
		),
	nextFrame: (run) => requestAnimationFrame(run),
};

export class MapLine {
	/** Where it is, in milliseconds. */
	at = $state.raw(0);
	/** Somebody moves it: until it rests, it follows neither the clock nor the address. */
	held = $state.raw(false);

	readonly #rows = new Map<Element, RowTime>();
	readonly #seen = new Set<RowTime>();
	#observer: ReturnType<Surroundings["observe"]> | undefined;
	#rest: ReturnType<typeof setTimeout> | undefined;
	/** Counts moves: an older walk through the rows ends when it sees a newer one. */
	#moves = 0;

	constructor(
		at: number,
		private readonly surroundings: Surroundings = page,
	) {
		this.at = at;
	}

	/** A row that shows the moment of the line. */
	row(): RowTime {
		return new RowTime(this.at);
	}

	/** Ties a row to its element, for as long as that is on the page. */
	watch(row: RowTime): (element: Element) => () => void {
		return (element) => {
			this.#observer ??= this.surroundings.observe((of, seen) => this.#tell(of, seen));
			this.#rows.set(element, row);
			this.#observer.observe(element);
			return () => {
				this.#observer?.unobserve(element);
				this.#rows.delete(element);
				this.#seen.delete(row);
			};
		};
	}

	/** Moves the line. */
	move(at: number): void {
		if (at === this.at) return;
		this.at = at;
		this.#moves += 1;
		for (const row of this.#seen) row.at = at;
		clearTimeout(this.#rest);
		const move = this.#moves;
		this.#rest = setTimeout(() => this.#follow(move, [...this.#rows.values()]), REST);
	}

	#tell(element: Element, seen: boolean): void {
		const row = this.#rows.get(element);
		if (!row) return;
		if (!seen) {
			this.#seen.delete(row);
			return;
		}
		this.#seen.add(row);
		row.at = this.at;
	}

	#follow(move: number, rows: readonly RowTime[]): void {
		if (move !== this.#moves) return;
		for (const row of rows.slice(0, SLICE)) row.at = this.at;
		if (rows.length > SLICE) this.surroundings.nextFrame(() => this.#follow(move, rows.slice(SLICE)));
	}
}
