/** What the command palette finds: people with their local time, and on the server titles and posts. */

import ChartNoAxesColumn from "@lucide/svelte/icons/chart-no-axes-column";
import MessageSquareText from "@lucide/svelte/icons/message-square-text";
import { type Command, palette, useCommands } from "$app/palette.svelte";
import { session } from "$app/session.svelte";
import { client, loadSearch, type Member, membersByState, row, rows, type SearchHit } from "$data/index";
import { now } from "$design/now.svelte";
import { clockIn, rowTime } from "$design/time";
import { timeStyle } from "$design/time-style.svelte";
import { m } from "$paraglide/messages";
import { placeText, stateText } from "../asks/person-words";
import { threadAddress } from "../threads/address";
import { plainText } from "./excerpt";

/** As many results as fit under the commands. */
const MOST = 6;

/** Adds people to the palette and gives it its search. Call it while the shell is set up. */
export function useSearchCommands(): void {
	palette.searchWith(find);
	useCommands({
		kind: "person",
		commands: () =>
			rows(membersByState, "active")
				.filter((member) => member.id !== session.me?.id)
				.map(personCommand),
	});
	useCommands({
		kind: "place",
		commands: () => [
			{ id: "go /direct", label: m.spaces_direct_title(), href: "/direct", icon: MessageSquareText },
			{ id: "go /results", label: m.goals_results(), href: "/results", icon: ChartNoAxesColumn },
		],
	});
}

function personCommand(member: Member): Command {
	return {
		id: `person ${member.id}`,
		label: member.name,
		detail: localTime(member),
		href: `/people/${encodeURIComponent(member.slug)}`,
		person: { id: member.id, name: member.name, picture: member.picture },
	};
}

/** "23:20 in Tokyo. Yuki starts Wed 09:30 (19:30 your time)". */
export function localTime(member: Member): string {
	const { zone } = member.schedule;
	const state = stateText(member, now.minute, timeStyle);
	const place = placeText(member);
	return zone && place ? m.search_person_time({ clock: clockIn(now.minute, zone, place, timeStyle), state }) : state;
}

async function find(query: string, signal: AbortSignal): Promise<readonly Command[]> {
	if (client.live === "offline") throw new Error("The server cannot be reached.");
	const { items } = await loadSearch(query, undefined, signal);
	return firstOfEach(items).slice(0, MOST).map(hitCommand);
}

/** A thread that is found by its title and by its posts is one line: that of the title, which comes first. */
function firstOfEach(hits: readonly SearchHit[]): SearchHit[] {
	const titles = new Set(hits.filter((hit) => hit.kind === "topic").map((hit) => hit.topic.id));
	const posts = hits.filter((hit) => hit.kind === "post" && !titles.has(hit.topic.id));
	return [...hits.filter((hit) => hit.kind === "topic"), ...posts];
}

function hitCommand(hit: SearchHit): Command {
	const space = hit.topic.space ? row("spaces", hit.topic.space)?.name : m.spaces_direct();
	return {
		id: `thread ${hit.topic.code} ${hit.post_no ?? ""}`,
		label: hit.topic.title,
		detail: hit.kind === "post" ? plainText(hit.excerpt_html) : undefined,
		aside: space ?? rowTime(hit.at, now.minute, timeStyle),
		icon: MessageSquareText,
		href: threadAddress(hit.topic, hit.post_no ?? undefined),
	};
}
