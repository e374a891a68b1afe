/** Fills what the shell draws from what the data layer knows. The only file of the shell that reads data. */
import {
	client,
	loadAway,
	loadDrafts,
	loadInbox,
	loadSpaceTopics,
	type Member,
	mutate,
	postsOfTopic,
	row,
	rows,
	spacesOfMember,
	start,
	topicsOfSpace,
} from "$data/index";
import type { Hue } from "$design/hue";
import { now } from "$design/now.svelte";
import { clock } from "$design/time";
import { timeStyle } from "$design/time-style.svelte";
import { m } from "$paraglide/messages";
import { countsUntil } from "../asks/order";
import { focusUntil } from "../inbox/delivery";
import { focusEnds } from "../inbox/focus";
import { type Item, inboxOf, sectionOf } from "../inbox/places";
import { arrivedNo, isNew, unread } from "../inbox/rule";
import { tellSaved } from "../settings/saved";
import { axisOf, focusOn, spansOn, timeAt } from "../time/member-time";
import { chrome } from "./chrome.svelte";
import { silence } from "./push-here";
import { type Day, type Me, type SessionState, type SpaceEntry, session } from "./session.svelte";
import { update } from "./update.svelte";

/** How long before the end of a time off its page is fetched, in milliseconds. */
const AHEAD_OF_RETURN = 24 * 3_600_000;

/** How many spaces are looked at when the person arrives, to say which have something new. */
const LOOKED_AT = 12;

/** Begins to follow the data layer, and starts it. Call once, before the first paint. Resolves when there is something to paint. */
export async function wire(): Promise<void> {
	session.signOut = signOut;
	session.focus = focus;
	$effect.root(() => {
		const me = $derived(client.member ? row("members", client.member) : undefined);
		const workspace = $derived(client.me ? row("workspaces", client.me.workspace) : undefined);
		const waiting = $derived(me ? sectionOf(inboxOf(me.id, now.minute).today, "waiting") : []);
		const here = $derived(client.session === "signed_in" && client.live === "live" ? client.member : undefined);
		$effect.pre(() => now.correct(client.clockOffset));
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
			if (client.session === "signed_out") void silence();
		});
		$effect(() => {
			if (here) void look(here).catch(() => {});
		});
	});
	update.beforeTakeover(async () => {
		if (!(await client.settled())) throw new Error("Something is not on this device yet.");
	});
	await start();
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

/** Whether something new has arrived in a space. Of what I follow, only what a delivery brought: between them nothing changes here. */
function hasNews(space: string, me: string): boolean {
	const delivery = row("deliveries", me) ?? null;
	const minute = new Date(now.minute).toISOString();
	return rows(topicsOfSpace, space).some((topic) => {
		const mark = row("marks", topic.id) ?? null;
		const last_no = mark?.following ? arrivedNo({ now: minute, topic, mark, delivery }) : topic.last_no;
		return isNew(topic, unread({ last_no }, mark, me, rows(postsOfTopic, topic.id)), now.minute);
	});
}

function dayOf(me: Member, dues: readonly string[]): Day {
	const { schedule } = me;
	if (!schedule.zone || !schedule.week)
		return {
			working: [],
			focus: [],
			marks: [],
			workingUntil: null,
			nextStart: null,
			focusUntil: null,
			focusEnds: [],
			focusByHand: false,
			known: false,
		};
	const axis = axisOf(now.minute, schedule.zone);
	const time = timeAt(schedule, now.minute);
	const delivery = row("deliveries", me.id);
	const until = focusUntil(schedule, delivery, now.minute);
	const byHand = delivery?.focus_until ? Date.parse(delivery.focus_until) > now.minute : false;
	const next = time.kind === "off" || time.kind === "holiday" ? time.next : time.kind === "away" ? time.back : null;
	return {
		working: spansOn(schedule, axis),
		focus: focusOn(schedule, axis),
		// Two at once are one dot.
		marks: [...new Set(dues.map((due) => (Date.parse(due) - axis.start) / 60_000))].filter(
			(minute) => minute >= 0 && minute < axis.length,
		),
		workingUntil: time.kind === "working" ? new Date(time.until).toISOString() : null,
		nextStart: next === null ? null : new Date(next).toISOString(),
		focusUntil: until === null ? null : new Date(until).toISOString(),
		focusEnds:
			until === null && delivery ? focusEnds(schedule, now.minute).map((end) => new Date(end).toISOString()) : [],
		focusByHand: byHand,
		known: true,
	};
}

function focus(until: string | null): void {
	const member = client.member;
	if (!member) return;
	const words = until === null ? m.app_focus_ended() : m.app_focus_begun({ time: clock(until, timeStyle) });
	tellSaved(mutate("delivery.set", { member, focus_until: until }), words);
}

/**
 * The inbox for its number and my drafts, then the newest threads of each of my spaces for what is new there, then the
 * posts of what I follow, for when there is no network.
 */
async function look(me: string): Promise<void> {
	await loadInbox("today");
	void loadDrafts();
	for (const { space } of rows(spacesOfMember, me).slice(0, LOOKED_AT)) await loadSpaceTopics(space, { limit: 20 });
	if (comingBack(me)) void loadAway();
	await client.reads.followedAhead();
}

/** Whether the page for coming back is due, or will be within a day. */
function comingBack(me: string): boolean {
	if (row("deliveries", me)?.came_back) return true;
	const time = row("members", me)?.schedule;
	const present = time && timeAt(time, now.minute);
	return present?.kind === "away" && present.until - now.minute < AHEAD_OF_RETURN;
}

/** Asks first when something is unsent: it would stay on this device until the same person signs in again. */
async function signOut(): Promise<void> {
	if (!(await client.signOut())) chrome.signOutOpen = true;
}
