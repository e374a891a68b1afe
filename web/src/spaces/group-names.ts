/** Which names a group cannot have, because a reader would take them for somebody else. */
import type { Member } from "$data/index";

/** What people write for everybody, in the languages of the product. */
const EVERYBODY = new Set([
	"all",
	"channel",
	"everybody",
	"everyone",
	"here",
	"todos",
	"todas",
	"toda la gente",
	"toda a gente",
]);

/** Why a group cannot be called so; null when it can. `taken`: the names of the other groups. */
export function wrongName(
	name: string,
	taken: readonly string[],
	people: readonly Pick<Member, "name" | "short_name">[],
): "taken" | "everybody" | "person" | null {
	const wanted = folded(name);
	if (taken.some((other) => folded(other) === wanted)) return "taken";
	if (EVERYBODY.has(wanted)) return "everybody";
	return people.some((person) => folded(person.name) === wanted || folded(person.short_name) === wanted)
		? "person"
		: null;
}

const folded = (text: string) => text.replace(/^@/, "").replace(/\s+/g, " ").trim().toLocaleLowerCase();
