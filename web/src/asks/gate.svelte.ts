import { type Id, previewUrgent, type UrgentGate } from "$data/index";

/** What stands between a person and an urgent ask, for each who would be asked: asked of the server once for each. */
export class Gates {
	#known = $state.raw<ReadonlyMap<Id, UrgentGate>>(new Map());
	state = $state<"idle" | "asking" | "known" | "unknown">("idle");
	#asked = new Set<Id>();

	/** Asks for those whose gate is not known yet. */
	ask(people: readonly Id[], space: Id | null): void {
		const missing = people.filter((member) => !this.#asked.has(member));
		for (const member of missing) {
			this.#asked.add(member);
			void this.#look(member, space);
		}
	}

	of(member: Id): UrgentGate | undefined {
		return this.#known.get(member);
	}

	/** Whether one of these people would be interrupted outside of their working time. */
	wakes(people: readonly Id[]): boolean {
		return people.some((member) => this.#known.get(member)?.works_now === false);
	}

	/** The reasons that the team agreed on. */
	get reasons(): readonly string[] {
		return [...new Set([...this.#known.values()].flatMap((gate) => gate.reasons))];
	}

	async #look(member: Id, space: Id | null): Promise<void> {
		this.state = "asking";
		try {
			const gate = await previewUrgent(member, space);
			this.#known = new Map([...this.#known, [member, gate]]);
			this.state = "known";
		} catch {
			this.#asked.delete(member);
			this.state = "unknown";
		}
	}
}
