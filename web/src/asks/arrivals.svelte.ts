import { type Arrival, type Id, previewArrivals } from "$data/index";

/** How long the composer waits for the next change before it asks. Milliseconds. */
const PATIENCE = 250;

/** As many people as the server answers for at once. */
const MOST = 50;

/** Asks the server when each person gets what is being written; it decides, the client only says it. */
export class ArrivalTimes {
	items = $state.raw<readonly Arrival[]>([]);
	/** People beyond those the server was asked for. */
	others = $state.raw<readonly Id[]>([]);
	state = $state<"idle" | "asking" | "known" | "unknown">("idle");
	#asked = "";
	#timer: ReturnType<typeof setTimeout> | undefined;
	#stop: AbortController | undefined;

	/** Asks anew when the people, or what `again` stands for, differ from what was asked last. */
	ask(people: readonly Id[], again: unknown): void {
		const question = JSON.stringify([people, again]);
		if (question === this.#asked) return;
		this.#asked = question;
		clearTimeout(this.#timer);
		this.#stop?.abort();
		if (people.length === 0) {
			this.items = [];
			this.others = [];
			this.state = "idle";
			return;
		}
		this.state = "asking";
		this.#timer = setTimeout(() => void this.#look(people), PATIENCE);
	}

	/** What is known of one person. */
	of(member: Id): Arrival | undefined {
		return this.items.find((item) => item.member === member);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#stop?.abort();
	}

	async #look(people: readonly Id[]): Promise<void> {
		const stop = new AbortController();
		this.#stop = stop;
		try {
			const members = people.slice(0, MOST);
			const { items } = await previewArrivals(members, undefined, stop.signal);
			if (stop.signal.aborted) return;
			this.items = items;
			this.others = people.slice(MOST);
			this.state = "known";
		} catch {
			if (stop.signal.aborted) return;
			this.items = [];
			this.state = "unknown";
			this.#asked = "";
		}
	}
}
