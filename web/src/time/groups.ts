/** People by the part of the world that they work in, or by their city. */
import type { Member } from "$data/types";
import { offsetMinutes } from "$design/time";
import { m } from "$paraglide/messages";
import { cityOfZone, isZone, WORLDS, type World, worldOf } from "./zones";

/** `unknown`: people who have set no zone. */
export interface Group<M> {
	world: World | "unknown";
	members: M[];
}

type Placed = Pick<Member, "name"> & { schedule: Pick<Member["schedule"], "zone"> };

/** From west to east; within a part of the world likewise, then by name. Groups without people are left out. */
export function groupsByWorld<M extends Placed>(members: readonly M[], at: number): Group<M>[] {
	const worlds = [...WORLDS, "unknown"] as const;
	return worlds
		.map((world) => ({ world, members: members.filter((member) => whereOf(member) === world).sort(westFirst(at)) }))
		.filter((group) => group.members.length > 0);
}

function whereOf({ schedule }: Placed): World | "unknown" {
	return schedule.zone && isZone(schedule.zone) ? worldOf(schedule.zone) : "unknown";
}

function westFirst(at: number): (a: Placed, b: Placed) => number {
	const offset = ({ schedule }: Placed) =>
		schedule.zone && isZone(schedule.zone) ? offsetMinutes(at, schedule.zone) : 0;
	return (a, b) => offset(a) - offset(b) || a.name.localeCompare(b.name);
}

const WORDS: Record<World | "unknown", () => string> = {
	americas: m.time_americas,
	europe: m.time_europe,
	africa: m.time_africa,
	asia: m.time_asia,
	oceania: m.time_oceania,
	elsewhere: m.time_elsewhere,
	unknown: m.time_no_zone,
};

export function nameOfGroup(world: World | "unknown"): string {
	return WORDS[world]();
}

/** People of one city. */
export interface CityGroup<P> {
	/** The same for as long as the place is. */
	key: string;
	city: string;
	zone: string | null;
	people: P[];
}

/**
 * People by the city that they name, else by the one that names their zone; from west to east, those without a zone last. One
 * city is one group only where its clocks agree.
 */
export function groupsByCity<P extends { member: Placed & Pick<Member, "city"> }>(
	people: readonly P[],
	at: number,
): CityGroup<P>[] {
	const groups = new Map<string, CityGroup<P>>();
	for (const person of people) {
		const { schedule, city: named } = person.member;
		const zone = schedule.zone && isZone(schedule.zone) ? schedule.zone : null;
		const city = named || (zone ? cityOfZone(zone) : "");
		const key = `${city} ${zone ?? ""}`;
		const group = groups.get(key) ?? { key, city, zone, people: [] };
		group.people.push(person);
		groups.set(key, group);
	}
	const offset = ({ zone }: CityGroup<P>) => (zone ? offsetMinutes(at, zone) : Number.POSITIVE_INFINITY);
	for (const { people } of groups.values()) people.sort((a, b) => a.member.name.localeCompare(b.member.name));
	return [...groups.values()].sort((a, b) => {
		const [west, east] = [offset(a), offset(b)];
		return west === east ? a.city.localeCompare(b.city) : west - east;
	});
}
