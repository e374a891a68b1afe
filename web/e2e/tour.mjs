// The screens of the sample workspace: for the pictures, and for the checks that hold on every screen.
import { WORK_SCREENS } from "./tour.work.mjs";

/** The morning of the design's mock-ups: Tuesday 14 October, 09:20 in Bogotá. */
export const NOW = "2025-10-14T14:20:00Z";
export const PASSWORD = "correct horse battery";

/**
 * The screens, by name: an address, and what is done there before the picture; `anyLanguage`: by keys and by what people
 * wrote, not by the words of the product. `as`: who sits there, by default Camila.
 */
export const SCREENS = {
	inbox: { at: "/inbox" },
	"inbox-why": { at: "/inbox", act: (page) => page.keyboard.press("w"), anyLanguage: true },
	"inbox-later": { at: "/inbox/later" },
	"inbox-done": { at: "/inbox/done" },
	thread: { at: "/inbox", act: openThread, anyLanguage: true },
	composer: { at: "/inbox", act: openAsk },
	"composer-urgent": { at: "/inbox", act: openUrgent },
	"send-later": { at: "/inbox", act: openSendLater },
	"new-thread": { at: "/new" },
	work: { at: "/work" },
	"work-asked": { at: "/work/asked" },
	"work-late": { at: "/work/asked", as: "rafael", act: openWaitLonger },
	"work-drafts": { at: "/work/drafts", act: writeDrafts },
	"work-urgent": { at: "/work/urgent" },
	space: { at: "/s/driver-app" },
	"space-norms": { at: "/s/driver-app", act: openNorms },
	"space-threads": { at: "/s/driver-app/threads" },
	"space-members": { at: "/s/driver-app/members" },
	direct: { at: "/direct" },
	people: { at: "/people" },
	person: { at: "/people/yuki-tanabe" },
	"team-time": { at: "/people/time" },
	"team-time-week": { at: "/people/time?space=driver-app&view=week" },
	"team-time-theirs": {
		at: "/people/time?members=camila-duarte,yuki-tanabe",
		act: (page) => page.keyboard.press("t"),
		anyLanguage: true,
	},
	away: { at: "/away/2025-10-02..2025-10-13" },
	"away-walk": { at: "/away/2025-10-02..2025-10-13", act: (page) => page.keyboard.press("e"), anyLanguage: true },
	search: { at: "/search?q=route" },
	palette: { at: "/inbox", act: (page) => page.keyboard.press("Control+k"), anyLanguage: true },
	keys: { at: "/inbox", act: (page) => page.keyboard.press("?"), anyLanguage: true },
	"settings-profile": { at: "/settings/profile" },
	"settings-hours": { at: "/settings/hours" },
	"settings-notifications": { at: "/settings/notifications" },
	"settings-focus": { at: "/settings/focus" },
	"settings-travel": { at: "/settings/hours", act: openTravel },
	"settings-time-off": { at: "/settings/time-off" },
	"settings-time-off-touches": { at: "/settings/time-off", act: openTouches },
	"settings-look": { at: "/settings/look" },
	"settings-keyboard": { at: "/settings/keyboard" },
	"settings-security": { at: "/settings/security" },
	"admin-overview": { at: "/admin/overview" },
	"admin-members": { at: "/admin/members" },
	"admin-invitations": { at: "/admin/invitations" },
	"admin-groups": { at: "/admin/groups" },
	"admin-group": { at: "/admin/groups", act: (page) => page.getByRole("button", { name: "New group" }).click() },
	"admin-norms": { at: "/admin/norms" },
	...WORK_SCREENS,
	waiting: { at: "/inbox", act: goOffline },
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

/** Without a network something is done, and the list of what waits to be sent is open. The next screen is online again. */
async function goOffline(page) {
	await openThread(page);
	await page.context().setOffline(true);
	await page.locator("[data-post] button[aria-pressed]").first().click();
	await page.getByRole("button", { name: "Show", exact: true }).first().click();
	await page.getByRole("dialog").waitFor();
}

/** What an earlier screen left as a draft is taken away. */
async function emptyComposer(page) {
	await page.locator("[data-composer]").last().click();
	await page.keyboard.press("Control+a");
	await page.keyboard.press("Delete");
	const remove = page.getByRole("button", { name: "Remove the ask" });
	if (await remove.isVisible()) await remove.click();
	await page.locator("[data-composer]").last().click();
}

async function openAsk(page) {
	await openThread(page);
	await emptyComposer(page);
	await page.keyboard.type("I choose A. Simple is better for the first release, and the drivers prefer it.");
	await page.getByRole("button", { name: "Ask for a reply" }).click();
	await page.locator("[data-ask-panel]").scrollIntoViewIfNeeded();
}

async function openUrgent(page) {
	await openAsk(page);
	await page.getByLabel("By", { exact: true }).selectOption("urgent");
	await page.locator("[data-urgent-gate] select").waitFor();
	await page.locator("[data-urgent-gate]").scrollIntoViewIfNeeded();
}

async function openSendLater(page) {
	await openThread(page);
	await emptyComposer(page);
	await page.keyboard.type("One more thing for Thursday.");
	await page.locator("[data-send-later]").click();
	await page.getByRole("menuitem", { name: "At a time" }).click();
}

/** What can be done about an ask whose time has passed. */
async function openWaitLonger(page) {
	await page.getByRole("button", { name: "Wait longer" }).first().click();
	await page.getByRole("dialog").waitFor();
}

async function openNorms(page) {
	await page
		.locator("section.card")
		.filter({ hasText: "How we reply here" })
		.getByRole("button", { name: "Edit" })
		.click();
	await page.getByRole("radio", { name: "Its own" }).click();
}

/** A text that was begun on a phone, and one that goes out when somebody's day starts. */
async function writeDrafts(page) {
	await page.evaluate(async () => {
		const ask = async (method, path, body) => {
			const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
			await fetch(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
		};
		const { members, spaces } = await (await fetch("/api/v1/me")).json();
		const yuki = members.find((member) => member.slug === "yuki-tanabe");
		const billing = spaces.find((space) => space.slug === "billing");
		const text = { place: { kind: "new", space: billing.id }, device: "phone:tour", version: 0 };
		const [begun, waiting] = ["drf_01k7hhffakfshvj5zfhq4k3rwy", "drf_01k7hhge80e3x8w2qxkvachk7p"];
		await ask("PUT", `/drafts/${begun}`, {
			...text,
			title: "Refunds in December",
			source: "We should decide before the holidays.",
		});
		await ask("PUT", `/drafts/${waiting}`, {
			...text,
			title: "Test phones",
			source: "Which phone do you have at home?",
			to: [yuki.id],
		});
		await ask("POST", `/drafts/${waiting}/send`, {
			when: { kind: "their_start", member: yuki.id },
			post: "pst_01k7hhge80e3x8w2qxkvachk7p",
			topic: "top_01k7hhge80e3x8w2qxkvachk7p",
		});
	});
	await page.locator("[data-scheduled]").waitFor();
}

async function openTravel(page) {
	await page.getByRole("button", { name: "I am travelling" }).click();
	await page.getByRole("combobox").fill("Lisb");
	await page.getByRole("option", { name: /^Lisbon/ }).click();
}

/** A time off is entered, and what it touches is shown: the first ask goes to the cover. */
async function openTouches(page) {
	await page.getByRole("button", { name: "Add time off" }).first().click();
	await page.getByLabel("First day").fill("2025-10-15");
	await page.getByLabel("Last day").fill("2025-10-24");
	await page.getByLabel("Who covers for you").selectOption({ label: "Rafael Nogueira" });
	await page.getByRole("button", { name: "Continue" }).click();
	await page.getByRole("radio").first().waitFor();
	await page.keyboard.press("j");
	await page.keyboard.press("p");
}

/** What stands still: fonts are there, and what the grey lines stand for. */
export async function calm(page) {
	await page.evaluate(() => document.fonts.ready);
	// The grey lines are gone when what they stand for is there.
	await page.locator("[data-skeleton]").first().waitFor({ state: "detached" });
	await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
}

/** Who sits at a page. */
const seats = new WeakMap();

/** Somebody of the sample signs in, Camila unless somebody else is named. Whoever sat there before is gone. */
export async function signIn(page, who = "camila") {
	if (seats.has(page)) await page.context().clearCookies();
	seats.set(page, who);
	await page.goto("/sign-in");
	await page.getByLabel("E-mail").fill(`${who}@cordel.example`);
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL("**/inbox");
}

/** Opens a screen and does what belongs to it. */
export async function open(page, screen) {
	await page.context().setOffline(false);
	const who = screen.as ?? "camila";
	if (seats.get(page) !== who) await signIn(page, who);
	await page.goto(screen.at);
	await page.locator("h1").first().waitFor();
	await calm(page);
	await screen.act?.(page);
	await calm(page);
}
