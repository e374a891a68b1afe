import { type Id, type Member, membersByState, membersOfSpace, row, rows, type Topic } from "$data/index";

/** The active members who can read a topic, me among them. Reactive. */
export function readersOf(topic: Pick<Topic, "space" | "participants">): Member[] {
	const active = rows(membersByState, "active");
	if (!topic.space) return active.filter((member) => topic.participants.includes(member.id));
	const space = row("spaces", topic.space);
	const inside = new Set(rows(membersOfSpace, topic.space).map((each) => each.member));
	const open = space?.visibility !== "private";
	// In an open space everybody but guests may read; its own members come first.
	const may = active.filter((member) => inside.has(member.id) || (open && member.role !== "guest"));
	return may.toSorted((a, b) => Number(inside.has(b.id)) - Number(inside.has(a.id)));
}

/** The last few people who wrote, other than me: whom a reply is for unless one says otherwise. */
export function recentAuthors(posts: readonly { author: Id }[], me: Id, isReader: (id: Id) => boolean, most = 3): Id[] {
	const found: Id[] = [];
	for (const { author } of posts.slice(-12).toReversed())
		if (author !== me && isReader(author) && !found.includes(author) && found.length < most) found.push(author);
	return found;
}

/** Who of a group could take an ask of mine: its active members, without me. Reactive. */
export function takersOfGroup(group: Id, me: Id): Id[] {
	const members = row("groups", group)?.members ?? [];
	return members.filter((member) => member !== me && row("members", member)?.state === "active");
}
