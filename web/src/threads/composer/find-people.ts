import type { Group, Member } from "$data/types";

/** Somebody who can be named or asked. */
export type Findable = Pick<Member, "id" | "name" | "short_name" | "slug">;

/** A group as somebody who can be named. */
export const asFindable = ({ id, name, slug }: Pick<Group, "id" | "name" | "slug">): Findable => ({
	id,
	name,
	short_name: name,
	slug,
});

/** The people whose names have a word that begins with the query, the nearest first: short name, then name. */
export function findPeople<P extends Findable>(query: string, people: readonly P[], most = 8): P[] {
	const wanted = plain(query);
	const ranked = people
		.map((person) => ({ person, rank: rankOf(person, wanted) }))
		.filter(({ rank }) => rank !== null)
		.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
	return ranked.slice(0, most).map(({ person }) => person);
}

function rankOf(person: Findable, wanted: string): number | null {
	if (!wanted) return 0;
	if (plain(person.short_name).startsWith(wanted)) return 0;
	const names = [person.short_name, person.name, person.slug].map(plain);
	if (names.some((name) => name.split(/[\s-]+/).some((word) => word.startsWith(wanted)))) return 1;
	return names.some((name) => name.includes(wanted)) ? 2 : null;
}

/** Lower case, without accents. */
const plain = (text: string) =>
	text
		.normalize("NFD")
		.replace(/\p{Mark}/gu, "")
		.replaceAll("ł", "l")
		.replaceAll("ø", "o")
		.toLowerCase();
