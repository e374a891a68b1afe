/** What the person has gone through on the page of one absence: kept on the device, so that it continues after a pause. */
import { SvelteSet } from "svelte/reactivity";

const KEY = "meridian.away-handled";

export class Handled {
	readonly #keys: SvelteSet<string>;

	/** `absence` names the time that the page is of: another one begins anew. */
	constructor(private readonly absence: string) {
		this.#keys = new SvelteSet(kept(absence));
	}

	has(key: string): boolean {
		return this.#keys.has(key);
	}

	set(keys: readonly string[], handled: boolean): void {
		for (const key of keys) {
			if (handled) this.#keys.add(key);
			else this.#keys.delete(key);
		}
		try {
			localStorage.setItem(KEY, JSON.stringify({ absence: this.absence, keys: [...this.#keys] }));
		} catch {
			// It holds for as long as the page is open.
		}
	}
}

function kept(absence: string): string[] {
	try {
		const found = JSON.parse(localStorage.getItem(KEY) ?? "null") as { absence?: unknown; keys?: unknown } | null;
		if (found?.absence !== absence || !Array.isArray(found.keys)) return [];
		return found.keys.filter((key) => typeof key === "string");
	} catch {
		return [];
	}
}
