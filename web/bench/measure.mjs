// What both measurements share: the sample workspace, a slow network, a slow processor, and the figures of many runs.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { NOW, PASSWORD, signIn } from "../e2e/tour.mjs";
import { startBrowser, startServer } from "../e2e/world.mjs";

/** Issue 4: 250 ms for a round trip, 10 Mbit/s each way. */
export const FAR = { offline: false, latency: 250, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 };

/** The person of the sample at whose screens this looks, and her window. */
export const CAMILA = {
	timezoneId: "America/Bogota",
	locale: "en-GB",
	viewport: { width: 1440, height: 900 },
	reducedMotion: "reduce",
};

/** The sample workspace at a real server, and a browser. `stop()` ends both. */
export async function sampleWorld() {
	const browser = await startBrowser();
	const server = await startServer({ clock: NOW, sample: PASSWORD });
	return {
		browser,
		server,
		async stop() {
			await browser.close();
			await server.stop();
		},
	};
}

/** The cookies of somebody who signed in, for browsers that know nothing else. */
export async function signedIn({ browser, server }) {
	const context = await browser.newContext({ ...CAMILA, baseURL: server.url });
	await signIn(await context.newPage());
	const cookies = await context.cookies();
	await context.close();
	return cookies;
}

/** A page with its devtools, the network and the processor slowed down. */
export async function slowed(context, { network, cpu = 1 }) {
	const page = await context.newPage();
	const devtools = await context.newCDPSession(page);
	await devtools.send("Network.enable");
	if (network) await devtools.send("Network.emulateNetworkConditions", network);
	if (cpu > 1) await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
	return { page, devtools };
}

/** The value below which `share` of them lie; 0.5 is the median. */
export function quantile(values, share) {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Rows of text under their headings; numbers to the right. */
export function table(headings, rows) {
	const lines = [headings, ...rows].map((row) => row.map(String));
	const widths = headings.map((_, n) => Math.max(...lines.map((line) => line[n].length)));
	const cell = (text, n) => (n === 0 ? text.padEnd(widths[n]) : text.padStart(widths[n]));
	return `${lines.map((line) => line.map(cell).join("  ").trimEnd()).join("\n")}\n`;
}

/** `--name value` of the command line. */
export function option(name, otherwise) {
	const at = process.argv.indexOf(`--${name}`);
	return at < 0 ? otherwise : process.argv[at + 1];
}

/** Writes the figures where `--json FILE` says. */
export async function keep(figures) {
	const file = option("json");
	if (!file) return;
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, `${JSON.stringify(figures, null, "\t")}\n`);
}
