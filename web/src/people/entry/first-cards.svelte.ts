/** The four quiet cards of the first days, on this device: which are still there. */

export type FirstCard = "keys" | "time-off" | "invite" | "asks";

const ALL: readonly FirstCard[] = ["keys", "time-off", "invite", "asks"];
const PLACE = "meridian.first-cards";

class FirstCards {
	#left = $state.raw<readonly FirstCard[]>(kept());

	/** Those that were neither used nor hidden. None on a device where nobody made a first start. */
	get left(): readonly FirstCard[] {
		return this.#left;
	}

	begin(): void {
		this.#keep(ALL);
	}

	/** It was used. */
	leave(card: FirstCard): void {
		this.#keep(this.#left.filter((other) => other !== card));
	}

	hideAll(): void {
		this.#keep([]);
	}

	#keep(left: readonly FirstCard[]): void {
		this.#left = left;
		try {
			localStorage.setItem(PLACE, JSON.stringify(left));
		} catch {
			// Storage is full or forbidden: the cards are as they are until the page is closed.
		}
	}
}

function kept(): readonly FirstCard[] {
	try {
		const found: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
		return Array.isArray(found) ? ALL.filter((card) => found.includes(card)) : [];
	} catch {
		return [];
	}
}

export const firstCards = new FirstCards();

/** Puts the cards on top of the inbox of a person who has just arrived. */
export function beginCards(): void {
	firstCards.begin();
}
