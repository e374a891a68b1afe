// Takes the pictures in docs/screens. `node e2e/screens.mjs [name]` takes those whose names begin so.
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { calm, NOW, open, PASSWORD, SCREENS, SIZES, signIn } from "./tour.mjs";
import { person, startBrowser, startServer } from "./world.mjs";

const folder = resolve(import.meta.dirname, "../../docs/screens");
const only = process.argv[2] ?? "";
/** What lies over the screen is pictured as it is seen, not from top to bottom. */
const OVERLAYS = [
	"palette",
	"keys",
	"board-add",
	"board-selected",
	"board-views",
	"board-filter",
	"board-project",
	"board-rules",
	"board-templates",
	"form-editor",
	"goal",
	"sign-off",
	"task-deliver",
	"task-repeat",
];

/** The screens before one is in: first start, sign-in, invitation. */
async function entry(size, theme) {
	const empty = await startServer({ clock: NOW });
	const { page, context } = await person(browser, empty, { zone: "America/Bogota", clock: NOW, theme, ...size });
	const take = async (name) => {
		await calm(page);
		await page.screenshot({ path: join(folder, `${name}-${size.width}-${theme}.png`), fullPage: true });
	};
	await page.goto("/setup");
	await page.getByLabel("Name of the workspace").fill("Cordel");
	await page.getByLabel("Your name").fill("Camila Duarte");
	await page.getByLabel("E-mail").fill("camila@cordel.example");
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await take("setup");
	await page.getByRole("button", { name: "Continue" }).click();
	await page.getByText("Is that right?").waitFor();
	await take("setup-hours");
	await page.getByRole("button", { name: "Continue" }).click();
	await page.getByRole("button", { name: "Create a link" }).click();
	const link = await page.locator("input[readonly]").first().inputValue();
	await take("setup-invite");
	await page.getByRole("button", { name: "Continue" }).click();
	await page.getByRole("button", { name: "Do this later" }).waitFor();
	await take("setup-thread");
	await page.getByRole("button", { name: "Do this later" }).click();
	await page.waitForURL("**/inbox");
	await take("inbox-first-day");
	await context.clearCookies();
	await page.goto("/sign-in");
	await page.getByRole("button", { name: "Sign in" }).waitFor();
	await take("sign-in");
	await page.goto(link);
	await page.getByRole("button", { name: "Join Cordel" }).waitFor();
	await take("invitation");
	await context.close();
	await empty.stop();
}

await mkdir(folder, { recursive: true });
const browser = await startBrowser();
const server = await startServer({ clock: NOW, sample: PASSWORD });
for (const size of SIZES) {
	for (const theme of ["light", "dark"]) {
		if ("entry".startsWith(only)) await entry(size, theme);
		const { page, context } = await person(browser, server, { zone: "America/Bogota", clock: NOW, theme, ...size });
		await signIn(page);
		for (const [name, screen] of Object.entries(SCREENS)) {
			if (!name.startsWith(only)) continue;
			await open(page, screen);
			const tall = size.width > 400 && !OVERLAYS.includes(name);
			// A tall picture begins at the top, where what sticks to the window is in its place.
			if (tall) await page.evaluate(() => scrollTo(0, 0));
			await page.screenshot({ path: join(folder, `${name}-${size.width}-${theme}.png`), fullPage: tall });
		}
		await context.close();
	}
}
await browser.close();
await server.stop();
