/** What somebody needs to know to go on with a task: its parts, and a draft of it from what was done today. */
import { type Baton, type Handoff, handoffsOfTask, type Id, list, type Row, row, type SignOffItem } from "$data/index";
import { m } from "$paraglide/messages";
import { type Look, nameOf } from "../asks/sentences";

export type Part = keyof Baton;

/** In the order in which they are written and read. */
export const PARTS: readonly Part[] = ["state", "next_action", "open_questions", "do_not_touch", "authority", "links"];

/** The parts that are asked for only when somebody wants to say more. */
export const MORE: readonly Part[] = PARTS.slice(2);

export const emptyBaton = (): Baton => ({
	state: "",
	next_action: "",
	open_questions: "",
	do_not_touch: "",
	links: "",
	authority: "",
});

export function partLabel(part: Part): string {
	switch (part) {
		case "state":
			return m.work_baton_state();
		case "next_action":
			return m.work_baton_next();
		case "open_questions":
			return m.work_baton_questions();
		case "do_not_touch":
			return m.work_baton_leave();
		case "links":
			return m.work_baton_links();
		case "authority":
			return m.work_baton_authority();
	}
}

/** Whether it says what is done or what is next: one of them is needed. */
export const saysEnough = (baton: Pick<Baton, "state" | "next_action">): boolean =>
	baton.state.trim() !== "" || baton.next_action.trim() !== "";

/** The parts that say something. */
export const saidParts = (baton: Baton): Part[] => PARTS.filter((part) => baton[part].trim() !== "");

/** The same without spaces around, and without parts that say nothing. */
export function sentBaton(baton: Baton): Partial<Baton> {
	return Object.fromEntries(saidParts(baton).map((part) => [part, baton[part].trim()]));
}

/** What a person would write from what they did today. */
export function draftOf({ today }: Pick<SignOffItem, "today">, look: Look): Baton {
	const done = [
		...today.steps.map((step) => m.work_draft_step({ step })),
		...today.moves.slice(-1).map(({ to }) => m.work_draft_moved({ stage: to })),
		...today.posts.map((post) => m.work_draft_said({ words: post })),
	];
	const questions = today.asks.map(({ question, asked }) =>
		asked ? m.work_draft_question({ question, name: nameOf(asked, look) }) : question,
	);
	return {
		...emptyBaton(),
		state: listed(done),
		next_action: today.next_step ?? "",
		open_questions: listed(questions),
	};
}

/** One line as it is, several as a list. */
function listed(lines: readonly string[]): string {
	return lines.length < 2 ? (lines[0] ?? "") : lines.map((line) => `- ${line}`).join("\n");
}

/** The offer of a task that waits. */
export function openOffer(task: Id): Row<"handoffs"> | undefined {
	return list(handoffsOfTask, task)
		.map((id) => row("handoffs", id))
		.find((handoff) => handoff?.state === "offered");
}

/** What whoever has the task was given: the newest handoff that was accepted and says something. */
export function lastBaton(task: Pick<Row<"tasks">, "id" | "owner">): Row<"handoffs"> | undefined {
	return list(handoffsOfTask, task.id)
		.map((id) => row("handoffs", id))
		.filter((handoff): handoff is Row<"handoffs"> => handoff?.state === "accepted")
		.toSorted((a, b) => Date.parse(b.settled_at ?? b.offered_at) - Date.parse(a.settled_at ?? a.offered_at))
		.find((handoff) => handoff.to === task.owner && saidParts(handoff.baton).length > 0);
}

/** Whether an offer has reached me: it comes with a delivery, as its post does. */
export function hasArrived(handoff: Pick<Handoff, "task" | "no">): boolean {
	return handoff.no === null || (row("marks", handoff.task)?.delivered_no ?? 0) >= handoff.no;
}
