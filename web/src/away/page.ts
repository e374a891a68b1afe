/** The page for coming back: its sections, and how deep a reading budget goes into them. Pure. */
import type { Ask, AwayAnswer, Id, Instant, Topic } from "$data/types";

export type SectionKind = "needs" | "decided" | "changed" | "worth" | "rest";

/** Minutes of reading that a person may choose; null is without a limit. */
export const BUDGETS = [15, 45, 90, null] as const;
export type ReadingBudget = (typeof BUDGETS)[number];

/** One thing on the page. Each topic stands there once, but for the asks in it. */
export interface Item {
	/** The same for as long as the page is of the same time. */
	key: string;
	topic: Topic;
	/** Of reading. */
	minutes: number;
	what:
		| ({ kind: "need" } & Omit<AwayAnswer["needs"][number], "topic" | "minutes">)
		| { kind: "acknowledge"; ask: Ask }
		| { kind: "decided" }
		| ({ kind: "changed" } & Omit<AwayAnswer["changed"][number], "topic">)
		| { kind: "worth"; by: readonly Id[] }
		| { kind: "rest"; outcome: string | null; posts: number };
}

export interface Section {
	kind: SectionKind;
	items: readonly Item[];
	/** Of reading all of it, listed or not. */
	minutes: number;
}

/** The sections in the order of obligation; those with nothing in them are left out. */
export function sectionsOf(answer: AwayAnswer): Section[] {
	const { needs, acknowledge, decided, changed, worth, rest, minutes } = answer;
	const sections: Section[] = [
		{
			kind: "needs",
			minutes: minutes.needs,
			items: [
				...needs.map(
					({ topic, minutes, ...need }): Item => ({
						key: need.ask.id,
						topic,
						minutes,
						what: { kind: "need", ...need },
					}),
				),
				...acknowledge.map(
					({ ask, topic }): Item => ({ key: ask.id, topic, minutes: 0, what: { kind: "acknowledge", ask } }),
				),
			],
		},
		{
			kind: "decided",
			minutes: minutes.decided,
			items: decided.map(({ topic, minutes }) => ({ key: topic.id, topic, minutes, what: { kind: "decided" } })),
		},
		{
			kind: "changed",
			minutes: minutes.changed,
			items: changed.map(({ topic, ...change }, index) => ({
				key: topic.id,
				topic,
				minutes: shareOf(minutes.changed, index, changed.length),
				what: { kind: "changed", ...change },
			})),
		},
		{
			kind: "worth",
			minutes: minutes.worth,
			items: worth.map(({ topic, minutes, by }) => ({ key: topic.id, topic, minutes, what: { kind: "worth", by } })),
		},
		{
			kind: "rest",
			minutes: minutes.rest,
			items: rest.map(({ topic, minutes, outcome, posts }) => ({
				key: topic.id,
				topic,
				minutes,
				what: { kind: "rest", outcome, posts },
			})),
		},
	];
	return sections.filter(({ items }) => items.length > 0);
}

/** The server tells the minutes of this section as a whole: they are shared out, so that the parts make the sum. */
function shareOf(minutes: number, index: number, count: number): number {
	return Math.floor((minutes * (index + 1)) / count) - Math.floor((minutes * index) / count);
}

/** How deep a budget goes. */
export interface Depth {
	/** How many items of each section are worth the time, from its beginning. */
	shown: Record<SectionKind, number>;
	/** Of reading those. */
	minutes: number;
}

/**
 * What wants something from the person is always there, whatever it costs. The other sections are filled in their order for as
 * long as the budget lasts; the first item that is too long ends its section, not the ones after it.
 */
export function depthOf(sections: readonly Section[], budget: ReadingBudget): Depth {
	const shown: Depth["shown"] = { needs: 0, decided: 0, changed: 0, worth: 0, rest: 0 };
	let used = 0;
	for (const { kind, items } of sections) {
		for (const { minutes } of items) {
			if (kind !== "needs" && budget !== null && used + minutes > budget) break;
			used += minutes;
			shown[kind] += 1;
		}
	}
	return { shown, minutes: used };
}

/** Everything that Start walks through: what the budget reaches, in the order of the page. */
export function walkOf(sections: readonly Section[], { shown }: Depth): Item[] {
	return sections.flatMap(({ kind, items }) => items.slice(0, shown[kind]));
}

/** A time as the address has it and as the server takes it: from the first midnight to the one after the last day. */
export function instantsOf(
	days: { from: string; to: string },
	midnight: (date: string, later: number) => number,
): { from: Instant; to: Instant } {
	return {
		from: new Date(midnight(days.from, 0)).toISOString(),
		to: new Date(midnight(days.to, 1)).toISOString(),
	};
}
