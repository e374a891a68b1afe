// Keys as people press them: other layouts, input methods, keys of one's own (ui.md 1.5).
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { calm, NOW, PASSWORD, signIn } from "./tour.mjs";
import { eventually, person, startBrowser, startServer } from "./world.mjs";

let browser;
let server;
let camila;
let page;
before(async () => {
	browser = await startBrowser();
	server = await startServer({ clock: NOW, sample: PASSWORD });
});
after(async () => {
	await browser.close();
	await server.stop();
});

const rows = () => page.locator("[data-topic-row]");
/** Which row of the inbox has the focus; -1: none. */
const focused = () =>
	page.evaluate(() =>
		[...document.querySelectorAll("[data-topic-row]")].findIndex((row) => row.contains(document.activeElement)),
	);
const at = (row) =>
	eventually(async () => (await focused()) === row, { what: `row ${row} has no focus`, within: 5000 });
/** A key of another layout: what it writes and where it is. */
async function press(key, code) {
	const devtools = await camila.context.newCDPSession(page);
	await devtools.send("Input.dispatchKeyEvent", { type: "keyDown", key, code, text: key, unmodifiedText: key });
	await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", key, code });
	await devtools.detach();
}

describe("keys", () => {
	beforeEach(async () => {
		camila = await person(browser, server, { zone: "America/Bogota", clock: NOW });
		page = camila.page;
		await signIn(page);
		await rows().nth(2).waitFor();
		await calm(page);
		await page.keyboard.press("j");
		await at(0);
	});
	afterEach(async () => {
		assert.deepEqual(camila.errors, []);
		await camila.close();
	});

	test("G waits for its second key and shows what may follow", async () => {
		await page.keyboard.press("g");
		const hint = page.getByRole("status").filter({ hasText: "Team time" });
		await hint.waitFor();
		for (const place of ["Inbox", "Work", "People", "Spaces"])
			assert.match(await hint.textContent(), new RegExp(place));
		await page.keyboard.press("w");
		await page.waitForURL("**/work");
	});

	test("[ and ] go through the list that one came from, and the way back is to the row seen last", async () => {
		const titles = await rows()
			.getByRole("link")
			.evaluateAll((links) => [...new Set(links.map(({ href }) => new URL(href).pathname))]);
		await page.keyboard.press("Enter");
		await page.waitForURL("**/thread/**");
		await page.locator("[data-post]").first().waitFor();
		await page.keyboard.press("]");
		await page.waitForURL((url) => url.pathname.split("-")[0] === titles[1].split("-")[0]);
		await page.locator("[data-post]").first().waitFor();
		await page.keyboard.press("]");
		await page.waitForURL((url) => url.pathname.split("-")[0] === titles[2].split("-")[0]);
		await page.keyboard.press("[");
		await page.waitForURL((url) => url.pathname.split("-")[0] === titles[1].split("-")[0]);
		await page.keyboard.press("u");
		await page.waitForURL("**/inbox");
		await at(1);
	});

	test("a Russian layout: the place of the key counts; Dvorak: its letter does", async () => {
		await press("о", "KeyJ");
		await at(1);
		await press("л", "KeyK");
		await at(0);
		await press("j", "KeyC");
		await at(1);
		// On Dvorak the key where J is on other keyboards writes H, which is Later.
		await press("k", "KeyV");
		await at(0);
	});

	test("what an input method composes is text, not keys", async () => {
		await page.keyboard.press("Enter");
		await page.locator("[data-composer]").click();
		const devtools = await camila.context.newCDPSession(page);
		const here = page.url();
		for (const text of ["ｎ", "に", "にｈ", "にほ", "にほん"]) {
			await devtools.send("Input.dispatchKeyEvent", {
				type: "rawKeyDown",
				key: "Process",
				code: "KeyE",
				windowsVirtualKeyCode: 229,
			});
			await devtools.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
		}
		await devtools.send("Input.dispatchKeyEvent", {
			type: "rawKeyDown",
			key: "Enter",
			code: "Enter",
			windowsVirtualKeyCode: 229,
		});
		await devtools.send("Input.insertText", { text: "日本" });
		await eventually(async () => (await page.locator("[data-composer]").textContent()).trim() === "日本");
		assert.equal(page.url(), here);
	});

	test("single keys can be switched off; chords and arrows stay", async () => {
		await page.keyboard.press("?");
		await page.getByRole("dialog").getByLabel("Single keys").uncheck();
		await page.keyboard.press("Escape");
		await rows().first().getByRole("link").first().focus();
		await page.keyboard.press("j");
		assert.equal(await focused(), 0);
		await page.keyboard.press("ArrowDown");
		await at(1);
		await page.keyboard.press("Control+k");
		await page.getByRole("combobox").waitFor();
	});

	test("a key of one's own works, shows on the buttons, is refused when it is taken, and stays after a reload", async () => {
		await page.goto("/settings/keyboard");
		const next = page.getByRole("button", { name: /Change the key for “Next”/ });
		await next.click();
		await page.keyboard.press("e");
		await page.getByText("E already does “Done”.").waitFor();
		await page.keyboard.press("n");
		await page.getByRole("button", { name: "Change the key for “Next”, now N" }).waitFor();
		await page.goto("/inbox");
		await rows().nth(2).waitFor();
		await page.keyboard.press("j");
		assert.equal(await focused(), -1);
		await page.keyboard.press("n");
		await at(0);
		await page.goto("/settings/keyboard");
		await page.getByRole("button", { name: "Use the product’s keys" }).click();
		await page.getByRole("button", { name: "Change the key for “Next”, now J" }).waitFor();
	});
});
