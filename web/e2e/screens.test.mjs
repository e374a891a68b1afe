// What holds on every screen: nothing that axe calls serious, nothing wider than the window, no error, and the list of
// ui.md 5: text spacing, 400 % zoom, forced colours, less motion, targets, the focus.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { focusLost, forced, moving, spacedOut, tooSmall, tooWide } from "./access.mjs";
import { NOW, open, PASSWORD, SCREENS, SIZES, signIn } from "./tour.mjs";
import { person, startBrowser, startServer } from "./world.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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

/** Runs `check` on every screen of the sample workspace at one size. */
function onEveryScreen(name, size, check) {
	test(name, async (t) => {
		const camila = await person(browser, server, { zone: "America/Bogota", clock: NOW, ...size });
		await signIn(camila.page);
		for (const [screen, what] of Object.entries(SCREENS)) {
			await t.test(screen, async () => {
				await open(camila.page, what);
				assert.deepEqual(await check(camila.page), []);
			});
		}
		assert.deepEqual(camila.errors, []);
		await camila.close();
	});
}

/** What axe calls serious. */
async function serious(page) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	return found.violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" | ")}`);
}

for (const [index, size] of SIZES.entries()) {
	// Contrast is checked by script in both themes (contrast.test.ts); here each width has one.
	const theme = index === 0 ? "light" : "dark";
	const least = size.touch ? 44 : 24;
	onEveryScreen(`every screen at ${size.width}, ${theme}`, { ...size, theme }, async (page) => [
		...(await serious(page)),
		...(await tooWide(page)),
		...(await moving(page)),
		...(await tooSmall(page, least)),
		...(await spacedOut(page)),
		...(await forced(page)),
		...(await focusLost(page)),
	]);
}

// 1280 px at 400 % are 320.
onEveryScreen("every screen at 400 %", { width: 320, height: 256 }, async (page) => [
	...(await tooWide(page)),
	...(await spacedOut(page)),
]);
