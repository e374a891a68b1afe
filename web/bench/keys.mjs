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
 * The keys of the product's table (`app/key-table.ts`) where they have an effect, and what each must have done. Each is
 * pressed from the same place: in the inbox with the row `row` in focus, in a thread with the post `post`. `first` is
 * pressed before; `effect` runs in the page and gets what `before` saw there; `back` takes away what stays.
 */
const INBOX_KEYS = [
	{ key: "j", before: focused, effect: rowMoved },
	{ key: "k", row: 1, before: focused, effect: rowMoved },
	{ key: "x", effect: () => document.querySelector("div.bar") !== null },
	{ key: "Shift+X", row: 1, first: "x k", before: chosen, effect: moreChosen },
	// Rows at the top wait for a reply and stay; the last one is only to be read.
	{ key: "e", row: -1, before: focusedRow, effect: rowLeft, back: "z" },
	{ key: "z", row: -1, first: "e", before: rowCount, effect: rowCameBack },
	{ key: "s", effect: dialogShown },
	{ key: "w", effect: dialogShown },
	{ key: "?", effect: dialogShown },
	{ key: "t", before: announced, effect: announcedAnew, back: "t" },
	{ key: "/", effect: paletteShown },
	{ key: "Control+k", name: "Ctrl K", effect: paletteShown },
	{ key: "Enter", effect: postsShown },
	{ key: "o", effect: postsShown },
	{ key: "r", effect: writing },
	{ key: "c", before: heading, effect: headingChanged },
	{ key: "g w", before: heading, effect: headingChanged },
	{ key: "g p", before: heading, effect: headingChanged },
	{ key: "g t", before: heading, effect: headingChanged },
	{ key: "g s", before: heading, effect: headingChanged },
	{ key: "g i", first: "g w", effect: rowsShown },
];
const THREAD_KEYS = [
	{ key: "j", before: focused, effect: postMoved },
	{ key: "k", post: 1, before: focused, effect: postMoved },
	{ key: "]", before: heading, effect: headingChanged },
	{ key: "[", first: "]", before: heading, effect: headingChanged },
	{ key: "s", effect: menuShown, back: "Escape" },
	{ key: "m", effect: dialogShown },
	{ key: "l", effect: toastShown },
	{ key: "Shift+U", effect: toastShown },
	{ key: "u", effect: rowsShown },
	{ key: "r", effect: writing, back: "Escape" },
	{ key: "a", effect: writing, back: "Escape" },
];
/** In a long thread that was opened by its address there is no list to go through. */
const LONG_THREAD_KEYS = THREAD_KEYS.filter(({ key }) => ["j", "k", "s", "r", "a"].includes(key));

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
function announced() {
	return [...document.querySelectorAll("[role=status]")].map((one) => one.textContent).join();
}
function chosen() {
	return document.querySelectorAll("[data-topic-row].selected").length;
}
function rowMoved() {
	return (
		document.activeElement !== globalThis.benchBefore && Boolean(document.activeElement?.closest("[data-topic-row]"))
	);
}
function postMoved() {
	return document.activeElement !== globalThis.benchBefore && Boolean(document.activeElement?.closest("[data-post]"));
}
function rowLeft(row) {
	return document.querySelector(`[data-topic-row="${row}"]`) === null;
}
function rowCameBack(count) {
	return document.querySelectorAll("[data-topic-row]").length > count;
}
function moreChosen(count) {
	return document.querySelectorAll("[data-topic-row].selected").length > count;
}
function dialogShown() {
	return document.querySelector("dialog[open]") !== null;
}
function menuShown() {
	return Boolean(document.activeElement?.matches("[role=menuitem]"));
}
function paletteShown() {
	return Boolean(document.activeElement?.matches("[role=combobox]"));
}
function announcedAnew(before) {
	return [...document.querySelectorAll("[role=status]")].map((one) => one.textContent).join() !== before;
}
function toastShown() {
	return document.querySelector("[role=status] > .line") !== null;
}
function writing() {
	return Boolean(document.activeElement?.closest("[data-composer]"));
}
function headingChanged(before) {
	const now = document.querySelector("h1")?.textContent;
	return now !== undefined && now !== before && document.querySelector("main[aria-busy]") === null;
}
function atInbox() {
	return location.pathname === "/inbox" && document.querySelector("[data-topic-row]") !== null;
}
function rowsShown() {
	return document.querySelector("[data-topic-row]") !== null;
}
function postsShown() {
	return document.querySelector("[data-post]") !== null;
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

async function measureKey(page, one, ready) {
	const { key, name = key, first, before, effect, back } = one;
	await ready(page, one);
	if (first) {
		await press(page, first);
		await settle(page);
	}
	const last = key.split(" ").at(-1);
	const seen = before ? await page.evaluate(before) : undefined;
	await page.evaluate(untilShown, { effect: String(effect), before: seen, key: last.split("+").at(-1) });
	await press(page, key);
	const took = await within(
		page.evaluate(() => globalThis.benchTook),
		() => `${name} showed nothing at ${page.url()}`,
	);
	await press(page, back);
	return took;
}

function within(promise, what) {
	return Promise.race([
		promise,
		new Promise((_, failed) => setTimeout(() => failed(new Error(what())), 20_000).unref()),
	]);
}

/** Closes whatever is in front, and leaves a field. */
async function close(page) {
	await eventually(
		async () => {
			if (await page.evaluate(() => !document.querySelector("dialog[open], div.bar, main[aria-busy]"))) return true;
			await page.keyboard.press("Escape");
			return false;
		},
		{ what: `something stays open at ${page.url()}` },
	);
	await page.evaluate(() => {
		if (document.activeElement?.matches("input, textarea, [contenteditable]")) document.activeElement.blur();
	});
}

/** The inbox with one row in focus, nothing in front of it. */
async function inboxReady(page, { row = 0 } = {}) {
	await eventually(
		async () => {
			await close(page);
			if (await page.evaluate(atInbox)) return true;
			// A field of the screen before may take the focus late, and the keys with it.
			await press(page, "g i");
			await page.waitForFunction(atInbox, undefined, { timeout: 2000 }).catch(() => {});
			return false;
		},
		{ within: 30_000, what: "the inbox does not open" },
	);
	await settle(page);
	await page.evaluate((at) => [...document.querySelectorAll("[data-topic-row] > a")].at(at)?.focus(), row);
	await settle(page);
}

/** A thread that was opened from the first row, with one post in focus. */
async function threadReady(page, { post = 0 } = {}) {
	await close(page);
	if (!new URL(page.url()).pathname.startsWith("/thread/") || page.url() !== page.benchThread) {
		await inboxReady(page);
		await page.keyboard.press("Enter");
		await page.locator("[data-post]").first().waitFor();
		page.benchThread = page.url();
	}
	await postInFocus(page, post);
}

/** The thread that is open, with one post in focus. */
async function longThreadReady(page, { post = 0 } = {}) {
	await close(page);
	await postInFocus(page, post);
}

/** The line that the key before has left is closed: it must not be taken for this one's. */
async function postInFocus(page, post) {
	await page.evaluate(() => document.querySelector("[role=status] > .line > button:last-of-type")?.click());
	await settle(page);
	await page.evaluate((at) => {
		const element = document.querySelectorAll("[data-post]")[at];
		if (element) element.tabIndex = -1;
		element?.focus();
	}, post);
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
	for (let run = 0; run < runs; run++)
		for (const one of keys) took.get(one.name ?? one.key).push(await measureKey(page, one, ready));
	return [...took].map(([key, values]) => ({
		key,
		median: quantile(values, 0.5),
		worst: Math.max(...values),
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
		const keys = await measureAll(page, LONG_THREAD_KEYS, longThreadReady);
		results.push({ place: `thread of ${manyPosts} posts`, keys });
	} else {
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
				["key", "median ms", "worst", "the first"],
				keys.map(({ key, median, worst, first }) => [key, ...[median, worst, first].map(Math.round)]),
			),
		);
	}
	await keep({ runs, results });
} finally {
	await world.stop();
}
