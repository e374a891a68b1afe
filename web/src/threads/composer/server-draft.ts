/** A draft as the server keeps it, and what a composer makes of it: both ways, without losing words. */
import type { AskKind, Budget, DraftPlace, Id, ServerDraft, Silence } from "$data/types";
import type { KeptAsk } from "../../asks/ask-draft.svelte";

/** What a composer holds at one moment. */
export interface Written {
	place: DraftPlace;
	title: string | null;
	/** Markdown. */
	source: string;
	/** People and groups that were chosen; null while it goes to those who are suggested. */
	to: readonly Id[] | null;
	ask: KeptAsk | null;
	files: readonly Id[];
}

const isGroup = (id: Id) => id.startsWith("grp_");

/** The form of the ask as the server takes it: of several people the first; the others stand in the To line. */
export function askForm(ask: KeptAsk | null, id?: Id): Record<string, unknown> | null {
	const first = ask?.asked[0];
	if (!ask || !first) return null;
	const timed = ask.budget.kind !== "urgent" && ask.budget.kind !== "no_rush";
	return {
		...(id ? { id } : {}),
		kind: ask.kind,
		question: ask.question.replace(/\s+/g, " ").trim(),
		...(isGroup(first) ? { group: first } : { asked: first }),
		budget: ask.budget,
		...(timed && ask.silence && ask.silence.kind !== "remind" ? { silence: ask.silence } : {}),
	};
}

/** The ask of a draft, to go on with. */
export function askOf(form: Record<string, unknown> | null): KeptAsk | null {
	if (!form) return null;
	const { kind, question, asked, group, budget, silence } = form as {
		kind?: AskKind;
		question?: string;
		asked?: Id;
		group?: Id;
		budget?: Budget;
		silence?: Silence;
	};
	const whom = asked ?? group;
	return {
		kind: kind ?? "answer",
		question: question ?? "",
		touched: (question ?? "") !== "",
		asked: whom ? [whom] : [],
		budget: budget ?? { kind: "next_working_day" },
		timed: budget !== undefined,
		silence: silence ?? { kind: "remind" },
	};
}

/** Whether there is anything in it that one would miss. */
export const isWorth = ({ source, title, ask, files }: Pick<Written, "source" | "title" | "ask" | "files">): boolean =>
	source.trim() !== "" || (title ?? "").trim() !== "" || ask !== null || files.length > 0;

/** What a text was when both sides had the same, to find out later whether one of them was changed. */
export const sameText = (a: string, b: string): boolean => a.trim() === b.trim();

/**
 * How a draft on the server stands to what is written here. `id`, `version`, `base`: what both had last. `same`: nothing
 * newer is there. `take`: gone on with at once. `offer`: the person may go on with it. `clash`: both were changed.
 */
export function standingOf(
	here: { source: string; worth: boolean; id: Id | null; version: number; base: string },
	there: Pick<ServerDraft, "id" | "version" | "device" | "source">,
	device: string,
): "same" | "take" | "offer" | "clash" {
	const mine = here.id === there.id;
	if (mine && (there.version <= here.version || there.device === device)) return "same";
	if (!here.worth) return there.device === device ? "take" : "offer";
	if (sameText(here.source, there.source)) return "take";
	// This device's own word of before it was closed, and what stands here goes on from it.
	if (here.id === null && there.device === device && here.source.trim().startsWith(there.source.trim())) return "take";
	return mine && sameText(here.source, here.base) ? "offer" : "clash";
}
