// From a key going down to the next picture with its effect, in the sample workspace and in one with much more in it.
//
//   node bench/keys.mjs [--runs 15] [--rows 2000] [--posts 500] [--cpu 1,4] [--json FILE]
//
// `MERIDIAN_TEST_BINARY` and `MERIDIAN_TEST_CLIENT` as for the browser tests. The network is as far away as for the
// first screen (250 ms): whatever waits for it is seen here.
import { newId, Person } from "../e2e/offline.world.mjs";
import { PASSWORD, signIn } from "../e2e/tour.mjs";
import { eventually } from "../e2e/world.mjs";
import { CAMILA, FAR, keep, option, quantile, sampleWorld, slowed, table } from "./measure.mjs";

const runs = Number(option("runs", 15));
const manyRows = Number(option("rows", 2000));
const manyPosts = Number(option("posts", 500));
const processors = option("cpu", "1,4").split(",").map(Number);

/**
 * The keys of an inbox, in the order in which they are pressed, and what each must have done. `effect` runs in the page
 * and gets what `before` saw there; `back` brings the page back for the next one.
 */
const INBOX_KEYS = [
	{ key: "j", before: focused, effect: focusMoved },
	{ key: "k", before: focused, effect: focusMoved },
	{ key: "x", effect: () => document.querySelector("div.bar") !== null, back: "Escape" },
	// Rows at the top wait for a reply and stay; the last one is only to be read.
	{ key: "e", first: "j j j j j j j j", before: focusedRow, effect: rowLeft, back: "z k k k k k k k k" },
	{ key: "z", first: "j j j j j j j j e", before: rowCount, effect: rowCameBack, back: "k k k k k k k k" },
	{ key: "s", effect: dialogShown, back: "Escape" },
	{ key: "w", effect: dialogShown, back: "Escape" },
	{ key: "?", effect: dialogShown, back: "Escape" },
	{
		key: "Control+k",
		name: "Ctrl K",
		effect: () => document.activeElement?.matches("[role=combobox]"),
		back: "Escape",
	},
	{ key: "g w", from: heading, effect: headingChanged, back: "g i" },
	{ key: "g t", from: heading, effect: headingChanged, back: "g i" },
	{ key: "g i", first: "g w", effect: rowsShown },
	{ key: "Enter", name: "Enter, o", effect: postsShown, back: "u" },
];
const THREAD_KEYS = [
	{ key: "j", before: focused, effect: focusIsElsewhere },
	{ key: "k", before: focused, effect: focusIsElsewhere },
	{ key: "]", before: thread, effect: otherThread },
	{ key: "[", before: thread, effect: otherThread },
	{ key: "r", effect: () => document.activeElement?.closest("[data-composer]") !== null, back: "Escape" },
	{ key: "u", effect: rowsShown, back: "Enter" },
];

function focused() {
	globalThis.benchBefore = document.activeElement;
}
function focusedRow() {
	return document.activeElement?.closest("[data-topic-row]")?.dataset.topicRow;
}
function rowCount() {
	return document.querySelectorAll("[data-topic-row]").length;
}
function heading() {
	return document.querySelector("h1")?.textContent;
}
function thread() {
	return location.pathname;
}
function focusMoved() {
	return (
		document.activeElement !== globalThis.benchBefore && document.activeElement?.closest("[data-topic-row]") !== null
	);
}
function focusIsElsewhere() {
	return document.activeElement !== globalThis.benchBefore && document.activeElement?.closest("[data-post]") !== null;
}
function rowLeft(row) {
	return document.querySelector(`[data-topic-row="${row}"]`) === null;
}
function rowCameBack(count) {
	return document.querySelectorAll("[data-topic-row]").length > count;
}
function dialogShown() {
	return document.querySelector("dialog[open]") !== null;
}
function headingChanged(before) {
	const now = document.querySelector("h1")?.textContent;
	return now !== undefined && now !== before && document.querySelector("main[aria-busy]") === null;
}
function rowsShown() {
	return document.querySelector("[data-topic-row]") !== null;
}
function postsShown() {
	return document.querySelector("[data-post]") !== null;
}
function otherThread(before) {
	return location.pathname !== before && document.querySelector("[data-post]") !== null;
}

/** In the page: resolves to the milliseconds between the key and the end of the frame that shows its effect. */
function untilShown({ effect, before, key }) {
	const happened = new Function(`return (${effect})`)();
	globalThis.benchTook = new Promise((done) => {
		addEventListener(
			"keydown",
			function down(event) {
				if (event.key !== key) return;
				removeEventListener("keydown", down, true);
				const frame = () => {
					if (!happened(before)) return requestAnimationFrame(frame);
					const { port1, port2 } = new MessageChannel();
					port1.onmessage = () => done(performance.now() - event.timeStamp);
					port2.postMessage(null);
				};
				requestAnimationFrame(frame);
			},
			true,
		);
	});
}

async function press(page, keys) {
	for (const key of (keys ?? "").split(" ").filter(Boolean)) await page.keyboard.press(key);
}

async function measureKey(page, { key, first, before, from, effect, back }, ready) {
	if (first) {
		await press(page, first);
		await settle(page);
	}
	const last = key.split(" ").at(-1);
	const seen = (before ?? from) ? await page.evaluate(before ?? from) : undefined;
	await page.evaluate(untilShown, { effect: String(effect), before: seen, key: last.split("+").at(-1) });
	await press(page, key);
	const took = await within(
		page.evaluate(() => globalThis.benchTook),
		`${key} showed nothing`,
	);
	await press(page, back);
	await ready(page).catch((problem) => {
		throw new Error(`after ${key}: ${problem.message}`);
	});
	return took;
}

function within(promise, what) {
	return Promise.race([promise, new Promise((_, failed) => setTimeout(() => failed(new Error(what)), 20_000).unref())]);
}

/** The list with one row in focus, nothing in front of it. */
async function inboxReady(page) {
	await page.waitForFunction(
		() => document.querySelector("[data-topic-row]") && !document.querySelector("dialog[open], div.bar"),
		undefined,
		{ timeout: 10_000 },
	);
	await eventually(async () => {
		if (await page.evaluate(() => document.activeElement?.closest("[data-topic-row]") !== null)) return true;
		await page.keyboard.press("j");
		return false;
	});
	await settle(page);
}

async function threadReady(page) {
	await page.locator("[data-post]").first().waitFor();
	await settle(page);
}

/** Until there is nothing to do and two frames have passed: what one key began must not be counted with the next. */
const settle = (page) =>
	page.evaluate(async () => {
		await new Promise((idle) => requestIdleCallback(idle, { timeout: 500 }));
		for (let frames = 0; frames < 2; frames++) await new Promise((frame) => requestAnimationFrame(frame));
	});

async function measureAll(page, keys, ready) {
	const took = new Map(keys.map((one) => [one.name ?? one.key, []]));
	await ready(page);
	for (let run = 0; run < runs; run++)
		for (const one of keys) took.get(one.name ?? one.key).push(await measureKey(page, one, ready));
	return [...took].map(([key, values]) => ({
		key,
		median: quantile(values, 0.5),
		p95: quantile(values, 0.95),
		first: values[0],
	}));
}

/** Everything that the sample has, and much more: asks for Camila, and one long thread. */
async function fill(server) {
	const rafael = new Person(server.url);
	await rafael.call("POST", "/sessions", { email: "rafael@cordel.example", password: PASSWORD });
	const { items } = await rafael.call("GET", "/members");
	const camila = items.find(({ name }) => name.startsWith("Camila")).id;
	const start = (title) => {
		const id = newId("top");
		const post = { id: newId("pst"), source: `Please read this. ${title}`, to: [camila] };
		const topic = { id, kind: "thread", title, participants: [camila], post };
		return rafael.call("POST", "/topics", topic, newId("op")).then(() => id);
	};
	for (let n = 0; n < manyRows; n += 20)
		await Promise.all(Array.from({ length: Math.min(20, manyRows - n) }, (_, m) => start(`Delivery ${n + m}`)));
	const long = await start("A long thread");
	for (let n = 1; n < manyPosts; n++)
		await rafael.call(
			"POST",
			`/topics/${long}/posts`,
			{ id: newId("pst"), source: `Point ${n}. ${"The drivers see the new route at once. ".repeat(1 + (n % 9))}` },
			newId("op"),
		);
	return long;
}

/** Camila at her inbox, with a client that was here before, and then the network as far as it is. */
async function arrive({ browser, server }, cpu) {
	const context = await browser.newContext({ ...CAMILA, baseURL: server.url });
	const before = await context.newPage();
	await signIn(before);
	await before.locator("[data-topic-row]").first().waitFor();
	await before.evaluate(async () => {
		await fetch("/api/v1/me/delivery/check", { method: "POST", headers: { "idempotency-key": crypto.randomUUID() } });
		await navigator.serviceWorker.ready;
	});
	await before.waitForTimeout(4000);
	await before.close();
	const { page } = await slowed(context, { network: FAR, cpu });
	await page.goto("/inbox");
	await page.locator("[data-topic-row]").first().waitFor();
	await page.waitForTimeout(3000);
	return { context, page };
}

async function measure(world, cpu, long) {
	const { context, page } = await arrive(world, cpu);
	const rows = await page.locator("[data-topic-row]").count();
	const results = [{ place: `inbox, ${rows} rows`, keys: await measureAll(page, INBOX_KEYS, inboxReady) }];
	if (long) {
		await page.goto(`/thread/${long}`);
		await page.locator("[data-post]").first().waitFor();
		await page.waitForTimeout(2000);
		const inThread = THREAD_KEYS.filter(({ key }) => "jkr".includes(key));
		results.push({ place: `thread of ${manyPosts} posts`, keys: await measureAll(page, inThread, threadReady) });
	} else {
		await page.keyboard.press("Enter");
		await threadReady(page);
		results.push({ place: "thread", keys: await measureAll(page, THREAD_KEYS, threadReady) });
	}
	await context.close();
	return results.map((result) => ({ ...result, cpu }));
}

const world = await sampleWorld();
try {
	const results = [];
	for (const cpu of processors) results.push(...(await measure(world, cpu)));
	if (manyRows > 0) {
		const long = await fill(world.server);
		for (const cpu of processors) results.push(...(await measure(world, cpu, long)));
	}
	for (const { place, cpu, keys } of results) {
		process.stdout.write(`\n${place}; processor ${cpu}x slower, ${runs} presses of each key\n`);
		process.stdout.write(
			table(
				["key", "median ms", "p95", "the first"],
				keys.map(({ key, median, p95, first }) => [key, ...[median, p95, first].map(Math.round)]),
			),
		);
	}
	await keep({ runs, results });
} finally {
	await world.stop();
}
