import { refusalWords } from "$app/refusals";
import { api, type Budget, type Id, type Instant, Problem } from "$data/index";

/** What the server says about one person's clock before an ask is sent. */
export interface Expected {
	member: Id;
	delivered_at: Instant;
	due_at: Instant | null;
	in_hours: boolean;
	/** Where the due falls outside of their hours: a better instant. */
	better?: Instant | null;
	note: "no_schedule" | "away" | "never_works" | null;
	away: { until: Instant; cover: Id | null } | null;
}
interface Preview {
	items: Expected[];
	/** Where each budget falls for the first of the people. */
	choices?: ({ kind: Budget["kind"]; due_at: Instant | null } | { budget: Budget; due_at: Instant | null })[];
}

/** Where the usual times fall for one person, the earliest first. Nothing without a network. */
export async function dueChoices(from: Pick<typeof api, "post">, asked: Id): Promise<Instant[]> {
	const answer = await from
		.post<Preview>("/asks/preview", { asked: [asked], budget: { kind: "next_working_day" } })
		.catch(() => null);
	const instants = (answer?.choices ?? []).flatMap(({ due_at }) => due_at ?? []);
	return [...new Set(instants)].sort((a, b) => Date.parse(a) - Date.parse(b));
}

/** How long the composer waits for the next keystroke before it asks. Milliseconds. */
const PATIENCE = 250;

/** Asks the server when people get something and when it is due; it computes, the client only shows. */
export class Expectations {
	items = $state.raw<ReadonlyMap<Id, Expected>>(new Map());
	/** Where each budget falls for the first person. */
	choices = $state.raw<ReadonlyMap<Budget["kind"], Instant | null>>(new Map());
	/** `offline`: the times come when there is a network. */
	state = $state<"idle" | "asking" | "known" | "offline" | "refused">("idle");
	problem = $state<string | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#asked = "";
	#stop: AbortController | undefined;

	/** Asks anew when the people or the budget differ from what was asked last. */
	ask(people: readonly Id[], budget: Budget): void {
		const question = JSON.stringify([people, budget]);
		if (question === this.#asked) return;
		this.#asked = question;
		clearTimeout(this.#timer);
		this.#stop?.abort();
		// An urgent ask arrives at once, and its gate says the rest.
		if (people.length === 0 || budget.kind === "urgent") {
			this.clear();
			return;
		}
		this.state = "asking";
		this.#timer = setTimeout(() => void this.#look(people, budget), PATIENCE);
	}

	/** The network is back, or time has passed: the answer may be another. */
	again(): void {
		this.#asked = "";
	}

	clear(): void {
		this.items = new Map();
		this.state = "idle";
		this.problem = null;
	}

	async #look(asked: readonly Id[], budget: Budget): Promise<void> {
		const stop = new AbortController();
		this.#stop = stop;
		try {
			const answer = await api.post<Preview>("/asks/preview", { asked, budget }, { signal: stop.signal });
			if (stop.signal.aborted) return;
			this.items = new Map(answer.items.map((item) => [item.member, item]));
			const choices = (answer.choices ?? []).map(
				(choice) => ["kind" in choice ? choice.kind : choice.budget.kind, choice.due_at] as const,
			);
			if (choices.length > 0) this.choices = new Map(choices);
			this.state = "known";
			this.problem = null;
		} catch (error) {
			if (stop.signal.aborted) return;
			const problem = error instanceof Problem ? error : null;
			this.state = problem && !problem.passing ? "refused" : "offline";
			this.problem = problem && this.state === "refused" ? refusalWords(problem) : null;
			this.#asked = "";
		}
	}
}
