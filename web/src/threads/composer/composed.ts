import type { FileCard, Id, NewAsk } from "$data/index";

/** What a composer hands over. */
export interface Composed {
	post: { id: Id; source: string; files?: FileCard[]; to?: Id[] };
	/** One for each person and each group that is asked. */
	asks: NewAsk[];
	/** The ask that this answers. */
	answers?: Id;
	/** The draft that it was written in; it leaves with the operation. */
	draft: string;
	/** "Sent. Piotr gets this now." */
	told: string;
}
