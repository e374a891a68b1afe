import {
	type Ask,
	type AskKind,
	type Budget,
	type Id,
	type NewAsk,
	type Norms,
	newId,
	type Silence,
} from "$data/index";
import type { Expected } from "./expected.svelte";
import { NO_NORMS, usualBudget } from "./norms";
import { lastQuestion } from "./sentences";

/** What is kept of an ask in a draft. */
export interface KeptAsk {
	kind: AskKind;
	question: string;
	touched: boolean;
	/** People and groups. */
	asked: Id[];
	budget: Budget;
	/** The person chose the time; it no longer follows the kind. */
	timed?: boolean;
	silence?: Silence;
}

/** What is missing before an ask can be sent. */
export type AskProblem = "question" | "asked" | "group" | "silence" | "reason" | "cost" | "wake";

/** Whether somebody who is asked is a group. */
export const isGroup = (id: Id): boolean => id.startsWith("grp_");

/** An ask that is being written. Each person and each group that is asked gets an ask of its own. */
export class AskDraft {
	kind = $state<AskKind>("answer");
	question = $state("");
	/** People and groups, in the order in which they were chosen. */
	asked = $state.raw<readonly Id[]>([]);
	budget = $state.raw<Budget>({ kind: "next_working_day" });
	silence = $state.raw<Silence>({ kind: "remind" });
	/** What is missing, once the person wanted to send. */
	problem = $state<AskProblem | null>(null);
	/** Somebody would be woken, and the person said yes to that. */
	wake = $state(false);
	/** The person wrote the question; it no longer follows the text. */
	#touched = false;
	#timed = false;
	#norms: Norms = NO_NORMS;

	constructor(kept?: Partial<KeptAsk>) {
		if (!kept) return;
		this.kind = kept.kind ?? "answer";
		this.question = kept.question ?? "";
		this.asked = kept.asked ?? [];
		this.budget = kept.budget ?? { kind: "next_working_day" };
		this.silence = kept.silence ?? { kind: "remind" };
		this.#touched = kept.touched ?? false;
		this.#timed = kept.timed ?? kept.budget !== undefined;
	}

	/** How one replies here: the time follows the kind until the person chooses another. */
	follows(norms: Norms): void {
		this.#norms = norms;
		if (!this.#timed) this.budget = usualBudget(norms, this.kind);
	}

	/** The kind, and with it the usual time of that kind. */
	choose(kind: AskKind): void {
		this.kind = kind;
		if (!this.#timed) this.budget = usualBudget(this.#norms, kind);
	}

	/** The time as the person wants it. */
	time(budget: Budget): void {
		this.#timed = true;
		this.budget = budget;
		this.wake = false;
		if (this.problem === "reason" || this.problem === "cost" || this.problem === "wake") this.problem = null;
	}

	/** Takes the urgency back: the usual time counts again. */
	calm(): void {
		this.#timed = false;
		this.wake = false;
		this.problem = null;
		this.budget = usualBudget(this.#norms, this.kind);
	}

	get urgent(): Extract<Budget, { kind: "urgent" }> | null {
		return this.budget.kind === "urgent" ? this.budget : null;
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

	include(asked: Id): void {
		if (!this.asked.includes(asked)) this.asked = [...this.asked, asked];
		if (this.problem === "asked") this.problem = null;
	}

	release(asked: Id): void {
		if (this.problem === "group") this.problem = null;
		this.asked = this.asked.filter((other) => other !== asked);
	}

	/** Whether there is a time by which silence counts. */
	get endsInSilence(): boolean {
		return this.budget.kind !== "no_rush" && this.budget.kind !== "urgent";
	}

	/** The people who are asked, without the groups. */
	get people(): Id[] {
		return this.asked.filter((each) => !isGroup(each));
	}

	/**
	 * Whether it can be sent; otherwise says what is missing. `wakes`: somebody who is asked does not work now. `answers`:
	 * whether somebody of a group could answer.
	 */
	check({ wakes = false, answers = (_group: Id): boolean => true } = {}): boolean {
		this.problem = this.#missing(wakes, answers);
		return this.problem === null;
	}

	#missing(wakes: boolean, answers: (group: Id) => boolean): AskProblem | null {
		if (this.asked.length === 0) return "asked";
		if (this.asked.some((each) => isGroup(each) && !answers(each))) return "group";
		if (this.question.trim() === "") return "question";
		if (this.endsInSilence && this.silence.kind === "ask" && this.silence.member === "") return "silence";
		if (this.urgent && this.urgent.reason === "") return "reason";
		if (this.urgent && this.urgent.cost.trim() === "") return "cost";
		return this.urgent && wakes && !this.wake ? "wake" : null;
	}

	/** One ask for each person and each group. */
	asks(expected: ReadonlyMap<Id, Expected>): NewAsk[] {
		return this.asked.map((asked) => {
			const times = expected.get(asked);
			return {
				id: newId("ask"),
				kind: this.kind,
				question: this.question.replace(/\s+/g, " ").trim(),
				...(isGroup(asked) ? { group: asked } : { asked }),
				budget: this.urgent ? { ...this.urgent, cost: this.urgent.cost.trim() } : this.budget,
				...(this.silence.kind === "remind" || !this.endsInSilence ? {} : { silence: this.silence }),
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
			timed: this.#timed,
			silence: this.silence,
		};
	}
}

/** Asks the same of somebody else. */
export function askInstead(ask: Pick<Ask, "kind" | "question">, member: Id): AskDraft {
	return new AskDraft({ kind: ask.kind, question: ask.question, touched: true, asked: [member] });
}
