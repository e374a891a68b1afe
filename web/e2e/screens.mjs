// Takes the pictures in docs/screens. `node e2e/screens.mjs [name]` takes those whose names begin so.
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { person, startBrowser, startServer } from "./world.mjs";

const NOW = "2025-10-14T14:20:00Z";
const PASSWORD = "correct horse battery";
const folder = resolve(import.meta.dirname, "../../docs/screens");
const only = process.argv[2] ?? "";

/** The screens, by name: an address, and what is done there before the picture. */
const SCREENS = {
	inbox: { at: "/inbox" },
	"inbox-later": { at: "/inbox/later" },
	"inbox-done": { at: "/inbox/done" },
	thread: { at: "/inbox", act: openThread },
	composer: { at: "/inbox", act: openAsk },
	"new-thread": { at: "/new" },
	work: { at: "/work" },
	space: { at: "/s/driver-app" },
	"space-threads": { at: "/s/driver-app/threads" },
	"space-members": { at: "/s/driver-app/members" },
	direct: { at: "/direct" },
	people: { at: "/people" },
	person: { at: "/people/yuki" },
	"team-time": { at: "/people/time" },
	search: { at: "/search?q=route" },
	palette: { at: "/inbox", act: (page) => page.keyboard.press("Control+k") },
	keys: { at: "/inbox", act: (page) => page.keyboard.press("?") },
	"settings-profile": { at: "/settings/profile" },
	"settings-hours": { at: "/settings/hours" },
	"settings-time-off": { at: "/settings/time-off" },
	"settings-look": { at: "/settings/look" },
	"settings-security": { at: "/settings/security" },
	"admin-overview": { at: "/admin/overview" },
	"admin-members": { at: "/admin/members" },
	"admin-invitations": { at: "/admin/invitations" },
	"not-found": { at: "/thread/zzzzz-nothing" },
};

const SIZES = [
	{ width: 1440, height: 900 },
	{ width: 390, height: 844, touch: true },
];

async function openThread(page) {
	await page.locator("[data-topic-row]").filter({ hasText: "without a signal" }).getByRole("link").first().click();
	await page.locator("[data-post]").last().waitFor();
}

async function openAsk(page) {
	await openThread(page);
	await page.locator("[data-composer]").last().click();
	await page.keyboard.type("I choose A. Simple is better for the first release, and the drivers prefer it.");
	await page.getByRole("button", { name: "Ask for a reply" }).click();
	await page.locator("[data-ask-panel]").scrollIntoViewIfNeeded();
}

async function calm(page) {
	await page.evaluate(() => document.fonts.ready);
	// The grey lines are gone when what they stand for is there.
	await page.locator("[data-skeleton]").first().waitFor({ state: "detached" });
	await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
}

await mkdir(folder, { recursive: true });
const browser = await startBrowser();
const server = await startServer({ clock: NOW, sample: PASSWORD });
for (const size of SIZES) {
	for (const theme of ["light", "dark"]) {
		const { page, context, errors } = await person(browser, server, {
			zone: "America/Bogota",
			clock: NOW,
			theme,
			...size,
		});
		await page.goto("/sign-in");
		await page.getByLabel("E-mail").fill("camila@cordel.example");
		await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.waitForURL("**/inbox");
		for (const [name, screen] of Object.entries(SCREENS)) {
			if (!name.startsWith(only)) continue;
			await page.goto(screen.at);
			await page.locator("h1").first().waitFor();
			await calm(page);
			try {
				await screen.act?.(page);
			} catch (error) {
				process.stdout.write(`${name}-${size.width}-${theme}: ${error.message.split("\n")[0]}\n`);
			}
			await calm(page);
			// A tall picture begins at the top, where what sticks to the window is in its place.
			if (size.width > 400) await page.evaluate(() => scrollTo(0, 0));
			const tall = size.width > 400 && !["palette", "keys"].includes(name);
			await page.screenshot({ path: join(folder, `${name}-${size.width}-${theme}.png`), fullPage: tall });
		}
		for (const error of errors) process.stdout.write(`${size.width} ${theme}: ${error}\n`);
		await context.close();
	}
}
await browser.close();
await server.stop();
