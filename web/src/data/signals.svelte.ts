import { createSubscriber } from "svelte/reactivity";

/** Named things that change. Reading one inside `$derived`, a template or an effect runs that again when it changes. */
export class Signals {
	#listeners = new Map<string, Set<() => void>>();
	#subscribers = new Map<string, () => void>();

	/** Makes the running effect depend on `key`; does nothing outside of one. */
	track(key: string): void {
		if (!$effect.tracking()) return;
		let subscribe = this.#subscribers.get(key);
		if (!subscribe) {
			subscribe = createSubscriber((update) => {
				const stop = this.on(key, update);
				return () => {
					stop();
					this.#subscribers.delete(key);
				};
			});
			this.#subscribers.set(key, subscribe);
		}
		subscribe();
	}

	/** Calls `listener` at every change of `key` until the returned function is called. */
	on(key: string, listener: () => void): () => void {
		const listeners = this.#listeners.get(key) ?? new Set();
		this.#listeners.set(key, listeners.add(listener));
		return () => {
			listeners.delete(listener);
			if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
		};
	}

	tell(...keys: string[]): void {
		for (const key of keys) for (const listener of [...(this.#listeners.get(key) ?? [])]) listener();
	}
}
