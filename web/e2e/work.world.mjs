// The board of the design's mock-ups on the sample workspace, made through the public API as a person at a browser.
import { randomBytes } from "node:crypto";
import { NOW, PASSWORD, signIn } from "./tour.mjs";
import { eventually, person, startServer } from "./world.mjs";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
let last = 0n;

/** A new id, as the client makes them: ascending. */
export function newId(prefix) {
	const tick = BigInt(Date.now()) << 12n;
	last = tick > last ? tick : last + 1n;
	const random = BigInt(`0x${randomBytes(8).toString("hex")}`) >> 2n;
	let bits = ((last >> 12n) << 80n) | (7n << 76n) | ((last & 0xfffn) << 64n) | (2n << 62n) | random;
	let text = "";
	for (let digit = 0; digit < 26; digit++) {
		text = ALPHABET[Number(bits & 31n)] + text;
		bits >>= 5n;
	}
	return `${prefix}_${text}`;
}

/**
 * A workspace of its own with the sample. `enter` lets somebody in at a browser and answers their page; `people` has everybody
 * who is in. All of it goes with the test.
 */
export async function sample(t, browser) {
	const server = await startServer({ clock: NOW, sample: PASSWORD });
	const people = {};
	const enter = async (who, zone, options = {}) => {
		people[who] = await person(browser, server, { zone, clock: NOW, ...options });
		await signIn(people[who].page, who);
		return people[who].page;
	};
	t.after(async () => {
		for (const { close } of Object.values(people)) await close();
		await server.stop();
	});
	return { server, people, enter };
}

/** All that was done on that page is at the server. */
export const sent = (page) => eventually(async () => (await page.locator("[data-pending]").count()) === 0);

/** Asks the server as whoever is signed in on that page. Throws what it refuses. */
export async function call(page, method, path, body) {
	const { status, text } = await page.evaluate(
		async ([method, path, body, key]) => {
			const answer = await fetch(`/api/v1${path}`, {
				method,
				headers: { "content-type": "application/json", ...(method === "GET" ? {} : { "idempotency-key": key }) },
				body: body === undefined ? undefined : JSON.stringify(body),
			});
			return { status: answer.status, text: await answer.text() };
		},
		[method, path, body, newId("op")],
	);
	if (status >= 400) throw Object.assign(new Error(`${method} ${path}: ${status} ${text}`), { status });
	return text ? JSON.parse(text) : null;
}

const STAGES = [
	["ideas", "Ideas", "idea"],
	["ready", "Ready", "open"],
	["progress", "In progress", "open"],
	["review", "In review", "open"],
	["done", "Done", "done"],
	["not_now", "Not now", "not_now"],
];

/**
 * A project in the space Driver app, with the tasks of the mock-ups; the sample's own is put away. Answers its stages by name, its tasks by title, and
 * the members by short name. `tasks: false` leaves it empty.
 */
export async function makeBoard(page, { key = "RUN", tasks: filled = true } = {}) {
	const { spaces, members } = await call(page, "GET", "/me");
	const space = spaces.find(({ slug }) => slug === "driver-app");
	const people = Object.fromEntries(members.map((member) => [member.short_name, member.id]));
	const company = spaces.find(({ slug }) => slug === "company");
	for (const { id } of (await call(page, "GET", "/projects")).items) {
		await call(page, "PATCH", `/projects/${id}`, { space: company.id });
		await call(page, "PATCH", `/projects/${id}`, { archived: true });
	}
	const stages = Object.fromEntries(STAGES.map(([name]) => [name, newId("stg")]));
	const project = newId("prj");
	await call(page, "POST", "/projects", {
		id: project,
		key,
		name: "Driver app",
		space: space.id,
		stages: STAGES.map(([id, name, kind]) => ({ id: stages[id], name, kind })),
	});
	await call(page, "PATCH", `/stages/${stages.progress}`, { limit: 5 });
	await call(page, "PATCH", `/stages/${stages.review}`, { limit: 4 });
	const labels = { map: newId("lbl"), signin: newId("lbl") };
	await call(page, "POST", `/projects/${project}/labels`, { id: labels.map, name: "map", colour: "green" });
	await call(page, "POST", `/projects/${project}/labels`, { id: labels.signin, name: "sign-in", colour: "violet" });
	const made = { project, space, people, stages, labels, tasks: {} };
	if (!filled) return made;

	const add = async (stage, title, more = {}) => {
		const id = newId("top");
		made.tasks[title] = id;
		await call(page, "POST", "/tasks", { id, project, stage: stages[stage], title, ...more });
		return id;
	};
	const { Yuki, Rafael, Piotr, Ananya } = people;
	const ines = people.Inês;
	const minh = people["Minh Anh"];
	for (let n = 1; n <= 14; n++) await add("ideas", `Idea ${n}`);
	for (let n = 1; n <= 9; n++) await add("not_now", `For later ${n}`);
	await add("ready", "Show fuel stops on the route", { labels: [labels.map] });
	await add("ready", "Ask for camera access later, not at sign-in", {
		owner: ines,
		due: { date: "2025-10-16", time: null },
		labels: [labels.signin],
	});
	await add("ready", "Spanish words for the pickup screen", { owner: people.Lucía });
	const route = await add("progress", "Save the route on the phone", {
		owner: Yuki,
		due: { date: "2025-10-16", time: "12:00" },
		why: "Drivers lose the map in **tunnels**.",
	});
	const steps = [
		"The route is saved when a shift starts",
		"The map shows it in flight mode",
		"The route is deleted after the shift",
		"Camila chose A or B",
		"40 MB limit is respected",
	];
	for (const [n, text] of steps.entries()) {
		const step = newId("stp");
		await call(page, "POST", `/tasks/${route}/steps`, { id: step, text });
		if (n < 3) await call(page, "PATCH", `/steps/${step}`, { done: true });
	}
	const crash = await add("progress", "Fix the crash on Android 12", { owner: minh });
	await add("progress", "Send tiles in three groups", { owner: Piotr, due: { date: "2025-10-15", time: null } });
	await add("progress", "New pickup photo, smaller files", {
		owner: Ananya,
		due: { date: "2025-10-14", time: "11:30" },
	});
	const night = await add("review", "Night colours for the map", { owner: Rafael, labels: [labels.map] });
	await add("review", "Shorter sign-in for returning drivers", { owner: minh, labels: [labels.signin] });
	for (const [title, owner] of [
		["Decision: keep tiles for 7 days", Rafael],
		["Offline banner text", ines],
		["Map loads in under 2 seconds", Yuki],
	])
		await call(page, "PATCH", `/tasks/${await add("progress", title, { owner })}`, { done: true });
	await call(page, "POST", `/tasks/${route}/waits`, { id: newId("wai"), task: crash });
	const say = (topic, source) => call(page, "POST", `/topics/${topic}/posts`, { id: newId("pst"), source });
	await say(route, "Next: I start with A on Thursday. The tiles stay on the phone for 7 days.");
	await say(route, "The test drivers are ready.");
	await say(crash, "It happens only when the phone is low on memory.");
	await call(page, "POST", `/topics/${night}/asks`, {
		id: newId("ask"),
		kind: "review",
		question: "Are the colours dark enough?",
		asked: ines,
		budget: { kind: "next_working_day" },
	});
	await call(page, "POST", `/topics/${route}/asks`, {
		id: newId("ask"),
		kind: "decide",
		question: "A or B?",
		asked: Rafael,
		budget: { kind: "next_working_day" },
	});
	return made;
}

/** The column of that name on the board. */
export const column = (page, name) =>
	page.locator("section[data-stage]").filter({ has: page.getByRole("heading", { name, exact: true }) });
/** The titles in a column, from top to bottom. */
export const titles = (page, name) => column(page, name).locator("[data-card-link]").allTextContents();
/** The card of a task. */
export const card = (page, title) => page.locator("li[data-card]").filter({ hasText: title });
