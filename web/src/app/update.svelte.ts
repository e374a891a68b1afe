/** Something that must be safe before the page is left: unsaved drafts. */
type Settle = () => Promise<void>;

/** A new version of the client: found, announced, and taken over when the person says so. */
class Update {
	/** A new version waits. */
	ready = $state.raw(false);
	#waiting: ServiceWorker | null = null;
	#asked = false;
	#settle = new Set<Settle>();

	/** Registers the service worker and watches for a new version. Only in a production build. */
	async start(): Promise<void> {
		if (!("serviceWorker" in navigator)) return;
		const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
		this.#watch(registration);
		// A tab that stays open for days looks once an hour, when it is seen.
		let looked = Date.now();
		document.addEventListener("visibilitychange", () => {
			if (document.visibilityState !== "visible" || Date.now() - looked < 3_600_000) return;
			looked = Date.now();
			registration.update().catch(() => {});
		});
	}

	/** Runs before the new version takes over; the page waits for it. Answers a function that takes it back. */
	beforeTakeover(settle: Settle): () => void {
		this.#settle.add(settle);
		return () => this.#settle.delete(settle);
	}

	/** Lets the new version take over and loads the page again, once everything written is safe. Rejects when something is not. */
	async takeOver(): Promise<void> {
		await Promise.all([...this.#settle].map((settle) => settle()));
		if (!this.#waiting) {
			location.reload();
			return;
		}
		this.#asked = true;
		this.#waiting.postMessage("take over");
	}

	#watch(registration: ServiceWorkerRegistration): void {
		const first = !navigator.serviceWorker.controller;
		navigator.serviceWorker.addEventListener("controllerchange", () => {
			if (this.#asked) location.reload();
			// Another tab let the new version in. This one goes on as it is until the person says so.
			else if (!first) this.#found(null);
		});
		if (registration.waiting && navigator.serviceWorker.controller) this.#found(registration.waiting);
		registration.addEventListener("updatefound", () => {
			const worker = registration.installing;
			worker?.addEventListener("statechange", () => {
				// The very first version has nothing to replace.
				if (worker.state === "installed" && navigator.serviceWorker.controller) this.#found(worker);
			});
		});
	}

	#found(worker: ServiceWorker | null): void {
		this.#waiting = worker;
		this.ready = true;
	}
}

export const update = new Update();
