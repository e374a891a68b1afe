// What holds on every screen: nothing that axe calls serious, nothing wider than the window, no error, and the list of
// ui.md 5: text spacing, 400 % zoom, forced colours, less motion, targets, the focus.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults, moving, spacedOut, tooWide } from "./access.mjs";
import { NOW, open, PASSWORD, SCREENS, SIZES, signIn } from "./tour.mjs";
import { person, startBrowser, startServer } from "./world.mjs";

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

for (const [index, size] of SIZES.entries()) {
	// Contrast is checked by script in both themes (contrast.test.ts); here each width has one.
	const theme = index === 0 ? "light" : "dark";
	onEveryScreen(`every screen at ${size.width}, ${theme}`, { ...size, theme }, async (page) => [
		...(await moving(page)),
		...(await faults(page, size)),
	]);
}

// 1280 px at 400 % are 320.
onEveryScreen("every screen at 400 %", { width: 320, height: 256 }, async (page) => [
	...(await tooWide(page)),
	...(await spacedOut(page)),
]);
