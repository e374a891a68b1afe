import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { badNetwork } from "./offline.proxy.mjs";
import { startBrowser, startLastingBrowser, startServer } from "./world.mjs";

const PASSWORD = "correct horse battery staple";

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits for something to become true; answers how long it took. */
export async function until(what, condition, limit = 12_000) {
	const start = Date.now();
	for (;;) {
		if (await Promise.resolve(condition()).catch(() => false)) return Date.now() - start;
		if (Date.now() - start > limit) throw new Error(`not within ${limit} ms: ${what}`);
		await sleep(50);
	}
}

export function check(right, otherwise) {
	if (!right) throw new Error(otherwise);
}

/** An id as the client makes them. */
export function newId(prefix) {
	const bytes = randomBytes(16);
	bytes.writeUIntBE(Date.now(), 0, 6);
	bytes[6] = (bytes[6] & 0x0f) | 0x70;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	let bits = BigInt(`0x${bytes.toString("hex")}`);
	let text = "";
	for (let digit = 0; digit < 26; digit++, bits >>= 5n)
		text = "0123456789abcdefghjkmnpqrstvwxyz"[Number(bits & 31n)] + text;
	return `${prefix}_${text}`;
}

/** Somebody at the API, with a session of their own. */
export class Person {
	constructor(url, cookie, member) {
		this.url = url;
		this.cookie = cookie;
		this.member = member;
	}

	async call(method, path, body, key) {
		const headers = { origin: this.url, cookie: this.cookie ?? "" };
		if (body !== undefined) headers["content-type"] = "application/json";
		if (key) headers["idempotency-key"] = key;
		const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
		const answer = await fetch(`${this.url}/api/v1${path}`, init);
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
		const cookie = answer.headers.get("set-cookie");
		if (cookie) this.cookie = cookie.split(";")[0];
		return answer.status === 204 ? undefined : answer.json();
	}

	post(topic, source) {
		return this.call("POST", `/topics/${topic}/posts`, { id: newId("pst"), source }, newId("op"));
	}

	async signIn(email) {
		const { member } = await this.call("POST", "/sessions", { email, password: PASSWORD });
		this.member = member;
		return this;
	}
}

/** A fresh server with a workspace of two, and a browser that reaches it through a bad network. */
export async function makeWorld() {
	const [server, browser] = await Promise.all([startServer(), startBrowser()]);
	const network = await badNetwork(server.url);
	const yuki = new Person(network.url);
	const setUp = await yuki.call("POST", "/setup", {
		workspace: { name: "Northwind" },
		owner: { name: "Yuki Tanaka", email: "yuki@example.org", password: PASSWORD, zone: "Asia/Tokyo" },
	});
	yuki.member = setUp.member;
	const invitation = await yuki.call("POST", "/invitations", { role: "member", email: null, spaces: [] });
	const ana = new Person(network.url);
	const accepted = await ana.call("POST", `/invitations/open/${invitation.url_path.split("/").at(-1)}/accept`, {
		name: "Ana Souza",
		email: "ana@example.org",
		password: PASSWORD,
		zone: "America/Bogota",
	});
	ana.member = accepted.member;
	const space = newId("spc");
	const members = [ana.member];
	await yuki.call("POST", "/spaces", { id: space, name: "Product", visibility: "open", members }, newId("op"));
	const close = async () => {
		await browser.close();
		network.close();
		await server.stop();
	};
	return { network, yuki, ana, space, browser, close };
}

/** A browser of Yuki's with one tab on a thread of Ana's that names her. */
export async function sitDown(world) {
	const { network, yuki, ana, browser, space } = world;
	network.heal();
	const me = await new Person(network.url).signIn("yuki@example.org");
	const topic = newId("top");
	await ana.call(
		"POST",
		"/topics",
		{
			id: topic,
			kind: "thread",
			title: `Release ${topic.slice(-5)}`,
			space,
			post: { id: newId("pst"), source: "Shall we ship?", to: [yuki.member] },
		},
		newId("op"),
	);
	const { topic: row } = await yuki.call("GET", `/topics/${topic}`);
	const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
	const desk = new Desk(world, context, me, { id: topic, code: row.code });
	await desk.carry(me);
	desk.page = await desk.open();
	await desk.page.waitForFunction(() => navigator.serviceWorker.controller, null, { timeout: 20_000 });
	await desk.openInbox(desk.page);
	await desk.backToThread(desk.page);
	await until("online", () => desk.isOnline(desk.page));
	return desk;
}

/** What a person does at a browser, in the words of the selectors that the screens promise. */
export class Desk {
	constructor(world, context, person, topic) {
		Object.assign(this, { world, context, person, topic, network: world.network });
	}

	/** The browser has this person's session. */
	async carry(person) {
		const [name, ...value] = person.cookie.split("=");
		await this.context.addCookies([
			{ name, value: value.join("="), url: this.network.url, httpOnly: true, sameSite: "Lax" },
		]);
	}

	/** A new tab on the thread. */
	async open() {
		const page = await this.context.newPage();
		page.on("dialog", (dialog) => dialog.accept());
		await this.visit(page);
		return page;
	}

	async reload(page) {
		await page.reload();
		await this.ready(page);
	}

	/** Signs in at the sign-in page. */
	async signIn(page, email) {
		await page.waitForURL(/\/sign-in/);
		await page.getByLabel("E-mail").fill(email);
		await page.locator('input[type="password"]').fill(PASSWORD);
		await page.getByRole("button", { name: "Sign in", exact: true }).click();
		await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
	}

	/** Opens the thread by its address. */
	async visit(page) {
		await page.goto(`${this.network.url}/thread/${this.topic.code}`);
		await this.ready(page);
	}

	ready(page) {
		return page.waitForSelector("[data-post]", { timeout: 15_000 });
	}

	/** Whether the shell says nothing of being offline. */
	async isOnline(page) {
		return (await page.getByRole("status").filter({ hasText: "You are offline." }).count()) === 0;
	}

	/** What the server would not take, as the thread shows it. */
	refused(page, text) {
		return page.getByRole("alert").filter({ hasText: text });
	}

	/** What this device keeps to be sent, as the data layer stores it: the texts, oldest first. */
	kept(page) {
		return page.evaluate(
			(name) =>
				new Promise((done, failed) => {
					const opening = indexedDB.open(name);
					opening.onerror = () => failed(opening.error);
					opening.onsuccess = () => {
						const all = opening.result.transaction("outbox").objectStore("outbox").getAll();
						all.onsuccess = () => {
							opening.result.close();
							done(all.result.flatMap((operation) => operation.text ?? []));
						};
					};
				}),
			`meridian-${this.person.member}`,
		);
	}

	/** From now on, until the page goes, nothing written on this device reaches its disk. Answers whether that is so still. */
	async holdTheDisk(page) {
		await page.evaluate((name) => {
			const opening = indexedDB.open(name);
			opening.onsuccess = () => {
				const outbox = opening.result.transaction("outbox", "readwrite").objectStore("outbox");
				const again = () => {
					globalThis.held = (globalThis.held ?? 0) + 1;
					outbox.count().onsuccess = again;
				};
				again();
			};
		}, `meridian-${this.person.member}`);
		await page.waitForFunction(() => globalThis.held > 1);
		return () => page.evaluate(() => globalThis.held > 1);
	}

	/** Where everything is, for the reader of a failure. */
	async account() {
		const pages = this.context.pages().map(async (page) => {
			const kept = await this.kept(page).catch((error) => [String(error)]);
			// biome-ignore lint/performance/useDomNodeTextContent: a reader needs the lines.
			const screen = await page.locator("body").innerText({ timeout: 1000 }).catch(String);
			return `${page.url()} keeps ${kept.join(", ") || "nothing"} and shows:\n${screen}`;
		});
		const statuses = this.network.writes.map((write) => write.status ?? "none").join(", ");
		return [
			`server: ${(await this.onServer()).join(", ")}`,
			`answers: ${statuses}`,
			...(await Promise.all(pages)),
		].join("\n");
	}

	/** Waits until the device keeps a text. */
	safe(page, text) {
		return until(`${text} is on the disk`, async () => (await this.kept(page)).includes(text), 3000);
	}

	/** Writes and sends a post as a person does. */
	async send(page, text) {
		await page.locator("[data-composer]").click();
		await page.keyboard.insertText(text);
		await page.locator("[data-send]").click();
	}

	shown(page, text) {
		return page.locator("[data-post]", { hasText: text }).count();
	}

	pending(page) {
		return page.locator("[data-post][data-pending]").count();
	}

	/** Goes to the inbox within the page and answers what the thread's row says there. */
	async openInbox(page) {
		await page.locator('a[href="/inbox"]').first().click();
		return this.#rowIn(page);
	}

	async backToThread(page) {
		while (!new URL(page.url()).pathname.startsWith("/thread/")) await page.goBack();
		await this.ready(page);
	}

	/** Whether the thread is in the inbox with this text. */
	async inboxSays(page, text) {
		const words = await this.openInbox(page);
		await this.backToThread(page);
		return words.includes(text);
	}

	/** Whether the thread, in which nothing waits for Yuki any more, is in the inbox's Done with this text. */
	async doneSays(page, text) {
		await page.locator('a[href="/inbox"]').first().click();
		await page.locator('a[href="/inbox/done"]').click();
		const words = await this.#rowIn(page);
		await this.backToThread(page);
		return words.includes(text);
	}

	async #rowIn(page) {
		const row = page.locator(`[data-topic-row="${this.topic.id}"]`);
		await row.waitFor({ timeout: 10_000 });
		return row.textContent();
	}

	offline() {
		return this.context.setOffline(true);
	}
	online() {
		return this.context.setOffline(false);
	}

	/** What the server has: the sources of all posts after the first. */
	async onServer() {
		const { items } = await this.world.ana.call("GET", `/topics/${this.topic.id}/posts?after=1&limit=100`);
		return items.map((post) => post.source.trim());
	}

	async has(text) {
		return (await this.onServer()).filter((source) => source === text).length;
	}

	/** Ana writes in the same thread. */
	others(text) {
		return this.world.ana.post(this.topic.id, text);
	}

	/** From here on in a browser that can be closed, or die, and be opened again with what it kept. */
	async settleDown() {
		const folder = await mkdtemp(join(tmpdir(), "meridian-lasting-"));
		await this.context.close();
		this.context = await startLastingBrowser(folder);
		this.again = () => startLastingBrowser(folder);
		await this.carry(this.person);
		this.page = await this.open();
		await this.page.waitForFunction(() => navigator.serviceWorker.controller, null, { timeout: 20_000 });
		this.context.on("close", () => {});
		this.tidy = () => rm(folder, { recursive: true, force: true });
	}

	/** Closes the browser and opens it again. */
	async restart() {
		await this.context.close();
		this.context = await this.again();
		await this.carry(this.person);
	}

	/** Ends the browser as a crash does: nothing is closed, nothing is said. */
	async crash() {
		const gone = new Promise((resolve) => this.context.on("close", resolve));
		const devtools = await this.context.newCDPSession(this.page);
		devtools.send("Browser.crash").catch(() => {});
		await gone;
		this.context = await this.again();
		await this.carry(this.person);
	}

	/** Closes tabs as closing a browser does: nothing of them goes on. */
	async shut(...pages) {
		for (const page of pages) await page.close();
	}

	/** Counts the moments at which the page does not show `text` exactly once, from when it first did. */
	watch(page, text) {
		return page.evaluate((text) => {
			let had = false;
			globalThis.gaps = 0;
			const look = () => {
				const all = [...document.querySelectorAll("[data-post]")];
				const count = all.filter((element) => element.textContent.includes(text)).length;
				if (count === 1) had = true;
				if (had && count !== 1) globalThis.gaps++;
			};
			look();
			new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
		}, text);
	}

	gaps(page) {
		return page.evaluate(() => globalThis.gaps);
	}
}
