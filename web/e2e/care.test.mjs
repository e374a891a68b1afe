// Nothing that somebody writes is lost or written over, and nothing is said to be done that is not: at real browsers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newId, Person } from "./offline.world.mjs";
import { calm, NOW, PASSWORD, signIn } from "./tour.mjs";
import { eventually, person, startBrowser, startServer } from "./world.mjs";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** Camila at a browser, at 09:20 in Bogotá, and others at the API. */
async function morning(t, size = {}) {
	const server = await startServer({ clock: NOW, sample: PASSWORD });
	const seat = await person(browser, server, { zone: "America/Bogota", clock: NOW, ...size });
	t.after(async () => {
		await seat.close();
		await server.stop();
	});
	await signIn(seat.page);
	const at = async (key) => {
		const who = new Person(server.url);
		await who.call("POST", "/sessions", { email: `${key}@cordel.example`, password: PASSWORD });
		return who;
	};
	return { server, ...seat, at };
}

const comes = (check) =>
	eventually(async () => {
		await check();
		return true;
	});
const dialogOf = (page) => page.getByRole("dialog");
const toast = (page) => page.locator("[role=status] .line");
const spaceOf = async (who, slug) => (await who.call("GET", `/spaces/${slug}`)).space;

async function openNorms(page) {
	const card = page.locator("section.card").filter({ hasText: "How we reply here" });
	await card.getByRole("button", { name: "Edit" }).click();
	await page.getByRole("radio", { name: "Its own" }).click();
}

/** The thread in which Yuki asks Camila to decide. */
async function openAsked(page) {
	await page.goto("/inbox");
	await page.locator("[data-topic-row]").filter({ hasText: "without a signal" }).getByRole("link").first().click();
	await page.locator("[data-ask]").first().waitFor();
}

test("two people change how one replies: each part that was saved stands, and where both changed one, both are shown", async (t) => {
	const { page, at } = await morning(t);
	const other = await at("camila");
	const { id } = await spaceOf(other, "driver-app");
	const norms = { budgets: {}, note: "Ask in the morning.", urgent_reasons: ["Drivers cannot sign in"], rota: [] };
	await other.call("PATCH", `/spaces/${id}`, { norms });
	await page.goto("/s/driver-app");
	await openNorms(page);
	const note = dialogOf(page).getByLabel("In a few words");
	await comes(async () => assert.equal(await note.inputValue(), norms.note));

	const saved = { ...norms, note: "Ask before noon.", urgent_reasons: [...norms.urgent_reasons, "No refunds go out"] };
	await other.call("PATCH", `/spaces/${id}`, { norms: saved });
	await comes(async () => assert.equal(await note.inputValue(), saved.note));
	await dialogOf(page).getByLabel("Lead", { exact: false }).first().selectOption({ label: "Rafael Nogueira" });
	await dialogOf(page).getByRole("textbox", { name: "Another reason" }).fill("The map is empty");
	await dialogOf(page).getByRole("button", { name: "Save" }).click();
	await comes(async () => {
		const now = await spaceOf(other, "driver-app");
		assert.equal(now.norms.note, saved.note);
		assert.deepEqual(now.norms.urgent_reasons, [...saved.urgent_reasons, "The map is empty"]);
		assert.ok(now.lead);
	});

	await openNorms(page);
	await note.fill("Mine.");
	await note.blur();
	const { norms: before } = await spaceOf(other, "driver-app");
	await other.call("PATCH", `/spaces/${id}`, { norms: { ...before, note: "Theirs." } });
	const both = dialogOf(page).locator("[data-two-versions]");
	await both.getByText("Theirs.").waitFor();
	await dialogOf(page).getByRole("button", { name: "Save" }).click();
	await both.getByText("Choose one of the two first.").waitFor();
	await both.getByRole("button", { name: "Use theirs" }).click();
	assert.equal(await note.inputValue(), "Theirs.");
});

test("a group that somebody else changes can still be saved, with the people of both", async (t) => {
	const { page, at } = await morning(t);
	const other = await at("rafael");
	const { members } = await other.call("GET", "/me");
	const who = (slug) => members.find((member) => member.slug === slug).id;
	const id = newId("grp");
	await other.call("POST", "/groups", { id, name: "Night watch", members: [who("yuki-tanabe")] });
	await page.goto("/admin/groups");
	await page
		.locator(`[data-group="${id}"]`)
		.getByRole("button", { name: /^Change / })
		.click();
	await other.call("PATCH", `/groups/${id}`, { members: [who("yuki-tanabe"), who("rafael-nogueira")] });
	await dialogOf(page).getByText("Somebody else changed this group meanwhile.").waitFor();
	await dialogOf(page).getByLabel("Name").fill("Night");
	await dialogOf(page).getByRole("button", { name: "Save" }).click();
	await comes(async () => {
		const { items } = await other.call("GET", "/groups");
		const now = items.find((each) => each.id === id);
		assert.equal(now.name, "Night");
		assert.equal(now.members.length, 2);
	});
});

test("a dialog about an ask keeps its text: after a click outside, after the way back, and when the ask is withdrawn", async (t) => {
	const { page, at } = await morning(t, { width: 390, height: 844, touch: true });
	const yuki = await at("yuki");
	await openAsked(page);
	const ask = await page.locator("[data-ask]").first().getAttribute("data-ask");
	const decline = async () => {
		await page.locator(`[data-ask="${ask}"]`).getByRole("button", { name: "More about this ask" }).click();
		await page.getByRole("menuitem", { name: "Decline" }).click();
	};
	await decline();
	const reason = dialogOf(page).getByLabel("Reason").first();
	await reason.fill("I am on the release.");
	await page.mouse.click(190, 40);
	assert.equal(await reason.inputValue(), "I am on the release.");

	const thread = page.url();
	await page.goBack();
	await dialogOf(page).waitFor({ state: "detached" });
	await comes(async () => assert.equal(page.url(), thread));
	await decline();
	assert.equal(await reason.inputValue(), "I am on the release.");

	await yuki.call("POST", `/asks/${ask}/withdraw`);
	await dialogOf(page).getByText("Yuki has withdrawn this ask. Your text is still here.").waitFor();
	assert.equal(await reason.inputValue(), "I am on the release.");
	assert.equal(await dialogOf(page).getByRole("button", { name: "Decline" }).getAttribute("aria-disabled"), "true");
});

test("a double click opens a dialog and leaves it open", async (t) => {
	const { page } = await morning(t);
	await openAsked(page);
	await page
		.locator("[data-ask]")
		.first()
		.getByRole("button", { name: "More time" })
		.dblclick({ position: { x: 4, y: 4 } });
	await dialogOf(page).waitFor();
	assert.equal(await dialogOf(page).isVisible(), true);
});

test("without a network nothing is said to be with somebody", async (t) => {
	const { page, context } = await morning(t);
	await openAsked(page);
	await context.setOffline(true);
	await page.getByText("You are offline.").first().waitFor();
	await page.locator("[data-ask]").first().getByRole("button", { name: "Pass on" }).click();
	await dialogOf(page).getByRole("option").filter({ hasText: "Rafael" }).click();
	await dialogOf(page).getByRole("textbox").fill("You know the routes.");
	await dialogOf(page).getByRole("button", { name: "Pass on" }).click();
	await comes(async () => assert.match(await toast(page).textContent(), /^\s*Waits to send\./));
});

test("a time off that the server would not take is said at its field, and comes back after Escape", async (t) => {
	const { page } = await morning(t);
	await page.goto("/settings/time-off");
	await page.getByRole("button", { name: "Add time off" }).first().click();
	await dialogOf(page).getByLabel("First day").fill("2025-11-03");
	await dialogOf(page).getByLabel("Last day").fill("2028-11-03");
	await dialogOf(page).getByRole("button", { name: "Continue" }).click();
	await dialogOf(page).getByText("At most 2 years at a time.").waitFor();
	await dialogOf(page).getByLabel("Last day").fill("2025-11-04");
	await page.keyboard.press("Escape");
	await dialogOf(page).waitFor({ state: "detached" });
	await page.getByRole("button", { name: "Add time off" }).first().click();
	assert.equal(await dialogOf(page).getByLabel("Last day").inputValue(), "2025-11-04");
});

test("in the palette a person can be asked in the thread of the selected row", async (t) => {
	const { page } = await morning(t);
	await page.locator("[data-topic-row]").first().waitFor();
	await calm(page);
	await page.keyboard.press("j");
	await eventually(() => page.evaluate(() => Boolean(document.activeElement?.closest("[data-topic-row]"))));
	await page.keyboard.press("Control+k");
	await page.getByRole("combobox").fill("ask rafael");
	await page.getByRole("option", { name: "Ask Rafael for a reply" }).waitFor();
	await page.keyboard.press("Enter");
	await page.waitForURL("**/thread/**");
	await page.locator("[data-ask-panel] .asked").filter({ hasText: "Rafael" }).waitFor();
});
