import { expect, it } from "vitest";
import type { Draft } from "$data/idb";
import type { ServerDraft, Topic } from "$data/types";
import { type AtHand, listed } from "./draft-places";

const topic = { id: "top_1", code: "k3qf7", title: "Route without a signal" } as Topic;
const rows: AtHand = { topic: (id) => (id === "top_1" ? topic : undefined), post: () => undefined };

const local = (key: string, at: string, more?: Draft["more"]): Draft => ({ key, source: `Text of ${key}`, more, at });
const server = (id: string, change: Partial<ServerDraft> = {}): ServerDraft => ({
	id,
	place: { kind: "topic", topic: "top_1" },
	title: null,
	source: `Text of ${id}`,
	to: [],
	ask: null,
	files: [],
	version: 1,
	device: "phone:x",
	changed_at: "2025-10-14T10:00:00Z",
	send_at: null,
	send_when: null,
	problem: null,
	...change,
});

it("lists a text once, whether it is here, there or on both", () => {
	const here = [
		local("topic:top_1", "2025-10-14T12:00:00Z", { tie: { id: "drf_1" } }),
		local("new", "2025-10-14T08:00:00Z", { extra: { title: "Refunds" } }),
	];
	const there = [server("drf_1"), server("drf_2", { place: { kind: "new", space: null }, title: "Tiles" })];
	expect(listed(here, there, rows).map(({ key, title, href }) => ({ key, title, href }))).toEqual([
		{ key: "topic:top_1", title: "Route without a signal", href: "/thread/k3qf7-route-without-a-signal" },
		{ key: "drf_2", title: "Tiles", href: "/new" },
		{ key: "new", title: "Refunds", href: "/new" },
	]);
});

it("leaves out what cannot be gone on with here, but never what the server has", () => {
	expect(listed([local("edit:pst_9", "2025-10-14T12:00:00Z")], [], rows)).toEqual([]);
	const elsewhere = server("drf_3", { place: { kind: "topic", topic: "top_9" } });
	expect(listed([], [elsewhere], rows)[0]).toMatchObject({ href: "/thread/top_9", source: "Text of drf_3" });
});
