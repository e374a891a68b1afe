/** Rules in words: "When a task comes into In review: ask Jonas for a review". */
import type { Project } from "$data/index";
import type { Rule, RuleAction, Template, Whom } from "$data/rhythm-types";
import { m } from "$paraglide/messages";

interface Known {
	project: Pick<Project, "stages" | "labels">;
	templates: readonly Template[];
	name: (member: string) => string;
}

export function ruleText(rule: Pick<Rule, "when" | "stage" | "label" | "action">, known: Known): string {
	return m.work_rule_says({ when: whenText(rule, known), action: thenText(rule.action, known) });
}

function whenText({ when, stage, label }: Pick<Rule, "when" | "stage" | "label">, { project }: Known): string {
	if (when === "moved") return m.work_when_moved({ stage: nameIn(project.stages, stage) });
	if (when === "labelled") return m.work_when_labelled({ label: nameIn(project.labels, label) });
	return m.work_happens({ when });
}

function thenText(action: RuleAction, { project, templates, name }: Known): string {
	const text = action.text ?? "";
	const whom = whomText(action.whom, action.member, name);
	switch (action.does) {
		case "ask":
			return m.work_then_ask({ name: whom, what: m.work_ask_for({ kind: action.kind ?? "answer" }), text });
		case "assign":
			return action.whom === "nobody" ? m.work_then_free() : m.work_then_assign({ name: whom });
		case "move":
			return m.work_then_move({ stage: nameIn(project.stages, action.stage) });
		case "add_label":
			return m.work_then_add_label({ label: nameIn(project.labels, action.label) });
		case "remove_label":
			return m.work_then_remove_label({ label: nameIn(project.labels, action.label) });
		case "set_due":
			return m.work_then_due({ count: action.days ?? 1 });
		case "add_step":
			return m.work_then_step({ text });
		case "post":
			return m.work_then_post({ text: text.length > 60 ? `${text.slice(0, 60)}…` : text });
		case "make_task":
			return m.work_then_make({ name: nameIn(templates, action.template) });
		case "archive":
			return m.work_then_archive();
	}
}

function whomText(whom: Whom | null, member: string | null, name: (member: string) => string): string {
	if (whom === "owner") return m.work_its_owner();
	if (whom === "requester") return m.work_its_requester();
	return member ? name(member) : m.work_gone();
}

const nameIn = (all: readonly { id: string; name: string }[], id: string | null) =>
	all.find((each) => each.id === id)?.name ?? m.work_gone();
