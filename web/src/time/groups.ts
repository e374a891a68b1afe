/** People by the part of the world that they work in. */
import type { Member } from "$data/types";
import { offsetMinutes } from "$design/time";
import { m } from "$paraglide/messages";
import { isZone, WORLDS, type World, worldOf } from "./zones";

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
