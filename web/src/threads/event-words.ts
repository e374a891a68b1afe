/** What was done, in the reader's words: a post that has an event says it in place of, or before, its text. */
import type { PostEvent } from "$data/index";
import { m } from "$paraglide/messages";
import { type Look, nameOf } from "../asks/sentences";

/** "Rafael gave this task to Yuki." A verb that this client does not know is said plainly. */
export function eventText({ verb, from, to }: PostEvent, name: string, look: Look): string {
	switch (verb) {
		case "task.assigned":
			return to
				? m.threads_event_assigned({ name, to: nameOf(to, look) })
				: m.threads_event_let_go({ name, from: nameOf(from, look) });
		case "task.handed_over":
			return m.threads_event_handed_over({ name, to: nameOf(to, look) });
		case "task.handoff_offered":
			return m.threads_event_offered({ name, to: nameOf(to, look) });
		case "task.handoff_accepted":
			return m.threads_event_accepted({ name, to: nameOf(to, look) });
		case "task.handoff_returned":
			return m.threads_event_returned({ name, to: nameOf(to, look) });
		case "task.handoff_lapsed":
			return m.threads_event_lapsed({ name, to: nameOf(to, look) });
		case "task.handoff_taken_back":
			return m.threads_event_taken_back({ name, to: nameOf(to, look) });
		case "task.queue_passed":
			return m.threads_event_queue({ from: from ? nameOf(from, look) : name, to: nameOf(to, look) });
		case "task.accepted":
			return m.goals_event_accepted({ name });
		case "task.sent_back":
			return m.goals_event_sent_back({ name });
		default:
			return m.threads_event_other({ name });
	}
}
