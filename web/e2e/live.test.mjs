// Live: what one writes is before the other's eyes without a reload, and a connection that was cut for a
// minute leaves nothing out and brings nothing twice.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NOW, PASSWORD } from "./tour.mjs";
import { engines, eventually, person, startBrowser, startServer, watched } from "./world.mjs";

const MINUTE = 60_000;

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

for (const engine of engines) {
	test(`a thread stays the same for two people (${engine})`, async (t) => {
		const server = await startServer({ engine, clock: NOW, sample: PASSWORD });
		t.after(() => server.stop());
		const camila = await person(browser, server, { zone: "America/Bogota", clock: NOW });
		const rafael = await person(browser, server, { zone: "America/Sao_Paulo", clock: NOW });
		t.after(() => Promise.all([camila.close(), rafael.close()]));
		await watched(`live-${engine}`, { camila, rafael }, async () => {
			await openThread(camila.page, "camila@cordel.example");
			await openThread(rafael.page, "rafael@cordel.example");

			await write(camila.page, "One");
			await post(rafael.page, "One").waitFor();

			await rafael.context.setOffline(true);
			await write(camila.page, "Two");
			await rafael.page.clock.fastForward(MINUTE);
			await write(camila.page, "Three");
			await rafael.context.setOffline(false);
			await post(rafael.page, "Three").waitFor();

			for (const { page } of [camila, rafael])
				await eventually(async () => (await last(page, 3)).join() === "One,Two,Three", { what: "the threads differ" });
		});
		assert.deepEqual([...camila.errors, ...rafael.errors], []);
	});
}

async function openThread(page, email) {
	await page.goto("/sign-in");
	await page.getByLabel("E-mail").fill(email);
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL("**/inbox");
	await page.goto("/s/driver-app/threads");
	await page
		.getByRole("link", { name: /without a signal/ })
		.first()
		.click();
	await page.locator("[data-post]").last().waitFor();
}

async function write(page, text) {
	await page.locator("[data-composer]").last().click();
	await page.keyboard.type(text);
	await page.keyboard.press("Control+Enter");
	await eventually(
		async () => (await last(page, 1))[0] === text && (await page.locator("[data-pending]").count()) === 0,
		{
			what: `${text} was not sent`,
		},
	);
}

const post = (page, text) => page.locator("[data-post]").filter({ hasText: new RegExp(`\\b${text}\\b`) });

/** The words of the last posts, in the order in which they stand on the page. */
async function last(page, count) {
	const texts = await page.locator("[data-post] .prose").allTextContents();
	return texts.slice(-count).map((text) => text.trim());
}
