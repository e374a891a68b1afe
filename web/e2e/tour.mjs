// The screens of the sample workspace: for the pictures, and for the checks that hold on every screen.

/** The morning of the design's mock-ups: Tuesday 14 October, 09:20 in Bogotá. */
export const NOW = "2025-10-14T14:20:00Z";
export const PASSWORD = "correct horse battery";

/** The screens, by name: an address, and what is done there before the picture. */
export const SCREENS = {
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
	person: { at: "/people/yuki-tanabe" },
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

export const SIZES = [
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

/** What stands still: fonts are there, and what the grey lines stand for. */
export async function calm(page) {
	await page.evaluate(() => document.fonts.ready);
	// The grey lines are gone when what they stand for is there.
	await page.locator("[data-skeleton]").first().waitFor({ state: "detached" });
	await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
}

/** Camila signs in. */
export async function signIn(page) {
	await page.goto("/sign-in");
	await page.getByLabel("E-mail").fill("camila@cordel.example");
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL("**/inbox");
}

/** Opens a screen and does what belongs to it. */
export async function open(page, screen) {
	await page.goto(screen.at);
	await page.locator("h1").first().waitFor();
	await calm(page);
	await screen.act?.(page);
	await calm(page);
}
