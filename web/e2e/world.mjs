// A real server on an empty folder and real browsers, for tests that do what people do.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { serveClient } from "./client.mjs";

const root = resolve(import.meta.dirname, "../..");
const binary = process.env.MERIDIAN_TEST_BINARY ?? join(root, "target/debug/meridian");
const browserPath = process.env.MERIDIAN_TEST_CHROMIUM ?? "/usr/bin/chromium";
const browserArguments = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

/** The engines to run on: PostgreSQL when a cluster for tests is named. */
export const engines = process.env.MERIDIAN_TEST_POSTGRES ? ["sqlite", "postgres"] : ["sqlite"];

/** Runs the program once and gives what it printed. */
export function run(args, { input = "", env = {} } = {}) {
	return new Promise((done, failed) => {
		const child = spawn(binary, args, { env: { ...clean(process.env), ...env } });
		let out = "";
		let err = "";
		child.stdout.on("data", (text) => (out += text));
		child.stderr.on("data", (text) => (err += text));
		child.on("error", failed);
		child.on("close", (code) => (code === 0 ? done(out) : failed(new Error(`meridian ${args[0]}: ${err || out}`))));
		child.stdin.end(input);
	});
}

const clean = (env) =>
	Object.fromEntries(
		Object.entries(env).filter(([name]) => !name.startsWith("MERIDIAN_") || name.startsWith("MERIDIAN_TEST_")),
	);

/**
 * A server of its own on a free port, with its data in a new folder (or a database of its own).
 * `clock` lets its time start at an instant, `settings` are further variables of the environment.
 * `client` is the folder of another build of the client, by default of the one that `MERIDIAN_TEST_CLIENT` names.
 * `stop()` ends it and removes everything.
 */
export async function startServer({
	engine = "sqlite",
	clock,
	sample,
	settings = {},
	client = process.env.MERIDIAN_TEST_CLIENT,
} = {}) {
	const folder = await mkdtemp(join(tmpdir(), "meridian-e2e-"));
	const env = { MERIDIAN_DATA: folder, MERIDIAN_LOG: "warn", ...settings };
	if (clock) env.MERIDIAN_CLOCK = clock;
	let dropDatabase = async () => {};
	if (engine === "postgres") {
		const name = `e2e_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
		const cluster = process.env.MERIDIAN_TEST_POSTGRES;
		await psql(cluster, `CREATE DATABASE ${name}`);
		env.MERIDIAN_DATABASE = cluster.replace(/\/[^/]*$/, `/${name}`);
		dropDatabase = () => psql(cluster, `DROP DATABASE ${name} WITH (FORCE)`);
	}
	let child;
	let front;
	let port = 0;
	const server = {
		url: "",
		folder,
		env,
		run: (args, options = {}) => run(args, { ...options, env: { ...env, ...options.env } }),
		/** Starts it; again on the same port after `kill`. */
		async start() {
			child = spawn(binary, ["serve", "--listen", `127.0.0.1:${port}`], { env: { ...clean(process.env), ...env } });
			let log = "";
			child.stderr.on("data", (text) => (log += text));
			server.url = await new Promise((ready, failed) => {
				let said = "";
				child.stdout.on("data", (text) => {
					said += text;
					const found = said.match(/http:\/\/127\.0\.0\.1:(\d+)/);
					if (found) {
						port = Number(found[1]);
						// The name that people use: browsers trust it like https.
						ready(`http://localhost:${port}`);
					}
				});
				child.on("exit", (code) => failed(new Error(`the server ended with ${code}: ${log}`)));
			});
			if (client) front ??= await serveClient(client, server.url);
			if (front) server.url = front.url;
		},
		/** Lets its clock go on from another instant: the same data and address, started again. */
		async moveTo(instant) {
			await ended(child, "SIGTERM");
			env.MERIDIAN_CLOCK = instant;
			await server.start();
		},
		/** Ends it at once, as a power cut would. */
		kill: () => ended(child, "SIGKILL"),
		async stop() {
			front?.close();
			await ended(child, "SIGTERM");
			await dropDatabase();
			await rm(folder, { recursive: true, force: true });
		},
	};
	// The sample of the design's mock-ups, everybody with this password.
	if (sample) await server.run(["demo", "--password-stdin"], { input: sample });
	await server.start();
	return server;
}

function ended(child, signal) {
	if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
	return new Promise((done) => {
		child.once("exit", done);
		child.kill(signal);
	});
}

function psql(url, statement) {
	return new Promise((done, failed) => {
		const child = spawn("psql", [
			"--quiet",
			"--no-psqlrc",
			"--set=ON_ERROR_STOP=1",
			"--dbname",
			url,
			"--command",
			statement,
		]);
		let err = "";
		child.stderr.on("data", (text) => (err += text));
		child.on("error", failed);
		child.on("close", (code) => (code === 0 ? done() : failed(new Error(err))));
	});
}

/** One browser process for a file of tests; each person gets a context of their own from it. */
export async function startBrowser() {
	if (!existsSync(browserPath)) throw new Error(`Chromium is not at ${browserPath}`);
	return chromium.launch({ executablePath: browserPath, args: browserArguments, headless: true });
}

/** A browser that keeps what it has in `folder`, so that it can be closed, or die, and be opened again. */
export async function startLastingBrowser(folder, options = {}) {
	return chromium.launchPersistentContext(folder, {
		executablePath: browserPath,
		args: browserArguments,
		headless: true,
		locale: "en-GB",
		viewport: { width: 1440, height: 900 },
		...options,
	});
}

/** A person at a browser: their zone, size and theme. Errors of the page fail the test that asks for them. */
export async function person(
	browser,
	server,
	{ zone = "UTC", width = 1440, height = 900, theme = "light", locale = "en-GB", clock, touch = false } = {},
) {
	const context = await browser.newContext({
		baseURL: server.url,
		timezoneId: zone,
		locale,
		viewport: { width, height },
		colorScheme: theme,
		hasTouch: touch,
		reducedMotion: "reduce",
	});
	const errors = [];
	context.on("weberror", (error) => errors.push(error.error().message));
	const page = await context.newPage();
	if (clock) await page.clock.install({ time: new Date(clock) });
	return { context, page, errors, close: () => context.close() };
}

/** Keeps a picture of the page in the folder that `MERIDIAN_TEST_PICTURES` names, where it names one. */
export async function picture(page, name, options = {}) {
	const folder = process.env.MERIDIAN_TEST_PICTURES;
	if (!folder) return;
	await mkdir(folder, { recursive: true });
	await page.screenshot({ path: join(folder, `${name}.png`), ...options });
}

/** Runs what people do; when it fails, what each of them saw last is in `web/test-results`. */
export async function watched(name, people, run) {
	try {
		return await run();
	} catch (error) {
		const folder = join(root, "web/test-results");
		await mkdir(folder, { recursive: true });
		for (const [who, { page }] of Object.entries(people))
			await page.screenshot({ path: join(folder, `${name}-${who}.png`) }).catch(() => {});
		throw error;
	}
}

/** Waits until `check` answers something true and gives it; fails with what was last thrown. */
export async function eventually(check, { within = 15_000, what = "it did not happen" } = {}) {
	const end = Date.now() + within;
	let problem;
	for (;;) {
		try {
			const answer = await check();
			if (answer) return answer;
		} catch (error) {
			problem = error;
		}
		if (Date.now() > end) throw problem ?? new Error(what);
		await new Promise((next) => setTimeout(next, 50));
	}
}

/** The API as a program sees it: answers parsed, failures thrown. */
export function api(server, token) {
	return async (method, path, body) => {
		const answer = await fetch(`${server.url}/api/v1${path}`, {
			method,
			headers: {
				authorization: `Bearer ${token}`,
				...(body === undefined ? {} : { "content-type": "application/json" }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
		return text ? JSON.parse(text) : null;
	};
}
