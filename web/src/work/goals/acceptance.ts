/** Accepting what came out of a task, and sending it back. */
import { type Ask, type Id, mutate, type Post, type Row, row, snippet, type TaskPage } from "$data/index";
import { m } from "$paraglide/messages";
import { openAskDialog } from "../../asks/ask-dialog";
import { look } from "../../asks/look.svelte";
import { nameOf } from "../../asks/sentences";
import { tellSaved } from "../../settings/saved";
import { plain } from "../make-task";
import { keyOf } from "../moves";

/** The task that an ask wants accepted; also where the ask was passed on. */
export function acceptedBy(ask: Pick<Ask, "id" | "topic" | "passed_from">): Row<"tasks"> | undefined {
	const task = row("tasks", ask.topic);
	if (task?.acceptance?.state !== "asked" || !task.acceptance.ask) return undefined;
	let of: Pick<Ask, "id" | "passed_from"> | undefined = ask;
	for (let hands = 0; of && hands < 20; hands++) {
		if (of.id === task.acceptance.ask) return task;
		of = of.passed_from ? row("asks", of.passed_from) : undefined;
	}
	return undefined;
}

/** Whether an ask wanted something accepted that is decided now: the card of it says how, not the ask. */
export function isDecided(ask: Pick<Ask, "id" | "passed_from">, acceptances: TaskPage["acceptances"]): boolean {
	const decided = new Set(acceptances.flatMap(({ ask, decided_at }) => (decided_at !== null && ask ? [ask] : [])));
	let of: Pick<Ask, "id" | "passed_from"> | undefined = ask;
	for (let hands = 0; of && hands < 20; hands++) {
		if (decided.has(of.id)) return true;
		of = of.passed_from ? row("asks", of.passed_from) : undefined;
	}
	return false;
}

/** Who can accept it now: the requester, or whoever they passed the ask on to. */
export function mayDecide(task: Row<"tasks">, me: Id): boolean {
	if (task.acceptance?.state !== "asked") return false;
	let ask = task.acceptance.ask ? row("asks", task.acceptance.ask) : undefined;
	for (let hands = 0; ask?.passed_to && hands < 20; hands++) ask = row("asks", ask.passed_to);
	return task.requester === me || ask?.asked === me;
}

export function accept(task: Row<"tasks">): void {
	const accepted = mutate("task.accept", { task: task.id, project: task.project, note: "" });
	tellSaved(accepted, m.goals_accepted_told({ key: keyOf(task) }), { undo: null });
}

/** Opens the field for the reason. */
export async function sendBack(task: Row<"tasks">): Promise<void> {
	const { default: SendBackDialog } = await import("./SendBackDialog.svelte");
	openAskDialog(SendBackDialog, { task });
}

/** Where a task stands that is sent back, until the server says. */
export function openStage(task: Row<"tasks">): Id {
	const stages = row("projects", task.project)?.stages ?? [];
	return stages.find(({ kind }) => kind === "open")?.id ?? task.stage;
}

/** Where a task stands that is done. */
export function doneStage(task: Row<"tasks">): Id {
	const stages = row("projects", task.project)?.stages ?? [];
	const here = stages.find(({ id }) => id === task.stage);
	return here?.kind === "done" ? here.id : (stages.find(({ kind }) => kind === "done")?.id ?? task.stage);
}

/** A post that shows the result, in one line: "Yuki: the map opens in flight mode". */
export function evidenceText({ author, source, files }: Pick<Post, "author" | "source" | "files">): string {
	return m.goals_post_of({ name: nameOf(author, look()), text: snippet(plain(source)) || (files[0]?.name ?? "") });
}

export const requesterOf = (task: Row<"tasks">): string => nameOf(task.requester, look());
