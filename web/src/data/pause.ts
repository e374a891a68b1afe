/** Longest wait between two tries, in milliseconds. */
const LONGEST = 30_000;
const SHORTEST = 500;

/** How long to wait after `tries` failures: doubling, at most 30 s, and spread so that clients do not return at once. */
export function backoff(tries: number, random = Math.random): number {
	return Math.min(LONGEST, SHORTEST * 2 ** Math.min(tries, 16)) * (0.5 + random() / 2);
}

/** Waits that can be cut short. */
export class Pause {
	#sleepers = new Set<() => void>();

	/** Resolves after `milliseconds`, at the next `wake`, or when `signal` aborts. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) return Promise.resolve();
		return new Promise((resolve) => {
			const done = () => {
				clearTimeout(timer);
				this.#sleepers.delete(done);
				signal?.removeEventListener("abort", done);
				resolve();
			};
			// A timer cannot hold more than 31 bits.
			const timer = setTimeout(done, Math.min(milliseconds, 2 ** 31 - 1));
			this.#sleepers.add(done);
			signal?.addEventListener("abort", done);
		});
	}

	wake(): void {
		for (const sleeper of [...this.#sleepers]) sleeper();
	}
}
