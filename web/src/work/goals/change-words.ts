/** What changed about a goal, in words. */
import type { GoalChange } from "$data/index";
import { m } from "$paraglide/messages";

interface Naming {
	person: (id: string) => string;
	/** A date, "2026-12-18", as people read it. */
	day: (date: string) => string;
}

/** "Rafael changed the day: 18 December to 15 January". What this client does not know is said plainly. */
export function changeText({ what, name: result, from, to, by }: GoalChange, { person, day }: Naming): string {
	const name = person(by);
	const someone = (id: string) => (id ? person(id) : m.goals_nobody());
	const when = (date: string) => (date ? day(date) : m.goals_no_day());
	switch (what) {
		case "made":
			return m.goals_change_made({ name });
		case "title":
			return m.goals_change_title({ name, from });
		case "measure":
			return m.goals_change_measure({ name });
		case "owner":
			return m.goals_change_owner({ name, from: someone(from), to: someone(to) });
		case "target_date":
			return m.goals_change_target({ name, from: when(from), to: when(to) });
		case "state":
			if (to === "reached") return m.goals_change_reached({ name });
			return to === "dropped" ? m.goals_change_dropped({ name }) : m.goals_change_open({ name });
		case "parts":
			return m.goals_change_parts({ name });
		case "result":
			return m.goals_change_result({ name, result, to: to === "done" ? m.goals_is_done() : to || "–" });
		case "result_added":
			return m.goals_change_result_added({ name, result });
		case "result_removed":
			return m.goals_change_result_removed({ name, result });
		case "line":
			return m.goals_change_line({ name, to });
		default:
			return m.goals_change_other({ name });
	}
}
