// What happens to tasks by itself or again: series, reminders, rules, templates, forms; by mouse, keyboard and finger.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { tooSmall, tooWide, violations } from "./access.mjs";
import { calm, SIZES } from "./tour.mjs";
import { call, card, makeBoard, sample } from "./work.world.mjs";
import { eventually, picture, startBrowser, watched } from "./world.mjs";

const FUEL = "Show fuel stops on the route";
const BOARD = "/s/driver-app/board";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** A workspace of its own with the board, and Camila on it. */
async function world(t, options = {}) {
	const { server, people, enter } = await sample(t, browser);
	const page = await enter("camila", "America/Bogota", options);
	const made = await makeBoard(page, options);
	await page.goto(BOARD);
	await card(page, FUEL).waitFor();
	await calm(page);
	return { page, made, people, server };
}

/** What axe and the other checks find wrong, in the dialog or on the page. */
async function faults(page, within) {
	return [...(await violations(page, within)).map(({ words }) => words), ...(await tooWide(page))];
}

async function openRhythm(page, part) {
	await page.getByRole("button", { name: "More about this board" }).click();
	await page.getByRole("menuitem", { name: "Rules, templates, forms" }).click();
	const dialog = page.getByRole("dialog", { name: "Rules, templates, forms" });
	await dialog.getByRole("radio", { name: part }).click();
	return dialog;
}

test("a task is set to repeat, says so in words, and its next one comes when it is done", async (t) => {
	const { page, made, people } = await world(t);
	await watched("rhythm-repeat", people, async () => {
		await call(page, "PATCH", `/tasks/${made.tasks[FUEL]}`, {
			due: { date: "2025-10-16", time: null },
			owner: made.people.Camila,
		});
		await page.goto(`/task/RUN-24`);
		await page.getByRole("button", { name: "Set a rhythm" }).click();
		const dialog = page.getByRole("dialog", { name: "Repeat this task" });
		await dialog.getByLabel("When").selectOption({ label: "Every second Thursday" });
		await dialog.getByLabel("Time").fill("15:00");
		await dialog
			.getByText(/30 October/)
			.first()
			.waitFor();
		assert.equal(await dialog.locator("ol li").count(), 5);
		await picture(page, "rhythm-repeat");
		assert.deepEqual(await faults(page, "dialog[open]"), []);
		// A rule of one's own that is not understood is said to be so, and changes nothing.
		await dialog.getByText("More", { exact: true }).click();
		await dialog.getByLabel("A rule of your own").fill("FREQ=HOURLY");
		await dialog.getByText("This rule is not understood").first().waitFor();
		await dialog.getByLabel("A rule of your own").fill("");
		await dialog
			.getByText(/30 October/)
			.first()
			.waitFor();
		await dialog.getByRole("button", { name: "Save" }).click();
		await page.getByText("It repeats from now on.").first().waitFor();
		await page.getByRole("button", { name: "Every second Thursday at 15:00" }).waitFor();
		await page.getByText(/^Next: .*30 October/).waitFor();
		await picture(page, "rhythm-repeat-task");
		await page.keyboard.press("e");
		await page.getByRole("link", { name: /The next one: RUN-/ }).click();
		await page.getByRole("link", { name: "The one before: RUN-24" }).waitFor();
		await page.getByRole("heading", { name: FUEL }).waitFor();
		// Ended from the keyboard.
		await page.getByRole("button", { name: "Every second Thursday at 15:00" }).focus();
		await page.keyboard.press("Enter");
		await page.getByRole("dialog").getByRole("button", { name: "End it" }).press("Enter");
		await page.getByText("It has ended: this was the last one.").waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a rule is made in two lines, does its work, tells what it did, and refuses a circle", async (t) => {
	const { page, made, people } = await world(t);
	await watched("rhythm-rules", people, async () => {
		let dialog = await openRhythm(page, "Rules");
		await dialog.getByText("No rules yet").waitFor();
		await dialog.getByRole("button", { name: "New rule" }).click();
		await dialog.getByLabel("Column").selectOption({ label: "In review" });
		await dialog.getByLabel("Then").selectOption({ label: "add a label" });
		await dialog.getByLabel("Label").selectOption({ label: "map" });
		await dialog.getByRole("button", { name: "Add rule" }).click();
		const words = "When a task comes into In review: add the label map";
		await dialog.getByText(words).waitFor();
		// What would go round in circles is refused in words.
		await dialog.getByRole("button", { name: "New rule" }).click();
		await dialog.getByLabel("When a task", { exact: true }).selectOption({ label: "gets a label" });
		await dialog.getByLabel("Label", { exact: true }).first().selectOption({ label: "map" });
		await dialog.getByLabel("Then").selectOption({ label: "move it" });
		await dialog.getByLabel("Column").selectOption({ label: "In review" });
		await dialog.getByRole("button", { name: "Add rule" }).click();
		await dialog.getByText("These rules would set each other off for ever.").waitFor();
		await picture(page, "rhythm-rules");
		assert.deepEqual(await faults(page, "dialog[open]"), []);
		await page.keyboard.press("Escape");

		await call(page, "PATCH", `/tasks/${made.tasks[FUEL]}`, { stage: made.stages.review, labels: [] });
		await eventually(async () =>
			(await call(page, "GET", `/tasks/${made.tasks[FUEL]}`)).task.labels.includes(made.labels.map),
		);
		dialog = await openRhythm(page, "Rules");
		await dialog.getByText("What rules did").click();
		await dialog.getByRole("link", { name: /RUN-24/ }).waitFor();
		await dialog.getByText("Done", { exact: true }).waitFor();
		await picture(page, "rhythm-rule-runs");
		// Off, and gone, with the keyboard.
		await dialog.getByRole("checkbox", { name: new RegExp(words) }).press("Space");
		await page.getByText("The rule is off.").first().waitFor();
		await dialog.getByRole("button", { name: `Remove the rule “${words}”` }).press("Enter");
		await dialog.getByText("No rules yet").waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a template is made from a task and used, and a project is made like this one", async (t) => {
	const { page, people } = await world(t);
	await watched("rhythm-templates", people, async () => {
		const dialog = await openRhythm(page, "Templates");
		await dialog.getByRole("button", { name: "New template" }).click();
		await dialog.getByLabel("Made from the task").selectOption({ label: `RUN-24 ${FUEL}` });
		await dialog.getByLabel("Name").fill("Fuel");
		await dialog.getByLabel("Due after so many working days").fill("2");
		await dialog.getByRole("button", { name: "Add template" }).click();
		await dialog.getByText("due after 2 working days").waitFor();
		await dialog.getByRole("button", { name: "Make a task from Fuel" }).click();
		await page.getByText(`${FUEL} is on the board.`).first().waitFor();
		await picture(page, "rhythm-templates");
		assert.deepEqual(await faults(page, "dialog[open]"), []);
		await dialog.getByRole("button", { name: "A project like this one" }).click();
		await dialog.getByLabel("Name", { exact: true }).fill("Driver app, next year");
		await dialog.getByLabel("Key", { exact: true }).fill("NXT");
		await dialog.getByRole("button", { name: "Make the project" }).click();
		await page.getByText("Driver app, next year is there.").first().waitFor();
		const { items } = await call(page, "GET", "/projects");
		assert.ok(items.some(({ name, stages }) => name === "Driver app, next year" && stages.length === 6));
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a form is sent without scripts and without an account, and its address can be taken back", async (t) => {
	const { page, people, server } = await world(t);
	await watched("rhythm-forms", people, async () => {
		const dialog = await openRhythm(page, "Forms");
		await dialog.getByRole("button", { name: "New form" }).click();
		await dialog.getByLabel("Title").fill("Ask the driver app team");
		await dialog.getByRole("button", { name: "Make the form" }).click();
		const address = await dialog.getByLabel("Address of Ask the driver app team").inputValue();
		await picture(page, "rhythm-forms");
		assert.deepEqual(await faults(page, "dialog[open]"), []);

		const stranger = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
		const outside = await stranger.newPage();
		await outside.goto(address.replace(/^https?:\/\/[^/]+/, server.url));
		await outside.getByRole("heading", { name: "Ask the driver app team" }).waitFor();
		await picture(outside, "rhythm-form-390");
		await outside.getByLabel("What do you need").fill("A map of closed roads");
		await outside.getByLabel("Details").fill("<script>alert(1)</script> @[Camila](mem_1)");
		await outside.getByLabel("Your e-mail address").fill("shop@example.com");
		await outside.getByRole("button", { name: "Send" }).click();
		await outside.getByText("It was sent.").waitFor();
		await picture(outside, "rhythm-form-thanks-390");
		await page.keyboard.press("Escape");
		await card(page, "A map of closed roads").waitFor();

		await openRhythm(page, "Forms");
		await dialog.getByRole("button", { name: "New address" }).click();
		await page.getByText("The old one leads nowhere.").first().waitFor();
		await outside.reload();
		await outside.goto(outside.url());
		await outside.getByText("There is no form here").waitFor();
		await stranger.close();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("reminders are chosen in the settings, and come back with Undo", async (t) => {
	const { page, people } = await world(t);
	await watched("rhythm-reminders", people, async () => {
		await page.goto("/settings/notifications");
		await page.getByLabel("Before a task is due").selectOption({ label: "2 working days before" });
		await page.getByText("Saved").first().waitFor();
		await eventually(async () => (await call(page, "GET", "/work/reminders")).days_before === 2);
		await page.getByLabel("Once more when it is late").uncheck();
		await eventually(async () => !(await call(page, "GET", "/work/reminders")).after);
		await page.getByRole("button", { name: "Undo" }).last().click();
		await eventually(async () => (await call(page, "GET", "/work/reminders")).after);
		await page.getByText("Reminders of my tasks").scrollIntoViewIfNeeded();
		await picture(page, "rhythm-reminders");
		assert.deepEqual(people.camila.errors, []);
	});
});

test("it all fits a phone and a dark screen", async (t) => {
	const { page, people } = await world(t, { ...SIZES[1] });
	await watched("rhythm-phone", people, async () => {
		const dialog = await openRhythm(page, "Rules");
		await dialog.getByRole("button", { name: "New rule" }).click();
		await picture(page, "rhythm-rules-390");
		assert.deepEqual([...(await faults(page, "dialog[open]")), ...(await tooSmall(page, 44))], []);
		await page.emulateMedia({ colorScheme: "dark" });
		assert.deepEqual(await faults(page, "dialog[open]"), []);
		await picture(page, "rhythm-rules-390-dark");
		await page.keyboard.press("Escape");
		await page.emulateMedia({ colorScheme: "light" });
		await page.goto("/task/RUN-24");
		await page.getByRole("button", { name: "Set a rhythm" }).click();
		await page.getByRole("dialog").locator("ol li").first().waitFor();
		assert.deepEqual([...(await faults(page, "dialog[open]")), ...(await tooSmall(page, 44))], []);
		await picture(page, "rhythm-repeat-390");
		assert.deepEqual(people.camila.errors, []);
	});
});
