/** What can be done with a person about the thread that is open or selected: ask them for a reply, pass an ask on to them. */
import ArrowLeftRight from "@lucide/svelte/icons/arrow-left-right";
import Flag from "@lucide/svelte/icons/flag";
import type { Command, CommandSource } from "$app/palette.svelte";
import { rank } from "$app/ranking";
import { router } from "$app/router.svelte";
import { asksOfTopic, client, type Member, row, rows } from "$data/index";
import { m } from "$paraglide/messages";
import { openAskDialog } from "../asks/ask-dialog";
import { askNext } from "../asks/next-ask";
import { isOwed } from "../asks/order";
import PassOnDialog from "../asks/PassOnDialog.svelte";
import { threadAddress } from "../threads/address";
import { readersOf } from "../threads/people";
import { localTime } from "./commands.svelte";

type About = NonNullable<ReturnType<NonNullable<CommandSource["about"]>>>;

/** More than this pushes the rest out of sight. */
const MOST = 4;

/** Those that fit what was typed, the best first; none while nothing is typed. */
export function personCommands(typed: string, { topic: id, ask }: About): Command[] {
	const topic = row("topics", id);
	const me = client.member;
	if (!typed || !topic || !me) return [];
	const readers = readersOf(topic).filter((member) => member.id !== me);
	const start = ask ?? ((member: Member) => begin(member));
	const begin = (member: Member) => {
		askNext(id, member.id);
		router.go(threadAddress(topic));
	};
	const asking = topic.state === "open" ? readers.map((member) => askCommand(member, () => start(member))) : [];
	return rank(typed, [...asking, ...passing(id, me, readers)]).slice(0, MOST);
}

function askCommand(member: Member, run: () => void): Command {
	const label = m.search_ask_person({ name: member.short_name });
	return { id: `ask ${member.id}`, label, detail: localTime(member), icon: Flag, keys: "a", run };
}

/** The ask of this thread that I owe, to each who could take it. */
function passing(topic: string, me: string, people: readonly Member[]): Command[] {
	const ask = rows(asksOfTopic, topic).find((each) => each.asked === me && isOwed(each));
	if (!ask) return [];
	return people
		.filter(({ id }) => id !== ask.asker)
		.map((member) => ({
			id: `pass ${member.id}`,
			label: m.search_pass_to_person({ name: member.short_name }),
			icon: ArrowLeftRight,
			keys: "p",
			run: () => openAskDialog(PassOnDialog, { ask, people, to: member.id }),
		}));
}
