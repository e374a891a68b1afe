/** The sentence of a card about the ask that waits on it. */
import { type Ask, row } from "$data/index";
import { clock, daysBetween, type TimeStyle, weekdayClock } from "$design/time";
import { m } from "$paraglide/messages";
import { askedName, type Look, placeOf, whenText } from "../asks/sentences";

/** "Waiting for Camila: A or B, by 11:30 today"; "Inês reviews by Wed 12:00 in Lisbon". */
export function askLine(ask: Ask, look: Look): string {
	const name = ask.asked === look.me ? m.work_you() : askedName(ask, look);
	const at = ask.promised_at ?? ask.due_at;
	const when = at ? theirWhen(at, ask, look) : "";
	if (ask.kind === "review" && ask.asked !== look.me)
		return when ? m.work_reviews_by({ name, when }) : m.work_reviews({ name });
	const question = ask.question.trim().replace(/[.?!。？！]+$/u, "");
	return when ? m.work_waiting_by({ name, question, when }) : m.work_waiting({ name, question });
}

/** On the clock of whoever is asked. */
function theirWhen(at: string, ask: Ask, look: Look): string {
	const { zone, place } = placeOf(ask.asked, look);
	if (!zone || !place || zone === look.style.zone || ask.asked === look.me) return whenText(at, look);
	const there: TimeStyle = { ...look.style, zone };
	const time = Math.abs(daysBetween(look.now, at, there)) < 1 ? clock(at, there) : weekdayClock(at, there);
	return m.work_in_place({ when: time, place });
}

/** Why the owner cannot see the task any more; empty while they can. Reactive. */
export function ownerGone(owner: string, space: string): string {
	const member = row("members", owner);
	if (!member) return "";
	if (member.state === "removed") return m.work_owner_left({ name: member.short_name });
	const there = row("space_members", `${space}/${owner}`) !== undefined;
	const open = row("spaces", space)?.visibility !== "private" && member.role !== "guest";
	return there || open ? "" : m.work_owner_cannot_see({ name: member.short_name });
}
