// A client that was here before draws its inbox from the device alone, and in the language of the person.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NOW, PASSWORD, signIn } from "./tour.mjs";
import { eventually, person, startBrowser, startServer } from "./world.mjs";

let browser;
let server;
before(async () => {
	browser = await startBrowser();
	server = await startServer({ clock: NOW, sample: PASSWORD });
});
after(async () => {
	await browser.close();
	await server.stop();
});

/** Somebody whose browser keeps the client and the inbox. */
async function wasHere(options = {}) {
	const camila = await person(browser, server, { zone: "America/Bogota", ...options });
	await signIn(camila.page);
	// A page that is loading while the worker takes over may be left out; one that loads afterwards is not.
	await camila.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
	await camila.page.goto("/inbox");
	await rowsOf(camila.page).first().waitFor();
	await camila.page.waitForFunction(() => navigator.serviceWorker.controller);
	await eventually(() => keptHere(camila.page), { what: "the device keeps no inbox" });
	return camila;
}

const rowsOf = (page) => page.locator("[data-topic-row]");

/** Whether the device has all that the inbox shows. */
const keptHere = (page) =>
	page.evaluate(async () => {
		const [member] = localStorage.getItem("meridian.member").split(" ");
		const open = indexedDB.open(`meridian-${member}`);
		await new Promise((done) => (open.onsuccess = done));
		const rows = open.result.transaction("rows").objectStore("rows").getAll();
		await new Promise((done) => (rows.onsuccess = done));
		open.result.close();
		const topics = new Set(rows.result.filter(({ table }) => table === "topics").map(({ id }) => id));
		const shown = [...document.querySelectorAll("[data-topic-row]")].map((row) => row.dataset.topicRow);
		return shown.length > 0 && shown.every((id) => topics.has(id));
	});

/** Lets no answer of the API through, and counts what was asked for. */
async function holdBack(page) {
	const asked = [];
	await page.context().route("**/api/**", (route) => void asked.push(route.request().url()));
	return asked;
}

test("the first picture from a warm cache waits for no answer of the server", async () => {
	const camila = await wasHere();
	const before = await rowsOf(camila.page).evaluateAll((rows) => rows.map((row) => row.dataset.topicRow));
	const asked = await holdBack(camila.page);
	await camila.page.goto("/inbox", { waitUntil: "commit" });
	await rowsOf(camila.page).first().waitFor();
	const drawn = await rowsOf(camila.page).evaluateAll((rows) => rows.map((row) => row.dataset.topicRow));
	assert.deepEqual(drawn, before);
	await camila.page.keyboard.press("j");
	await eventually(() => camila.page.evaluate(() => document.activeElement.closest("[data-topic-row]") !== null));
	// What was asked for is on its way all the same.
	assert.ok(asked.some((url) => url.endsWith("/me")));
	assert.deepEqual(camila.errors, []);
	await camila.close();
});

test("who signed out in another tab finds nothing of the inbox here", async () => {
	const camila = await wasHere();
	await camila.page.evaluate(async () => {
		await fetch("/api/v1/sessions/current", {
			method: "DELETE",
			headers: { "idempotency-key": crypto.randomUUID() },
		});
	});
	await camila.page.goto("/inbox");
	await camila.page.getByLabel("E-mail").waitFor();
	assert.equal(await rowsOf(camila.page).count(), 0);
	await camila.close();
});

test("a second tab that opens from the device hears what the first one did meanwhile", async () => {
	const camila = await wasHere();
	const row = camila.page.locator("[data-topic-row]").last();
	const topic = await row.getAttribute("data-topic-row");
	const second = await camila.context.newPage();
	const opening = second.goto("/inbox", { waitUntil: "commit" });
	await row.hover();
	await row.getByRole("button", { name: "Done" }).click();
	await opening;
	await rowsOf(second).first().waitFor();
	await second.locator(`[data-topic-row="${topic}"]`).waitFor({ state: "detached" });
	await camila.close();
});

/** Notes every text that the title of the screen has had. */
function watchTitle() {
	globalThis.titles = new Set();
	new MutationObserver(() => {
		const title = document.querySelector("h1")?.textContent;
		if (title) globalThis.titles.add(title);
	}).observe(document, { childList: true, subtree: true, characterData: true });
}

test("the inbox in Spanish is Spanish from the first word on, with an empty cache and with a warm one", async () => {
	const english = await person(browser, server);
	await signIn(english.page);
	const camila = await person(browser, server, { zone: "America/Bogota", locale: "es-ES" });
	await camila.context.addCookies(await english.context.cookies());
	await english.close();
	await camila.page.addInitScript(watchTitle);
	for (const cache of ["empty", "warm"]) {
		await camila.page.goto("/inbox");
		await rowsOf(camila.page).first().waitFor();
		await camila.page.getByRole("heading", { level: 1, name: "Bandeja", exact: true }).waitFor();
		await camila.page.getByRole("heading", { level: 2, name: "Esperan tu respuesta" }).waitFor();
		await rowsOf(camila.page).last().hover();
		await rowsOf(camila.page).last().getByRole("button", { name: "Hecho" }).waitFor();
		assert.equal(await camila.page.locator("html").getAttribute("lang"), "es");
		assert.deepEqual(await camila.page.evaluate(() => [...globalThis.titles]), ["Bandeja"], cache);
		await camila.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
	}
	assert.deepEqual(camila.errors, []);
	await camila.close();
});
