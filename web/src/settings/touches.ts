/** What a time off touches: the asks that I owe meanwhile, and what I decide for each before anything is sent. */
import type { Arguments, Ask, Id, Member, Touches } from "$data/index";
import { fromWall } from "../asks/wall-time";

/** An ask whose clock runs in the time off. */
export type Touched = Touches["asks"][number];

/** `extend`: a new time, in my wall time as an input has it. */
export type Choice = { kind: "pass"; to: Id } | { kind: "extend"; at: string } | { kind: "leave" };
export type ChoiceKind = Choice["kind"];
export type Choices = ReadonlyMap<Id, Choice>;

/** Who may take an ask over: not me, not the one who asks; who covers comes first. `readers`: who can read its topic. */
export function takersOf(ask: Pick<Ask, "asker">, readers: readonly Member[], me: Id, cover: Id | null): Member[] {
	return readers
		.filter(({ id, role }) => id !== me && id !== ask.asker && role !== "guest")
		.toSorted((a, b) => Number(b.id === cover) - Number(a.id === cover));
}

/** The choice of a kind for one ask, with what is likeliest in it; null where it cannot be made. */
export function choiceOf(kind: ChoiceKind, takers: readonly Pick<Member, "id">[], suggested: string): Choice | null {
	if (kind === "leave") return { kind };
	if (kind === "extend") return { kind, at: suggested };
	const to = takers[0]?.id;
	return to ? { kind, to } : null;
}

/** The same for all that are not decided yet, as far as it can be made for them. */
export function forAll<A extends { ask: Pick<Ask, "id"> }>(
	asks: readonly A[],
	choices: Choices,
	choose: (touched: A) => Choice | null,
): Choices {
	const all = new Map(choices);
	for (const touched of asks) {
		const choice = all.has(touched.ask.id) ? null : choose(touched);
		if (choice) all.set(touched.ask.id, choice);
	}
	return all;
}

/** How many are passed on, get a new time, and stay. Those that are not decided stay. */
export function summaryOf(asks: readonly { ask: Pick<Ask, "id"> }[], choices: Choices): Record<ChoiceKind, number> {
	const count = { pass: 0, extend: 0, leave: 0 };
	for (const { ask } of asks) count[choices.get(ask.id)?.kind ?? "leave"] += 1;
	return count;
}

type TouchCall = { [N in "ask.pass" | "ask.accept"]: { name: N; args: Arguments[N] } }["ask.pass" | "ask.accept"];

/** What is sent for the choices. `zone` is where my wall times are; a time that has passed or is none is left out. */
export function callsOf(
	asks: readonly { ask: Pick<Ask, "id" | "topic"> }[],
	choices: Choices,
	{ note, zone, now, newAsk }: { note: string; zone: string; now: number; newAsk: () => Id },
): TouchCall[] {
	return asks.flatMap(({ ask: { id, topic } }): TouchCall[] => {
		const choice = choices.get(id);
		if (choice?.kind === "pass")
			return [{ name: "ask.pass", args: { id, topic, new_ask: newAsk(), to: choice.to, note } }];
		const at = choice?.kind === "extend" ? fromWall(choice.at, zone) : null;
		if (at === null || Date.parse(at) <= now) return [];
		return [{ name: "ask.accept", args: { id, topic, promised_at: at } }];
	});
}
