import { type Ask, type AskKind, type Budget, type Id, type NewAsk, newId } from "$data/index";
import type { Expected } from "./expected.svelte";
import { lastQuestion } from "./sentences";

/** What is kept of an ask in a draft. */
export interface KeptAsk {
	kind: AskKind;
	question: string;
	touched: boolean;
	asked: Id[];
	budget: Budget;
}

/** An ask that is being written. Each person who is asked gets an ask of their own. */
export class AskDraft {
	kind = $state<AskKind>("answer");
	question = $state("");
	asked = $state.raw<readonly Id[]>([]);
	budget = $state.raw<Budget>({ kind: "next_working_day" });
	/** What is missing, once the person wanted to send. */
	problem = $state<"question" | "asked" | null>(null);
	/** The person wrote the question; it no longer follows the text. */
	#touched = false;

	constructor(kept?: Partial<KeptAsk>) {
		if (!kept) return;
		this.kind = kept.kind ?? "answer";
		this.question = kept.question ?? "";
		this.asked = kept.asked ?? [];
		this.budget = kept.budget ?? { kind: "next_working_day" };
		this.#touched = kept.touched ?? false;
	}

	/** The question as the person wants it. */
	write(question: string): void {
		this.#touched = question.trim() !== "";
		this.question = question;
		if (this.problem === "question") this.problem = null;
	}

	/** The text changed: its last question is the question, until the person writes another. */
	follow(text: string): void {
		if (!this.#touched) this.question = lastQuestion(text);
	}

	include(member: Id): void {
		if (!this.asked.includes(member)) this.asked = [...this.asked, member];
		if (this.problem === "asked") this.problem = null;
	}

	release(member: Id): void {
		this.asked = this.asked.filter((other) => other !== member);
	}

	/** Whether it can be sent; otherwise says what is missing. */
	check(): boolean {
		if (this.asked.length === 0) this.problem = "asked";
		else if (this.question.trim() === "") this.problem = "question";
		else this.problem = null;
		return this.problem === null;
	}

	/** One ask for each person. */
	asks(expected: ReadonlyMap<Id, Expected>): NewAsk[] {
		return this.asked.map((asked) => {
			const times = expected.get(asked);
			return {
				id: newId("ask"),
				kind: this.kind,
				question: this.question.replace(/\s+/g, " ").trim(),
				asked,
				budget: this.budget,
				...(times ? { expected: { delivered_at: times.delivered_at, due_at: times.due_at } } : {}),
			};
		});
	}

	get kept(): KeptAsk {
		return {
			kind: this.kind,
			question: this.question,
			touched: this.#touched,
			asked: [...this.asked],
			budget: this.budget,
		};
	}
}

/** Asks the same of somebody else. */
export function askInstead(ask: Pick<Ask, "kind" | "question">, member: Id): AskDraft {
	return new AskDraft({ kind: ask.kind, question: ask.question, touched: true, asked: [member] });
}
