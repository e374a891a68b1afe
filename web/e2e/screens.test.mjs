// What holds on every screen: nothing that axe calls serious, nothing wider than the window, no error.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
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

for (const [index, size] of SIZES.entries()) {
	// Contrast is checked by script in both themes (contrast.test.ts); here each width has one.
	const theme = index === 0 ? "light" : "dark";
	test(`every screen at ${size.width}, ${theme}`, async (t) => {
		const camila = await person(browser, server, { zone: "America/Bogota", clock: NOW, theme, ...size });
		await signIn(camila.page);
		for (const [name, screen] of Object.entries(SCREENS)) {
			await t.test(name, async () => {
				await open(camila.page, screen);
				await camila.page.evaluate(axe);
				const found = await camila.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
				const serious = found.violations
					.filter(({ impact }) => impact === "serious" || impact === "critical")
					.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" | ")}`);
				assert.deepEqual(serious, []);
				const overflow = await camila.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
				assert.ok(overflow <= 0, `${overflow} px wider than the window`);
			});
		}
		assert.deepEqual(camila.errors, []);
		await camila.close();
	});
}
