// The first screen over a far network: what it asks for, what that weighs, and when a person can use it.
//
//   node bench/first-screen.mjs [--runs 7] [--cpu 1] [--json FILE] [--requests yes]
//
// `MERIDIAN_TEST_BINARY` names the server, `MERIDIAN_TEST_CLIENT` another build of the client. Empty cache: a browser
// that has the cookie of a session and nothing else. Warm: a browser whose service worker and
// database are filled. Usable: the first row of the inbox has been painted; and J, pressed then, has moved the focus to it.
import { eventually } from "../e2e/world.mjs";
import { CAMILA, FAR, keep, option, quantile, sampleWorld, signedIn, slowed, table } from "./measure.mjs";

const runs = Number(option("runs", 7));
const cpu = Number(option("cpu", 1));

/** Runs in the page before anything else: notes when the first row is on the screen and when a key has moved the focus. */
function watchRows() {
	const rows = "[data-topic-row]";
	const painted = (then) => requestAnimationFrame(() => setTimeout(then));
	const watch = new MutationObserver(() => {
		if (!document.querySelector(rows)) return;
		watch.disconnect();
		painted(() => {
			globalThis.benchUsable = performance.now();
		});
	});
	watch.observe(document, { childList: true, subtree: true });
	addEventListener("focusin", (event) => {
		if (!event.target.closest(rows) || globalThis.benchFocus) return;
		globalThis.benchFocus = 1;
		painted(() => {
			globalThis.benchKey = performance.now();
		});
	});
}

/** What the page asked for, from its devtools: bytes on the wire with their headers, and decoded. */
function requestsOf(devtools) {
	const requests = new Map();
	devtools.on("Network.requestWillBeSent", ({ requestId, request, type, timestamp }) =>
		requests.set(requestId, { url: request.url, type, at: timestamp, wire: 0, decoded: 0, local: false }),
	);
	const about = (id, change) => requests.has(id) && change(requests.get(id));
	devtools.on("Network.responseReceived", ({ requestId, response }) =>
		about(requestId, (one) => {
			one.local = response.fromServiceWorker || response.fromDiskCache || false;
			one.answered = response.timing?.receiveHeadersEnd;
		}),
	);
	devtools.on("Network.requestServedFromCache", ({ requestId }) => about(requestId, (one) => (one.local = true)));
	devtools.on("Network.dataReceived", ({ requestId, dataLength }) =>
		about(requestId, (one) => (one.decoded += dataLength)),
	);
	devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength, timestamp }) =>
		about(requestId, (one) => {
			one.wire = encodedDataLength;
			one.done = timestamp;
		}),
	);
	return requests;
}

const KINDS = {
	Document: "page",
	Script: "script",
	Stylesheet: "style",
	Font: "font",
	Fetch: "data",
	EventSource: "live",
};
const kindOf = ({ type }) => KINDS[type] ?? "other";

async function open(context) {
	const { page, devtools } = await slowed(context, { network: FAR, cpu });
	await page.addInitScript(watchRows);
	const requests = requestsOf(devtools);
	await page.goto("/inbox", { waitUntil: "commit" });
	await page.waitForFunction(() => globalThis.benchUsable, undefined, { polling: 20, timeout: 60_000 });
	await eventually(
		async () => {
			await page.keyboard.press("j");
			return page.evaluate(() => globalThis.benchFocus);
		},
		{ what: "J moved nothing" },
	);
	await page.waitForFunction(() => globalThis.benchKey);
	const { usable, key } = await page.evaluate(() => ({ usable: globalThis.benchUsable, key: globalThis.benchKey }));
	const all = [...requests.values()];
	const start = Math.min(...all.map(({ at }) => at));
	const asked = all.filter((one) => (one.at - start) * 1000 < usable && kindOf(one) !== "live");
	return { page, usable, key, requests: asked.map((one) => ({ ...one, kind: kindOf(one), start: one.at - start })) };
}

/** Without a service worker: its requests are not slowed down, so that what it fetches must not help the page. */
async function openCold({ browser, server }, cookies) {
	const context = await browser.newContext({ ...CAMILA, baseURL: server.url, serviceWorkers: "block" });
	await context.addCookies(cookies);
	const opened = await open(context);
	await context.close();
	return opened;
}

/** As often as there are runs, in one browser whose service worker and database were filled before. */
async function openWarm({ browser, server }, cookies) {
	const context = await browser.newContext({ ...CAMILA, baseURL: server.url });
	await context.addCookies(cookies);
	const before = await context.newPage();
	await before.goto("/inbox");
	await before.locator("[data-topic-row]").first().waitFor();
	await before.evaluate(async () => {
		await navigator.serviceWorker.ready;
		while (!navigator.serviceWorker.controller) await new Promise((next) => setTimeout(next, 50));
	});
	await before.waitForLoadState("networkidle").catch(() => {});
	await before.close();
	const opened = [];
	for (let run = 0; run < runs; run++) {
		opened.push(await open(context));
		await opened.at(-1).page.close();
	}
	await context.close();
	return opened;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const kilobytes = (bytes) => (bytes / 1024).toFixed(1);

function figuresOf(name, opened) {
	const usable = opened.map((one) => one.usable);
	const key = opened.map((one) => one.key);
	const requests = opened.at(-1).requests.filter(({ local }) => !local);
	const wire = {};
	for (const one of requests) wire[one.kind] = (wire[one.kind] ?? 0) + one.wire;
	const scripts = opened.at(-1).requests.filter(({ kind }) => kind === "script");
	return {
		name,
		runs: opened.length,
		requests: requests.length,
		wire,
		wireWithoutFonts: sum(Object.values(wire)) - (wire.font ?? 0),
		scriptDecoded: sum(scripts.map(({ decoded }) => decoded)),
		usable: { median: quantile(usable, 0.5), worst: Math.max(...usable) },
		keyAnswered: { median: quantile(key, 0.5), worst: Math.max(...key) },
	};
}

const world = await sampleWorld();
try {
	const cookies = await signedIn(world);
	const cold = [];
	for (let run = 0; run < runs; run++) cold.push(await openCold(world, cookies));
	const warm = await openWarm(world, cookies);
	const figures = [figuresOf("empty cache", cold), figuresOf("warm cache", warm)];
	const time = ({ median, worst }) => `${Math.round(median)} / ${Math.round(worst)}`;
	process.stdout.write(`First screen at 250 ms and 10 Mbit/s, processor ${cpu}x slower, ${runs} runs\n`);
	process.stdout.write(
		table(
			[
				"",
				"requests",
				"KB on the wire",
				"of it fonts",
				"KB of script decoded",
				"usable ms, median / worst",
				"key answered",
			],
			figures.map((one) => [
				one.name,
				one.requests,
				kilobytes(one.wireWithoutFonts + (one.wire.font ?? 0)),
				kilobytes(one.wire.font ?? 0),
				kilobytes(one.scriptDecoded),
				time(one.usable),
				time(one.keyAnswered),
			]),
		),
	);
	const kinds = Object.entries(figures[0].wire).map(([kind, bytes]) => `${kind} ${kilobytes(bytes)}`);
	process.stdout.write(`Empty cache, KB on the wire: ${kinds.join(", ")}\n`);
	if (option("requests"))
		for (const [name, opened] of Object.entries({ cold, warm }))
			process.stdout.write(
				table(
					[name, "from ms", "to ms", "KB"],
					opened
						.at(-1)
						.requests.map((one) => [
							`${one.kind} ${new URL(one.url).pathname}${one.local ? " (kept)" : ""}`,
							Math.round(one.start * 1000),
							one.done ? Math.round(one.start * 1000 + (one.done - one.at) * 1000) : "",
							kilobytes(one.wire),
						]),
				),
			);
	await keep({ network: "250 ms, 10 Mbit/s", cpu, figures });
} finally {
	await world.stop();
}
