import type { Id, Role, Week } from "../types";
import { type Definitions, defined, previous, touchMember } from "./definition";

export interface MemberArguments {
	"member.patch": {
		id: Id;
		name?: string;
		short_name?: string;
		city?: string | null;
		role?: Role;
		/** Takes the picture away. To set one, the bytes are put to `/members/…/picture`. */
		picture?: null;
	};
	/** `null` clears it: the person's hours are then unknown. */
	"schedule.set": { member: Id; schedule: { zone: string; week: Week } | null };
	/** Local wall times. */
	"time_off.add": { id: Id; member: Id; from: string; to: string; cover?: Id | null; note?: string | null };
	"time_off.patch": { id: Id; member: Id; from?: string; to?: string; cover?: Id | null; note?: string | null };
	"time_off.remove": { id: Id; member: Id };
	/** From a file's text, at most 500 KB, or from an address that the server reads. */
	"holidays.set": { member: Id } & ({ name: string; ics: string } | { address: string });
	"holidays.remove": { member: Id };
	/** The same hours in another zone, from now to the end of the day `until` there. */
	"travel.set": { member: Id; zone: string; city: string; until: string };
	"travel.remove": { member: Id };
}

export const members: Definitions<MemberArguments> = {
	"member.patch": {
		request: ({ id, ...change }) => ({ method: "PATCH", path: `/members/${id}`, body: change }),
		lane: ({ id }) => id,
		apply(rows, { id, ...change }) {
			const member = rows.row("members", id);
			if (member) rows.put("members", { ...member, ...defined(change) });
		},
		inverse(rows, { picture: _, ...args }) {
			const member = rows.row("members", args.id);
			const back = member ? previous(args, member) : {};
			return Object.keys(back).length > 0 ? [{ name: "member.patch", args: { id: args.id, ...back } }] : [];
		},
		text: ({ name, city }) => [name, city].filter(Boolean).join("\n"),
	},
	"schedule.set": {
		request: ({ member, schedule }) => ({
			method: schedule ? "PUT" : "DELETE",
			path: `/members/${member}/schedule`,
			...(schedule ? { body: schedule } : {}),
		}),
		lane: ({ member }) => member,
		apply(rows, { member: id, schedule }) {
			const member = rows.row("members", id);
			if (!member) return;
			// The intervals are the server's to compute: those of the old hours stay until it answers.
			const time = schedule
				? { ...member.schedule, ...schedule }
				: { ...member.schedule, zone: null, week: null, working: [], working_until: null };
			rows.put("members", { ...member, schedule: time });
		},
		inverse(rows, { member }) {
			const { zone, week } = rows.row("members", member)?.schedule ?? {};
			return [{ name: "schedule.set", args: { member, schedule: zone && week ? { zone, week } : null } }];
		},
	},
	"time_off.add": {
		request: ({ member: _, ...off }) => ({ method: "POST", path: "/time-off", body: off }),
		lane: ({ member }) => member,
		creates: ({ id }) => [id],
		apply: (rows, { member }) => touchMember(rows, member),
		inverse: (_rows, { id, member }) => [{ name: "time_off.remove", args: { id, member } }],
		text: ({ note }) => note ?? "",
	},
	"time_off.patch": {
		request: ({ id, member: _, ...change }) => ({ method: "PATCH", path: `/time-off/${id}`, body: change }),
		lane: ({ member }) => member,
		uses: ({ id }) => [id],
		apply: (rows, { member }) => touchMember(rows, member),
		text: ({ note }) => note ?? "",
	},
	"time_off.remove": {
		request: ({ id }) => ({ method: "DELETE", path: `/time-off/${id}` }),
		lane: ({ member }) => member,
		uses: ({ id }) => [id],
		apply: (rows, { member }) => touchMember(rows, member),
	},
	"holidays.set": {
		request: ({ member: _, ...source }) => ({ method: "PUT", path: "/me/holidays", body: source }),
		lane: ({ member }) => member,
		apply: (rows, { member }) => touchMember(rows, member),
	},
	"holidays.remove": {
		request: () => ({ method: "DELETE", path: "/me/holidays" }),
		lane: ({ member }) => member,
		apply: (rows, { member }) => touchMember(rows, member),
	},
	"travel.set": {
		request: ({ member: _, ...place }) => ({ method: "PUT", path: "/me/travel", body: place }),
		lane: ({ member }) => member,
		apply: (rows, { member }) => touchMember(rows, member),
		inverse: (_rows, { member }) => [{ name: "travel.remove", args: { member } }],
	},
	"travel.remove": {
		request: () => ({ method: "DELETE", path: "/me/travel" }),
		lane: ({ member }) => member,
		apply: (rows, { member }) => touchMember(rows, member),
	},
};
