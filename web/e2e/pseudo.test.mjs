// A longer language breaks no layout: every screen with words that are 40 % longer and have accents (build/pseudo.ts),
// and no word that a translator cannot reach.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { tooWide } from "./access.mjs";
import { NOW, open, PASSWORD, SCREENS, SIZES, signIn } from "./tour.mjs";
import { person, startBrowser, startServer } from "./world.mjs";

const web = resolve(import.meta.dirname, "..");

let folder;
let browser;
let server;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "meridian-pseudo-"));
	const env = { ...process.env, MERIDIAN_PSEUDO: "1" };
	const build = ["node_modules/vite/bin/vite.js", "build", "--outDir", folder, "--logLevel", "error"];
	await promisify(execFile)(process.execPath, build, { cwd: web, env });
	[browser, server] = await Promise.all([
		startBrowser(),
		startServer({ clock: NOW, sample: PASSWORD, client: folder }),
	]);
});
after(async () => {
	await browser?.close();
	await server?.stop();
	await rm(folder, { recursive: true, force: true });
});

for (const size of SIZES) {
	test(`every screen at ${size.width} in a longer language`, async (t) => {
		const camila = await person(browser, server, { zone: "America/Bogota", clock: NOW, ...size });
		await signIn(camila.page);
		await camila.page.goto("/inbox?locale=pseudo");
		await camila.page
			.getByText(/löñger/)
			.first()
			.waitFor();
		for (const [name, screen] of Object.entries(SCREENS)) {
			// What is done there finds its buttons by their English words.
			if (screen.act && !screen.anyLanguage) continue;
			await t.test(name, async () => {
				await open(camila.page, screen);
				assert.deepEqual([...(await tooWide(camila.page)), ...(await fixedWords(camila.page))], []);
			});
		}
		assert.deepEqual(camila.errors, []);
		await camila.close();
	});
}

/** Words of the product that do not come from the messages: labels and headings that are plain English. */
function fixedWords(page) {
	return page.evaluate(() => {
		const own = "h1, h2, h3, button, label, th, legend, [role=tab], [role=menuitem]";
		// What people wrote is theirs: names, titles, texts.
		const theirs =
			"main:has([data-post]) h1, .prose, [data-topic-row], [data-post], [data-space-row], [data-person], .workspace, .who, .crumbs, nav .entry, address, [data-card], [data-stage] h2, .goal .title, .goal .results, th[data-column^=fld_]";
		const spaces = [...document.querySelectorAll("nav.spaces .entry")].map((entry) => entry.textContent.trim());
		const named = (text) => spaces.some((name) => name.includes(text));
		return [...document.querySelectorAll(own)]
			.filter((element) => element.checkVisibility() && !element.closest(theirs))
			.map((element) => element.textContent.trim())
			.filter((text) => /^[A-Z][a-z]+( [a-z]+){1,}[.?]?$/.test(text) && !/[áéíöüñçšÅÉØÛ]/.test(text) && !named(text))
			.map((text) => `not a message: ${text}`);
	});
}
