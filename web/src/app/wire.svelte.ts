/** Fills what the shell draws from what the data layer knows. The only file of the shell that reads data. */
import {
	client,
	loadInbox,
	loadSpaceTopics,
	type Member,
	postsOfTopic,
	row,
	rows,
	spacesOfMember,
	start,
	topicsOfSpace,
} from "$data/index";
import type { Hue } from "$design/hue";
import { now } from "$design/now.svelte";
import { countsUntil } from "../asks/order";
import { type Item, inboxOf, sectionOf } from "../inbox/places";
import { isNew, unread } from "../inbox/rule";
import { axisOf, spansOn, timeAt } from "../time/member-time";
import { chrome } from "./chrome.svelte";
import { type Day, type Me, type SessionState, type SpaceEntry, session } from "./session.svelte";

/** How many spaces are looked at when the person arrives, to say which have something new. */
const LOOKED_AT = 12;

/** Begins to follow the data layer, and starts it. Call once, before the first paint. */
export function wire(): void {
	session.signOut = signOut;
	$effect.root(() => {
		const me = $derived(client.member ? row("members", client.member) : undefined);
		const workspace = $derived(client.me ? row("workspaces", client.me.workspace) : undefined);
		const waiting = $derived(me ? sectionOf(inboxOf(me.id, now.minute).today, "waiting") : []);
		const here = $derived(client.session === "signed_in" && client.live === "live" ? client.member : undefined);
		$effect.pre(() => {
			session.state = stateOf();
		});
		$effect.pre(() => {
			session.online = client.live !== "offline";
			session.unsent = client.unsent;
		});
		$effect.pre(() => {
			session.workspace = workspace ? { id: workspace.id, name: workspace.name } : null;
		});
		$effect.pre(() => {
			session.me = me ? meOf(me) : null;
			session.day = me ? dayOf(me, duesOf(waiting)) : null;
			session.inboxCount = waiting.length;
		});
		$effect.pre(() => {
			session.spaces = me ? spacesOf(me.id) : [];
		});
		$effect(() => {
			if (here) void look(here).catch(() => {});
		});
	});
	void start();
}

/** When I owe an answer. */
function duesOf(waiting: readonly Item[]): string[] {
	return waiting.flatMap(({ ask, reason }) => (ask && reason === "asked" ? (countsUntil(ask) ?? []) : []));
}

function stateOf(): SessionState {
	switch (client.session) {
		case "starting":
			return "starting";
		case "signed_in":
			return "signed-in";
		default:
			return client.server?.needs_setup ? "setup" : "signed-out";
	}
}

function meOf(member: Member): Me {
	return {
		id: member.id,
		slug: member.slug,
		name: member.name,
		shortName: member.short_name,
		role: member.role,
		picture: member.picture,
		city: member.city ?? "",
		zone: member.schedule.zone,
	};
}

function spacesOf(me: string): SpaceEntry[] {
	return rows(spacesOfMember, me)
		.flatMap(({ space }) => row("spaces", space) ?? [])
		.filter((space) => space.archived_at === null)
		.sort((a, b) => a.name.localeCompare(b.name))
		.map(({ id, slug, name, hue }) => ({ id, slug, name, hue: hue as Hue, fresh: hasNews(id, me) }));
}

function hasNews(space: string, me: string): boolean {
	return rows(topicsOfSpace, space).some((topic) => {
		const posts = rows(postsOfTopic, topic.id);
		return isNew(topic, unread(topic, row("marks", topic.id) ?? null, me, posts), now.minute);
	});
}

function dayOf(me: Member, dues: readonly string[]): Day {
	const { schedule } = me;
	if (!schedule.zone || !schedule.week)
		return { working: [], marks: [], workingUntil: null, nextStart: null, focusUntil: null, known: false };
	const axis = axisOf(now.minute, schedule.zone);
	const time = timeAt(schedule, now.minute);
	const next = time.kind === "off" ? time.next : time.kind === "away" ? time.until : null;
	return {
		working: spansOn(schedule, axis),
		marks: dues
			.map((due) => (Date.parse(due) - axis.start) / 60_000)
			.filter((minute) => minute >= 0 && minute < axis.length),
		workingUntil: time.kind === "working" ? new Date(time.until).toISOString() : null,
		nextStart: next === null ? null : new Date(next).toISOString(),
		focusUntil: null,
		known: true,
	};
}

/** The inbox for its number, then the newest threads of each of my spaces for what is new there. */
async function look(me: string): Promise<void> {
	await loadInbox("today");
	for (const { space } of rows(spacesOfMember, me).slice(0, LOOKED_AT)) await loadSpaceTopics(space, { limit: 20 });
}

/** Asks first when something is unsent: it would stay on this device until the same person signs in again. */
async function signOut(): Promise<void> {
	if (!(await client.signOut())) chrome.signOutOpen = true;
}
