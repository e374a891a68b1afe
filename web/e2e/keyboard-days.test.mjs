// A day at the keyboard: from the sign-in page on nobody touches a mouse. After each key the focus is on something that can
// be seen, never lost to the page (2.1.1, 2.4.7, 2.4.11).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NOW, PASSWORD } from "./tour.mjs";
import { eventually, person, startBrowser, startServer, watched } from "./world.mjs";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** As many stops as a person would go through before they give up. */
const PATIENCE = 80;

/** A person who has a keyboard and nothing else. */
class Hands {
	constructor(page) {
		this.page = page;
		this.keyboard = page.keyboard;
	}

	/** Presses a key; the focus stays somewhere on the page. */
	async press(key) {
		await this.keyboard.press(key);
		await this.focus(key);
	}

	/** What has the focus, once what the last key did has settled: it can be seen. */
	async focus(what = "") {
		return eventually(
			async () => {
				const found = await this.page.evaluate(focused);
				assert.ok(found, `after ${what} the focus is lost to the page at ${this.page.url()}`);
				assert.ok(found.sized, `after ${what} the focus is on something without a size: ${found.name}`);
				assert.ok(found.inView, `after ${what} the focus is out of sight: ${found.name}`);
				assert.ok(found.marked, `after ${what} the focus cannot be seen: ${found.name}`);
				return found;
			},
			{ within: 4000 },
		);
	}

	/** Goes by Tab to what has that role and name. */
	async to(role, name, { back = false } = {}) {
		const wanted = this.page.getByRole(role, { name, ...(typeof name === "string" ? { exact: true } : {}) });
		await wanted.first().waitFor();
		for (let stop = 0; stop < PATIENCE; stop++) {
			if (await wanted.evaluateAll((all) => all.some((one) => one === document.activeElement))) return;
			await this.press(back ? "Shift+Tab" : "Tab");
		}
		assert.fail(`Tab does not come to the ${role} ${name}; it is at ${(await this.focus()).name}`);
	}

	/** Goes by Tab to what has that role and name, and presses it. */
	async use(role, name, key = "Enter") {
		await this.to(role, name);
		await this.press(key);
	}
}

/** In the page: what has the focus, and whether that is to be seen. */
function focused() {
	const element = document.activeElement;
	if (!element || element === document.body || element === document.documentElement) return null;
	const box = element.getBoundingClientRect();
	const ring = (style) =>
		(style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
	const around = element.closest(".field, .box, .composer, label, [data-focus], dialog, [data-topic-row], [data-post]");
	// A title that is read when a screen opens, and a dialog itself, are no stops of Tab.
	const told = element.tabIndex < 0 && element.matches("h1, main, dialog, [data-away-end], [data-post]");
	return {
		name: `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 60)}`,
		sized: box.width > 0 && box.height > 0,
		inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
		// Writing is seen by its caret.
		marked:
			told ||
			element.matches("[role=combobox], dialog input") ||
			ring(getComputedStyle(element)) ||
			(around !== null && ring(getComputedStyle(around))),
	};
}

/** What the server answers her. */
const answer = (page, path) => page.evaluate(async (path) => (await fetch(`/api/v1${path}`)).json(), path);

/** Which row of the inbox has the focus; "" when none has. */
const rowInFocus = (page) =>
	page.evaluate(() => document.activeElement?.closest("[data-topic-row]")?.dataset.topicRow ?? "");
const rowIds = (page) =>
	page.locator("[data-topic-row]").evaluateAll((rows) => rows.map((row) => row.dataset.topicRow));

/** Camila signs in by keys, on the morning of the mock-ups. */
async function morning(t, name, day) {
	const server = await startServer({ clock: NOW, sample: PASSWORD });
	t.after(() => server.stop());
	const { page, errors, close } = await person(browser, server, { zone: "America/Bogota", clock: NOW });
	t.after(close);
	const hands = new Hands(page);
	await watched(name, { camila: { page } }, async () => {
		await page.goto("/sign-in");
		await page.getByRole("button", { name: "Sign in" }).waitFor();
		await hands.to("textbox", /E-mail/);
		await page.keyboard.type("camila@cordel.example");
		await hands.press("Tab");
		await page.keyboard.type(PASSWORD);
		await page.keyboard.press("Enter");
		await page.waitForURL("**/inbox");
		await page.locator("[data-topic-row]").nth(2).waitFor();
		await hands.focus("signing in");
		await day({ page, hands, keyboard: page.keyboard });
	});
	assert.deepEqual(errors, []);
}

test("the inbox is cleared by keys, and each thing taken back", (t) =>
	morning(t, "keys-inbox", async ({ page, hands }) => {
		const before = await rowIds(page);
		await hands.press("j");
		assert.equal(await rowInFocus(page), before[0]);
		await hands.press("j");
		await hands.press("j");
		await hands.press("k");
		assert.equal(await rowInFocus(page), before[1]);

		// The first row that wants nothing but reading: Done takes it away, and the focus goes on.
		const reading = await page.locator("section[aria-labelledby=inbox-reading] [data-topic-row]").first();
		const read = await reading.getAttribute("data-topic-row");
		const at = before.indexOf(read);
		for (let row = 1; row < at; row++) await hands.press("j");
		assert.equal(await rowInFocus(page), read);
		await hands.press("e");
		await eventually(async () => !(await rowIds(page)).includes(read));
		await eventually(async () => (await rowInFocus(page)) === before[at + 1]);
		await hands.press("z");
		await eventually(async () => (await rowIds(page)).includes(read));
		assert.notEqual(await rowInFocus(page), "");

		// Later, by the letter of the word and by the one that other programs taught.
		for (const key of ["l", "s"]) {
			const put = await rowInFocus(page);
			await hands.press(key);
			const dialog = page.getByRole("dialog", { name: "Later" });
			await dialog.waitFor();
			await hands.use("button", /^Next week/);
			await eventually(async () => !(await rowIds(page)).includes(put));
			assert.notEqual(await rowInFocus(page), "");
			await hands.press("z");
			await eventually(async () => (await rowIds(page)).includes(put));
		}

		// A dialog that is left gives the focus back to its row.
		const here = await rowInFocus(page);
		await hands.press("l");
		await page.getByRole("dialog", { name: "Later" }).waitFor();
		await hands.press("Escape");
		await eventually(async () => (await rowInFocus(page)) === here);
		await hands.press("w");
		await page.getByRole("dialog").waitFor();
		await hands.press("Escape");
		await eventually(async () => (await rowInFocus(page)) === here);
	}));

test("a thread is read, answered with an ask, sent later and left by keys", (t) =>
	morning(t, "keys-thread", async ({ page, hands, keyboard }) => {
		const first = (await rowIds(page))[0];
		await hands.press("j");
		await keyboard.press("Enter");
		await page.waitForURL("**/thread/**");
		await page.locator("[data-post]").last().waitFor();
		await hands.focus("opening a thread");
		await hands.press("j");
		await hands.press("j");
		await hands.press("k");
		assert.ok(await page.evaluate(() => document.activeElement?.closest("[data-post]") !== null));

		// A reply that asks: the person by "@", the ask by its key, its question and time by Tab.
		await keyboard.press("r");
		await hands.focus("r");
		await keyboard.type("Which phones did you test? @pio");
		await page.getByRole("option", { name: /Piotr/ }).waitFor();
		await hands.press("Enter");
		await hands.use("button", /Ask for a reply/);
		await page.locator("[data-ask-panel]").waitFor();
		await hands.focus("the ask is opened");
		await hands.to("textbox", "Question");
		await keyboard.press("Control+a");
		await keyboard.type("Which phones did you test?");
		await hands.to("combobox", /^By/);
		await hands.press("ArrowDown");
		await hands.press("Control+Enter");
		const asked = page.locator("[data-ask]").filter({ hasText: "Which phones did you test?" });
		await asked.waitFor();
		await eventually(async () =>
			(await answer(page, "/asks?list=waiting")).items.some(
				({ question }) => question === "Which phones did you test?",
			),
		);

		// One goes on writing where one wrote; Escape leaves the text for the posts.
		const writes = () => page.evaluate(() => document.activeElement?.matches("[data-composer], [data-composer] *"));
		await eventually(writes);
		await hands.press("Escape");
		assert.equal(await writes(), false);

		// Their times in place of one's own, for as long as T is held; a short press leaves them.
		const times = page.locator("[data-post] time");
		await hands.press("t");
		await times.filter({ hasText: "in Tokyo, UTC+9" }).first().waitFor();
		await page.getByText("Kraków, UTC+2").first().waitFor();
		await hands.press("t");
		await times.filter({ hasText: "UTC+9" }).first().waitFor({ state: "detached" });
		await keyboard.down("t");
		await times.filter({ hasText: "in Tokyo, UTC+9" }).first().waitFor();
		await page.clock.runFor(1000);
		await keyboard.up("t");
		await times.filter({ hasText: "UTC+9" }).first().waitFor({ state: "detached" });

		// The same place once more, for later.
		await keyboard.press("r");
		await keyboard.type("And one for tomorrow.");
		await hands.use("button", "Send later");
		await page.getByRole("menu").waitFor();
		await hands.press("ArrowDown");
		await eventually(async () =>
			page.evaluate(() => document.activeElement?.getAttribute("role")?.startsWith("menuitem")),
		);
		while (!/At a time/.test((await hands.focus()).name)) await hands.press("ArrowDown");
		await hands.press("Enter");
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Send at").waitFor();
		await hands.focus("choosing a time");
		await hands.use("button", "Send later");
		await dialog.waitFor({ state: "detached" });
		await hands.focus("it waits to be sent");
		await eventually(async () => (await answer(page, "/drafts")).items.some(({ send_at }) => send_at !== null));

		// Back where it was opened. A second press does not lead out of the site.
		await keyboard.press("Escape");
		await page.waitForURL("**/inbox");
		await eventually(async () => (await rowInFocus(page)) === first);
		await keyboard.press("Enter");
		await page.waitForURL("**/thread/**");
		await page.locator("[data-post]").last().waitFor();
		await keyboard.press("Escape");
		await keyboard.press("Escape");
		await page.waitForURL("**/inbox");
		await page.locator("[data-topic-row]").first().waitFor();
		assert.equal(new URL(page.url()).pathname, "/inbox");
		await hands.press("j");

		// What waits is listed; it is held again.
		await keyboard.press("g");
		await keyboard.press("w");
		await page.waitForURL("**/work");
		await hands.focus("g w");
		await hands.use("link", /Drafts/);
		await page.waitForURL("**/work/drafts");
		const waits = page.locator("[data-scheduled]");
		await waits.waitFor();
		await hands.use("button", "Cancel");
		await waits.waitFor({ state: "detached" });
		await hands.focus("not sending it");
	}));

test("an ask is passed on, and the palette goes everywhere", (t) =>
	morning(t, "keys-palette", async ({ page, hands, keyboard }) => {
		const owed = (await answer(page, "/asks?list=owe")).items;
		await keyboard.press("Control+k");
		await page.getByRole("combobox").waitFor();
		await hands.focus("the palette");
		await keyboard.type("work");
		await page.getByRole("option", { name: "Work", exact: true }).waitFor();
		await keyboard.press("Enter");
		await page.waitForURL("**/work");
		await hands.focus("the palette went to Work");
		await page.locator("[data-ask-link]").first().waitFor();
		await hands.press("j");
		await keyboard.press("Enter");
		await page.waitForURL("**/thread/**");
		await page.locator("[data-post]").last().waitFor();
		await hands.focus("opening an ask");
		await keyboard.press("p");
		const dialog = page.getByRole("dialog", { name: "Pass on" });
		await dialog.waitFor();
		await hands.focus("passing on");
		await keyboard.type("raf");
		await page.getByRole("option", { name: /Rafael/ }).waitFor();
		await hands.press("Enter");
		await hands.focus("Rafael is chosen");
		await keyboard.type("You know the tiles.");
		await hands.press("Enter");
		await dialog.waitFor({ state: "detached" });
		await hands.focus("it was passed on");
		await eventually(async () => (await answer(page, "/asks?list=owe")).items.length === owed.length - 1);

		// Left without a choice, the palette gives the focus back.
		const there = (await hands.focus()).name;
		await keyboard.press("Control+k");
		await page.getByRole("combobox").waitFor();
		await keyboard.press("Escape");
		assert.equal((await hands.focus("leaving the palette")).name, there);

		// G S goes to the spaces; then one types.
		await keyboard.press("g");
		await keyboard.press("s");
		await page.waitForURL("**/s#find");
		const field = page.getByRole("searchbox", { name: "Find a space" });
		await eventually(() => field.evaluate((one) => one === document.activeElement));
		// In the field keys are letters; Escape leaves it for the list.
		await keyboard.type("gi");
		assert.equal(await field.inputValue(), "gi");
		await hands.press("Escape");
		await hands.press("j");
		await keyboard.press("g");
		await keyboard.press("s");
		await eventually(() => field.evaluate((one) => one === document.activeElement));
		await keyboard.type("bill");
		await keyboard.press("Enter");
		await page.waitForURL("**/s/billing");
		await hands.focus("opening a space");
	}));

test("coming back, the map and the settings are gone through by keys", (t) =>
	morning(t, "keys-time", async ({ page, hands, keyboard }) => {
		await page.goto("/away/2025-10-02..2025-10-13");
		await page.getByRole("heading", { name: "Welcome back, Camila." }).waitFor();
		await hands.use("button", /^Start/);
		const open = page.locator("[data-away][class*=current]");
		await open.waitFor();
		await hands.focus("starting");
		const first = await open.getAttribute("data-away");
		await hands.press("e");
		await eventually(async () => (await open.getAttribute("data-away")) !== first);
		await hands.press("z");
		await eventually(async () => (await open.getAttribute("data-away")) === first);
		await hands.press("j");
		await hands.press("k");
		await hands.press("u");
		await page.waitForURL("**/inbox");
		await hands.focus("leaving the page for coming back");

		await keyboard.press("g");
		await keyboard.press("t");
		await page.waitForURL("**/people/time");
		await page.getByRole("slider", { name: "Time on the map" }).waitFor();
		await hands.focus("g t");
		await hands.to("slider", "Time on the map");
		await hands.press("ArrowRight");
		await hands.press("PageUp");
		const line = page.getByRole("slider", { name: "Time on the map" });
		assert.match(await line.getAttribute("aria-valuetext"), /^10:30\./);
		await eventually(() => page.url().includes("at=2025-10-14T15%3A30Z"), { what: "the address does not follow" });
		await hands.focus("the address follows");
		await hands.press("Escape");
		await page.getByText("Now 09:2").first().waitFor();
		await hands.focus("back to now");
		await hands.press("]");
		await hands.press("[");
		await hands.press("t");
		await page.getByRole("row").filter({ hasText: "Yuki Tanabe" }).getByText("Tokyo, UTC+9").waitFor();

		await keyboard.press("Control+k");
		await page.getByRole("combobox", { name: "Search and commands" }).waitFor();
		await keyboard.type("notifications");
		await page.getByRole("option", { name: /^Notifications/ }).waitFor();
		await keyboard.press("Enter");
		await page.waitForURL("**/settings/notifications");
		await hands.focus("the settings");
		await hands.to("radio", /3 deliveries|Three/);
		await hands.press("ArrowDown");
		await eventually(async () => (await answer(page, "/me/delivery")).delivery.plan.kind !== "three");
		await hands.press("z");
		await hands.focus("taking a setting back");
	}));
