// The board of a large project: when it is usable over a far network, and how long the frames are while somebody
// scrolls it and drags a card.
//
//   node bench/board.mjs [--tasks 5000] [--runs 5] [--cpu 1] [--json FILE]
//
// `MERIDIAN_TEST_BINARY` and `MERIDIAN_TEST_CLIENT` as for the browser tests. Usable: a card has been painted and the
// title of the project with it. A frame is the time between two calls of `requestAnimationFrame`, as the page sees it.
import { signIn } from "../e2e/tour.mjs";
import { makeBoard, newId } from "../e2e/work.world.mjs";
import { CAMILA, FAR, keep, option, quantile, sampleWorld, slowed, table } from "./measure.mjs";

const count = Number(option("tasks", 5_000));
const runs = Number(option("runs", 5));
const cpu = Number(option("cpu", 1));

/** One frame at 60 a second, with what a timer may be off. Milliseconds. */
const FRAME = 17.5;
/** How many requests make the tasks at once. */
const AT_ONCE = 16;
const WORDS = "save route phone driver map tunnel fuel stops night colours crash cache limit customs label scan".split(
	" ",
);

/** Tasks as different as those of people: owners, labels, due days, in every column. */
function someTasks({ project, stages, people, labels }) {
	const columns = Object.values(stages);
	const owners = [null, ...Object.values(people)];
	return Array.from({ length: count }, (_, n) => {
		const word = (step) => WORDS[(n * step + (n >> 4)) % WORDS.length];
		const day = 1 + ((n * 7) % 28);
		return {
			id: newId("top"),
			project,
			stage: columns[(n * 5 + (n >> 3)) % columns.length],
			title: `${word(3)} ${word(5)} ${word(7)} ${word(11)} ${n}`,
			owner: owners[(n * 13) % owners.length],
			labels: n % 3 ? [] : [Object.values(labels)[n % 2]],
			due: n % 2 ? { date: `2025-${n % 4 ? 11 : 12}-${String(day).padStart(2, "0")}`, time: null } : null,
		};
	});
}

/** Makes the tasks from within the page, as its own requests. */
function makeAll(page, tasks) {
	return page.evaluate(
		async ([tasks, atOnce]) => {
			const rest = tasks.values();
			const make = async () => {
				for (const task of rest) {
					const answer = await fetch("/api/v1/tasks", {
						method: "POST",
						headers: { "content-type": "application/json", "idempotency-key": task.id },
						body: JSON.stringify(task),
					});
					if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
				}
			};
			await Promise.all(Array.from({ length: atOnce }, make));
		},
		[tasks, AT_ONCE],
	);
}

/** Runs in the page before anything else: notes when the first card is on the screen. */
function watchCards() {
	const watch = new MutationObserver(() => {
		if (!document.querySelector("[data-card]")) return;
		watch.disconnect();
		requestAnimationFrame(() =>
			setTimeout(() => {
				globalThis.benchUsable = performance.now();
			}),
		);
	});
	watch.observe(document, { childList: true, subtree: true });
}

/** The board in a browser that knows nothing but the cookies of a session. */
async function openCold({ browser, server }, cookies, path) {
	const context = await browser.newContext({ ...CAMILA, baseURL: server.url, serviceWorkers: "block" });
	await context.addCookies(cookies);
	const { page, devtools } = await slowed(context, { network: FAR, cpu });
	const wire = new Map();
	devtools.on("Network.responseReceived", ({ requestId, response }) => wire.set(requestId, { url: response.url }));
	devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
		if (wire.has(requestId)) wire.get(requestId).bytes = encodedDataLength;
	});
	await page.addInitScript(watchCards);
	await page.goto(path, { waitUntil: "commit" });
	await page.waitForFunction(() => globalThis.benchUsable, undefined, { polling: 20, timeout: 60_000 });
	const usable = await page.evaluate(() => globalThis.benchUsable);
	await page.waitForLoadState("networkidle");
	const board = [...wire.values()].find(({ url }) => /\/api\/.*\/board$/.test(url));
	await context.close();
	return { usable, bytes: board?.bytes ?? Number.NaN };
}

/** The lengths of the frames while `act` goes on. */
async function framesOf(page, act) {
	await page.evaluate(() => {
		const frames = [];
		let last = performance.now();
		const note = (now) => {
			frames.push(now - last);
			last = now;
			if (globalThis.benchFrames === frames) requestAnimationFrame(note);
		};
		globalThis.benchFrames = frames;
		requestAnimationFrame(note);
	});
	await act();
	return page.evaluate(() => {
		const frames = globalThis.benchFrames;
		globalThis.benchFrames = null;
		// The first one began before the measurement.
		return frames.slice(1);
	});
}

/** Every column unfolded to some hundred cards, scrolled to the end and back. */
async function scroll(page) {
	const { width, height } = CAMILA.viewport;
	await page.mouse.move(width / 2, height / 2);
	for (let n = 0; n < 60; n++) await page.mouse.wheel(0, n < 30 ? 240 : -240);
}

/** A card carried over the columns and back to where it was. */
async function drag(page) {
	const card = await page.locator("[data-card]").nth(2).boundingBox();
	const x = card.x + card.width / 2;
	const y = card.y + 12;
	await page.mouse.move(x, y);
	await page.mouse.down();
	for (let n = 1; n <= 120; n++)
		await page.mouse.move(x + 500 * Math.sin((n / 120) * Math.PI), y + 300 * Math.sin((n / 60) * Math.PI) ** 2);
	await page.keyboard.press("Escape");
	await page.mouse.up();
}

function frameRow(name, frames) {
	const late = frames.filter((frame) => frame > FRAME).length;
	return [
		name,
		frames.length,
		quantile(frames, 0.5).toFixed(1),
		quantile(frames, 0.95).toFixed(1),
		Math.max(...frames).toFixed(1),
		`${((late / frames.length) * 100).toFixed(0)} %`,
	];
}

const world = await sampleWorld();
try {
	const context = await world.browser.newContext({ ...CAMILA, baseURL: world.server.url, serviceWorkers: "block" });
	const page = await context.newPage();
	await signIn(page);
	const made = await makeBoard(page, { tasks: false });
	await makeAll(page, someTasks(made));
	const path = "/s/driver-app/board";
	const cookies = await context.cookies();
	const opened = [];
	for (let run = 0; run < runs; run++) opened.push(await openCold(world, cookies, path));

	const devtools = await context.newCDPSession(page);
	if (cpu > 1) await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
	await page.goto(path);
	await page.locator("[data-card]").first().waitFor();
	await page.waitForLoadState("networkidle");
	const more = page.locator("button.more-cards");
	for (let n = 0; n < 4; n++)
		for (const button of await more.all()) await button.click({ timeout: 5_000 }).catch(() => {});
	const cards = await page.locator("[data-card]").count();
	const scrolling = await framesOf(page, () => scroll(page));
	await page.evaluate(() => scrollTo(0, 0));
	const dragging = await framesOf(page, () => drag(page));

	const usable = opened.map((one) => one.usable);
	process.stdout.write(
		`${count} tasks at 250 ms and 10 Mbit/s, processor ${cpu}x slower, ${runs} runs: usable after ` +
			`${Math.round(quantile(usable, 0.5))} ms in the median, ${Math.round(Math.max(...usable))} at worst; the board ` +
			`${(
				quantile(
					opened.map(({ bytes }) => bytes),
					0.5,
				) / 1000
			).toFixed(0)} KB on the wire\n`,
	);
	process.stdout.write(
		table(
			[`frames with ${cards} cards`, "count", "median ms", "95 %", "longest", "later than 1/60 s"],
			[frameRow("scrolling", scrolling), frameRow("dragging", dragging)],
		),
	);
	await keep({ network: "250 ms, 10 Mbit/s", cpu, count, cards, opened, scrolling, dragging });
	await context.close();
} finally {
	await world.stop();
}
