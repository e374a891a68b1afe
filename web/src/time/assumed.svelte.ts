/** People who have set no hours, for whom the reader assumes usual ones. For as long as the page is open; nobody else sees it. */
import { SvelteSet } from "svelte/reactivity";
import type { Id } from "$data/types";

/** The hours that are assumed, Monday to Friday. */
export const ASSUMED = { from: 9, to: 18 } as const;

class Assumed {
	readonly #people = new SvelteSet<Id>();

	has(member: Id): boolean {
		return this.#people.has(member);
	}

	toggle(member: Id): void {
		if (!this.#people.delete(member)) this.#people.add(member);
	}
}

export const assumed = new Assumed();
