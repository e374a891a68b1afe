/** The words of one thing on the page for coming back: why it is there, and what it says. */
import type { Id } from "$data/types";
import { dayClock } from "$design/time";
import { m } from "$paraglide/messages";
import { countsUntil } from "../asks/order";
import { askTitle, type Look, nameOf } from "../asks/sentences";
import type { Item, SectionKind } from "./page";

export function sectionName(kind: SectionKind): string {
	switch (kind) {
		case "needs":
			return m.away_needs();
		case "decided":
			return m.away_decided();
		case "changed":
			return m.away_changed();
		case "worth":
			return m.away_worth();
		case "rest":
			return m.away_rest();
	}
}

/** The first line. */
export function titleOf({ topic, what }: Item, look: Look): string {
	return what.kind === "need" || what.kind === "acknowledge" ? askTitle(what.ask, look) : topic.title;
}

/** The line under it: what happened, and what it wants. */
export function detailOf({ topic, what }: Item, look: Look): string {
	switch (what.kind) {
		case "need":
			return needDetail(what, look);
		case "acknowledge":
			return m.away_acknowledge();
		case "decided":
			return topic.outcome_html ? plain(topic.outcome_html) : topic.snippet;
		case "changed":
			return changeDetail(what, look);
		case "worth":
			return m.away_chosen_by({ names: names(what.by, look) });
		case "rest":
			return what.outcome ? m.away_outcome({ outcome: what.outcome }) : topic.snippet;
	}
}

function needDetail(what: Extract<Item["what"], { kind: "need" }>, look: Look): string {
	const by = what.by ? nameOf(what.by, look) : "";
	switch (what.was) {
		case "answered_by_cover":
			return m.away_answered_by({ name: by });
		case "passed_to_cover":
			return m.away_with({ name: by });
		case "reclocked":
		case "open": {
			const due = countsUntil(what.ask);
			if (!due) return m.away_no_due();
			const time = dayClock(due, look.now, look.style);
			return what.was === "reclocked" ? m.away_reclocked({ time }) : m.away_due({ time });
		}
	}
}

function changeDetail(what: Extract<Item["what"], { kind: "changed" }>, look: Look): string {
	const name = what.by ? nameOf(what.by, look) : m.away_somebody();
	const time = dayClock(what.at, look.now, look.style);
	switch (what.what) {
		case "closed":
			return m.away_change_closed({ name, time });
		case "moved":
			return m.away_change_moved({ name, time });
		case "renamed":
			return m.away_change_renamed({ name, time });
		case "new_posts":
			return m.away_change_posts({ name, count: what.posts, time });
	}
}

/** The words of the server's HTML. */
function plain(html: string): string {
	return new DOMParser().parseFromString(html, "text/html").body.textContent?.trim() ?? "";
}

function names(people: readonly Id[], look: Look): string {
	return new Intl.ListFormat(look.style.language).format(people.map((id) => nameOf(id, look)));
}
