import type { Member, Row } from "$data/index";
import { readersOf } from "../threads/people";

/** Who can own a task of a project: everybody who sees its space, those who work on it first. */
export function peopleOf(project: Pick<Row<"projects">, "space" | "members">): Member[] {
	const readers = readersOf({ space: project.space, participants: [] });
	const works = (person: Member) => project.members.includes(person.id);
	return [...readers.filter(works), ...readers.filter((person) => !works(person))];
}
