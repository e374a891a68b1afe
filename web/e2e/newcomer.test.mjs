// The newcomer's path: from an empty folder to two people in two zones who answered each other.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { engines, eventually, person, startBrowser, startServer, watched } from "./world.mjs";

// Tuesday 09:20 in Bogotá, 23:20 in Tokyo.
const NOW = "2026-11-24T14:20:00Z";
const PASSWORD = "correct horse battery";
const TITLE = "Should drivers see their route without a signal?";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

for (const engine of engines) {
	test(`two people in two zones hold a conversation (${engine})`, async (t) => {
		const server = await startServer({ engine, clock: NOW });
		t.after(() => server.stop());
		const camila = await person(browser, server, { zone: "America/Bogota", clock: NOW });
		const yuki = await person(browser, server, { zone: "Asia/Tokyo", clock: NOW });
		t.after(() => Promise.all([camila.close(), yuki.close()]));

		await watched(`newcomer-${engine}`, { camila, yuki }, async () => {
			const link = await setUp(camila.page);
			await join(yuki.page, link);
			await startThread(camila.page);
			await answer(yuki.page);
			await closeAndPutAway(camila.page);
			await isFinished(yuki.page);
		});

		assert.deepEqual(camila.errors, []);
		assert.deepEqual(yuki.errors, []);
	});
}

/** Camila makes the workspace, says when she works, and copies a link for Yuki. */
async function setUp(page) {
	await page.goto("/");
	await page.getByLabel("Name of the workspace").fill("Cordel");
	await page.getByLabel("Your name").fill("Camila Rojas");
	await page.getByLabel("E-mail").fill("camila@example.org");
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Continue" }).click();

	await page.getByText("in Bogotá. Is that right?").waitFor();
	await page.getByRole("button", { name: "Continue" }).click();

	await page.getByRole("button", { name: "Create a link" }).click();
	const link = await page.locator("input[readonly]").first().inputValue();
	assert.match(link, /\/invite\/[0-9a-f]{64}$/);
	await page.getByRole("button", { name: "Continue" }).click();
	await page.getByRole("button", { name: "Do this later" }).click();
	await page.waitForURL("**/inbox");
	return link;
}

/** Yuki opens the link and is in after one screen. */
async function join(page, link) {
	await page.goto(link);
	await page.getByText("in Tokyo").first().waitFor();
	await page.getByLabel("Your name").fill("Yuki Tanabe");
	await page.getByLabel("E-mail").fill("yuki@example.org");
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Join Cordel" }).click();
	await page.waitForURL("**/inbox");
	// It is 23:20 for her: the page is calm.
	await page.getByText("Your day starts tomorrow, 09:00.").waitFor();
	await page.getByRole("button", { name: "Show anyway" }).click();
}

/** Camila starts a thread and asks Yuki; she knows both times before she sends. */
async function startThread(page) {
	await page.keyboard.press("c");
	await page.getByRole("heading", { name: "New thread" }).waitFor();
	await page.getByLabel("Title").fill(TITLE);
	await page.locator("[data-composer]").click();
	await page.keyboard.type("I tested both versions. **A** is simple. Can you choose?");
	await page.getByRole("button", { name: "Ask for a reply" }).click();
	const panel = page.locator("[data-ask-panel]");
	await panel.getByRole("radio", { name: "Decision" }).check({ force: true });
	await panel.getByLabel("Question").fill("A or B?");
	await chooseRecipient(page, "Yuki");
	// Their next working day: the end of it, for her and for me.
	await panel.getByText("Wed 25 Nov, 17:00").waitFor();
	await panel.getByText("Tomorrow, 03:00 for you").waitFor();
	await page.getByText("Yuki gets it", { exact: false }).waitFor();
	await page.locator("[data-send]").click();
	await page.waitForURL("**/thread/**");
	await page.locator("[data-post]").filter({ hasText: "I tested both versions." }).waitFor();
	await eventually(async () => (await page.locator("[data-post][data-pending]").count()) === 0, {
		what: "the post was not sent",
	});
}

async function chooseRecipient(page, name) {
	await page.getByRole("button", { name: "Add people" }).click();
	await page.getByRole("option", { name }).click();
}

/** It arrives at Yuki's open inbox without a reload; she answers. */
async function answer(page) {
	// It waits for the start of her day; she looks all the same.
	await page.getByRole("button", { name: "Show them" }).click();
	const row = page.locator("[data-topic-row]").filter({ hasText: TITLE });
	await row.waitFor();
	await page.getByRole("heading", { name: /Waiting for your reply/ }).waitFor();
	await row.getByRole("link").first().click();
	const ask = page.locator("[data-ask]");
	await ask.getByText("Camila asks you to decide: A or B?").waitFor();
	await ask.getByRole("button", { name: "Decide" }).click();
	await page.keyboard.type("A. Simple is better for the first release.");
	await page.keyboard.press("Control+Enter");
	await page.locator("[data-post]").filter({ hasText: "Simple is better" }).waitFor();
	await page
		.locator("[data-ask]")
		.filter({ hasText: "answered" })
		.or(page.getByText("answered", { exact: false }))
		.first()
		.waitFor();
}

/** Camila has the answer before her eyes, closes the ask and puts the thread away. */
async function closeAndPutAway(page) {
	await page.locator("[data-post]").filter({ hasText: "Simple is better" }).waitFor();
	await page.locator("[data-ask]").getByRole("button", { name: "Close" }).click();
	await page.keyboard.press("e");
	// Done leads to the list that the thread came from; there is nothing left in it.
	await page.waitForURL("**/inbox");
	await page.getByText("That is everything.").waitFor();
	await page
		.getByRole("link", { name: "Done" })
		.or(page.getByRole("radio", { name: "Done" }))
		.first()
		.click();
	await page.locator("[data-topic-row]").filter({ hasText: TITLE }).waitFor();
}

/** Nothing waits for Yuki any more. */
async function isFinished(page) {
	await page.goto("/inbox");
	await page.getByRole("button", { name: "Show anyway" }).click();
	await page.getByText("That is everything.").waitFor();
}
