/** The data layer as screens use it. What each part promises is in README.md of this folder. */
import { Client, type Mutation } from "./client";
import type { Arguments, OperationName } from "./operations";
import type { View } from "./store";
import type { Row, TableName } from "./types";

export const client = new Client();

let started: Promise<Client> | undefined;

/** Starts once, at the first call. Resolves when there is something to paint. */
export function start(): Promise<Client> {
	started ??= client.start().then(() => client);
	return started;
}

/** One row as the screen shows it; reactive. */
export function row<T extends TableName>(table: T, id: string): Row<T> | undefined {
	return client.store.row(table, id);
}

/** The ids of a group of a view, in order; reactive to the list, not to its rows. */
export function list<T extends TableName>(view: View<T>, group: string): readonly string[] {
	return client.store.list(view, group);
}

/** The rows of a group of a view, in order; reactive to the list and its rows. */
export function rows<T extends TableName>(view: View<T>, group: string): Row<T>[] {
	return client.store.rows(view, group);
}

/** Does something, shown at once and sent when there is a network. */
export function mutate<N extends OperationName>(name: N, args: Arguments[N], options?: { draft?: string }): Mutation {
	return client.mutate(name, args, options);
}

export const api = client.api;
export const drafts = client.drafts;

export const loadMe = () => client.lookAtMe();
export const loadInbox = client.reads.inbox.bind(client.reads);
export const loadTopic = client.reads.topic.bind(client.reads);
export const loadPosts = client.reads.posts.bind(client.reads);
export const loadSpace = client.reads.space.bind(client.reads);
export const loadSpaces = client.reads.spaces.bind(client.reads);
export const loadSpaceTopics = client.reads.spaceTopics.bind(client.reads);
export const loadDirect = client.reads.direct.bind(client.reads);
export const loadLaterChoices = client.reads.laterChoices.bind(client.reads);
export const loadMembers = client.reads.members.bind(client.reads);
export const loadMember = client.reads.member.bind(client.reads);
export const loadAsks = client.reads.asks.bind(client.reads);
export const loadDelivery = client.reads.delivery.bind(client.reads);
export const loadGroups = client.reads.groups.bind(client.reads);
export const loadDrafts = client.reads.drafts.bind(client.reads);
export const loadHolidays = client.reads.holidays.bind(client.reads);
export const loadAway = client.reads.away.bind(client.reads);
export const loadTeamTime = client.reads.teamTime.bind(client.reads);
export const loadTouches = client.reads.touches.bind(client.reads);
export const loadUrgent = client.reads.urgent.bind(client.reads);
export const loadProjects = client.reads.projects.bind(client.reads);
export const loadBoard = client.reads.board.bind(client.reads);
export const loadTask = client.reads.task.bind(client.reads);
export const loadGoal = client.reads.goal.bind(client.reads);
export const loadGoals = client.reads.goals.bind(client.reads);
export const loadMadeTasks = client.reads.madeTasks.bind(client.reads);
export const loadRhythm = client.reads.rhythm.bind(client.reads);
export const loadResults = client.reads.results.bind(client.reads);
export const loadHandoffs = client.reads.handoffs.bind(client.reads);
export const loadSignOff = client.reads.signOff.bind(client.reads);
export const loadQueue = client.reads.queue.bind(client.reads);
export const loadTouchedTasks = client.reads.touchedTasks.bind(client.reads);
export const loadWork = client.reads.work.bind(client.reads);
export const previewArrivals = client.reads.arrivals.bind(client.reads);
export const previewDeliveries = client.reads.comingDeliveries.bind(client.reads);
export const previewUrgent = client.reads.urgentGate.bind(client.reads);
export const loadSearch = client.reads.search.bind(client.reads);

export { Problem } from "./api";
export type { Client, Me, Mutation, SessionState, Waiting } from "./client";
export type { Draft, Refused, Storage } from "./idb";
export { newId } from "./ids";
export type { LiveStatus } from "./live";
export type { Arguments, GoalPatch, NewAsk, NewKeyResult, NewPost, OperationName, Spot, TaskPatch } from "./operations";
export { byPlace, placeBetween } from "./place";
export type { Reading, ReadingState } from "./reads";
export { remembered } from "./remembered";
export { snippet } from "./sketch";
export { defineView, type View } from "./store";
export type * from "./types";
export * from "./views";
