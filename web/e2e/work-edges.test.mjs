// What goes wrong with boards and tasks: addresses that lead nowhere, columns that are gone, days that cannot be, paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { calm } from "./tour.mjs";
import { call, card, column, makeBoard, newId, sample, sent, titles } from "./work.world.mjs";
import { eventually, picture, startBrowser, watched } from "./world.mjs";

const FUEL = "Show fuel stops on the route";
const BOARD = "/s/driver-app/board";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** A workspace of its own with the board, and Camila on it. */
async function world(t) {
	const { people, enter } = await sample(t, browser);
	const page = await enter("camila", "America/Bogota");
	const made = await makeBoard(page);
	await page.goto(BOARD);
	await card(page, FUEL).waitFor();
	await calm(page);
	return { page, made, enter, people };
}

const asked = async (page, id) => (await call(page, "GET", `/tasks/${id}`)).task;

test("a column is taken away while a card moves into it: the refusal says so, and of which card", async (t) => {
	const { page, made, enter, people } = await world(t);
	await watched("edges-column", people, async () => {
		const gone = newId("stg");
		await call(page, "POST", `/projects/${made.project}/stages`, { id: gone, name: "Doomed", kind: "open" });
		await column(page, "Doomed").waitFor();
		const rafael = await enter("rafael", "America/Sao_Paulo");
		await page.context().setOffline(true);
		await card(page, FUEL).locator("[data-card-link]").focus();
		await page.keyboard.press("m");
		await page.getByRole("dialog").getByRole("radio", { name: "Doomed" }).check();
		await page.getByRole("button", { name: "Move", exact: true }).click();
		await column(page, "Doomed").getByRole("button", { name: "Add a task to Doomed" }).click();
		await column(page, "Doomed").getByLabel("What", { exact: true }).fill("Written for the doomed column");
		await page.keyboard.press("Enter");
		await page.keyboard.press("Escape");
		await call(rafael, "DELETE", `/stages/${gone}?to=${made.stages.ready}`);
		await page.context().setOffline(false);
		await page.getByText("2 things you did were not accepted.").waitFor();
		await page.getByRole("button", { name: "Show", exact: true }).click();
		const refused = page.getByRole("dialog", { name: "Not accepted" }).getByRole("listitem");
		const moved = refused.filter({ hasText: "Move of a task" });
		await moved.getByText("The column is not there any more.").waitFor();
		await moved.getByText(FUEL).waitFor();
		const added = refused.filter({ hasText: "New task" });
		await added.getByText("The column is not there any more.").waitFor();
		await added.getByText("Written for the doomed column").waitFor();
		assert.equal((await asked(page, made.tasks[FUEL])).stage, made.stages.ready);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a task says when it starts, and is not due before that", async (t) => {
	const { page, made, people } = await world(t);
	await watched("edges-days", people, async () => {
		const task = made.tasks[FUEL];
		await call(page, "PATCH", `/tasks/${task}`, { starts_on: "2025-12-01", due: { date: "2025-12-10", time: null } });
		await page.goto("/task/RUN-24");
		await page.getByRole("button", { name: "RUN-24 starts: 1 Dec" }).waitFor();
		await page.getByRole("button", { name: /^When RUN-24 is due/ }).click();
		await page.getByLabel("Day", { exact: true }).fill("2025-11-20");
		await page.getByRole("button", { name: "Set time" }).click();
		await page.getByText("It starts after that day. Choose a later one.").waitFor();
		await page.keyboard.press("Escape");
		assert.equal((await asked(page, task)).due.date, "2025-12-10");
		await page.getByRole("button", { name: "RUN-24 starts: 1 Dec" }).click();
		const days = page.getByRole("dialog", { name: "Days of RUN-24" });
		await days.getByLabel("Starts").fill("2025-11-17");
		await days.getByLabel("Due", { exact: true }).fill("2025-11-20");
		await days.getByRole("button", { name: "Save" }).click();
		await eventually(async () => {
			const { starts_on, due } = await asked(page, task);
			return starts_on === "2025-11-17" && due.date === "2025-11-20";
		});
		// Without a start, it is in the menu.
		await call(page, "PATCH", `/tasks/${task}`, { starts_on: null });
		await page.getByRole("button", { name: /starts:/ }).waitFor({ state: "detached" });
		await page.getByRole("button", { name: "More", exact: true }).click();
		await page.getByRole("menuitem", { name: "Choose its days" }).click();
		await days.getByLabel("Starts").waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("Shift selects all between, and only what is shown is changed", async (t) => {
	const { page, made, people } = await world(t);
	await watched("edges-select", people, async () => {
		await page.goto(`${BOARD}?view=list`);
		const pick = (n) => page.getByRole("checkbox", { name: `Select RUN-${n}`, exact: true });
		await pick(24).click();
		await pick(26).click({ modifiers: ["Shift"] });
		const bar = (words) => page.getByRole("toolbar", { name: words });
		await bar("3 tasks selected").waitFor();
		assert.equal(await pick(25).isChecked(), true);
		await page.getByRole("button", { name: "Filter" }).click();
		await page.getByLabel("Words in the title").fill("fuel");
		await page.keyboard.press("Escape");
		await bar("1 task selected").getByRole("button", { name: "Put away" }).click();
		await eventually(async () => (await asked(page, made.tasks[FUEL])).archived_at !== null);
		const others = ["Ask for camera access later, not at sign-in", "Spanish words for the pickup screen"];
		for (const title of others) assert.equal((await asked(page, made.tasks[title])).archived_at, null);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("what was done and is taken back stands where it stood", async (t) => {
	const { page, people } = await world(t);
	await watched("edges-done", people, async () => {
		const ready = await titles(page, "Ready");
		await card(page, ready[1]).locator("[data-card-link]").focus();
		await page.keyboard.press("e");
		await page.getByText("RUN-25 is done.").first().waitFor();
		await eventually(async () => (await page.locator("[data-pending]").count()) === 0);
		await page.keyboard.press("z");
		await eventually(async () => assert.deepEqual(await titles(page, "Ready"), ready) ?? true);
		await eventually(async () => (await page.locator("[data-pending]").count()) === 0);
		await page.reload();
		await card(page, FUEL).waitFor();
		assert.deepEqual(await titles(page, "Ready"), ready);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("several that were done, or moved, and are taken back stand where they stood", async (t) => {
	const { page, people } = await world(t);
	await watched("edges-bulk", people, async () => {
		const columns = ["Ready", "In progress", "In review"];
		const all = async () => Promise.all(columns.map((name) => titles(page, name)));
		const before = await all();
		const [ready, progress, review] = before;
		// Neighbours, the last one and one that is alone: each in its own column.
		const chosen = [ready[1], ready[2], progress[0], progress[3], review[1]];
		const select = async () => {
			for (const title of chosen) {
				await card(page, title).locator("[data-card-link]").focus();
				await page.keyboard.press("x");
			}
		};
		const backAgain = async () => {
			await sent(page);
			await page.keyboard.press("z");
			await eventually(async () => assert.deepEqual(await all(), before) ?? true);
			await sent(page);
			await page.reload();
			await card(page, FUEL).waitFor();
			await eventually(async () => assert.deepEqual(await all(), before) ?? true);
		};
		const bar = page.getByRole("toolbar", { name: "5 tasks selected" });
		await select();
		await bar.getByRole("button", { name: "Done", exact: true }).click();
		await eventually(async () => (await titles(page, "Ready")).length === 1);
		await backAgain();
		await select();
		await bar.getByRole("button", { name: "Move", exact: true }).click();
		await page.getByRole("menuitem", { name: "In review" }).click();
		await eventually(async () => (await titles(page, "In review")).length === 6);
		await backAgain();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a title that is too long is kept in its field, says so, and is saved once it is short enough", async (t) => {
	const { page, made, people } = await world(t);
	await watched("edges-title", people, async () => {
		const long = "a".repeat(214);
		const saved = async () => (await asked(page, made.tasks[FUEL])).title;
		const field = page.getByRole("textbox", { name: "Title", exact: true });
		const tooMany = page.getByText("14 characters too many: a title has at most 200. It is saved once it is shorter.");
		const { key } = await asked(page, made.tasks[FUEL]);
		for (const at of [`${BOARD}?view=list`, `/task/${key}`]) {
			await page.goto(at);
			await page.getByRole("button", { name: `Edit the title of ${key}` }).click();
			await field.fill("b".repeat(195));
			await page.getByText("5 of 200 characters left.").waitFor();
			await field.fill(long);
			await tooMany.waitFor();
			assert.equal(await field.getAttribute("aria-invalid"), "true");
			await field.press("Enter");
			await page.locator("body").click({ position: { x: 2, y: 2 } });
			assert.equal(await field.inputValue(), long);
			assert.equal(await saved(), FUEL);
			await picture(page, `title-${at.includes("list") ? "list" : "task"}`);
			await field.press("Escape");
			await field.waitFor({ state: "detached" });
			assert.equal(await saved(), FUEL);
		}
		await page.goto(BOARD);
		await card(page, FUEL).waitFor();
		await page.keyboard.press("c");
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("What", { exact: true }).fill(long);
		await dialog.getByText("14 characters too many").waitFor();
		await dialog.getByRole("button", { name: "Add task" }).click();
		assert.equal(await dialog.getByLabel("What", { exact: true }).inputValue(), long);
		// One fewer each time, until it fits: it is saved as it is written.
		await dialog.getByLabel("What", { exact: true }).fill(long.slice(14));
		await dialog.getByText("0 of 200 characters left.").waitFor();
		await dialog.getByRole("button", { name: "Add task" }).click();
		await card(page, long.slice(14)).waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("what was written for a new task is there again, until it is made", async (t) => {
	const { page, people } = await world(t);
	await watched("edges-unsent", people, async () => {
		const dialog = page.getByRole("dialog");
		const what = dialog.getByLabel("What", { exact: true });
		await page.keyboard.press("c");
		await what.fill("Count the parcels");
		await dialog.getByLabel("Who", { exact: true }).selectOption({ label: "Yuki" });
		await page.keyboard.press("Escape");
		await dialog.waitFor({ state: "detached" });
		await page.keyboard.press("c");
		assert.equal(await what.inputValue(), "Count the parcels");
		assert.equal(await dialog.getByLabel("Who", { exact: true }).locator("option:checked").textContent(), "Yuki");
		await dialog.getByRole("button", { name: "Add task" }).click();
		await card(page, "Count the parcels").waitFor();
		await page.keyboard.press("c");
		assert.equal(await what.inputValue(), "");
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a time that the owner's clock skips is said as it will be kept, before it is saved", async (t) => {
	const { page, made, people } = await world(t);
	await watched("edges-skipped", people, async () => {
		// Inês is in Lisbon, where it is 02:00 after 00:59 on that night.
		const title = "Ask for camera access later, not at sign-in";
		const { key } = await asked(page, made.tasks[title]);
		await page.goto(`/task/${key}`);
		await page.getByRole("button", { name: `When ${key} is due` }).click();
		const says = page.getByText("The clocks go forward that day and skip 01:30. It will be due at 02:30.");
		await page.getByLabel("Day", { exact: true }).fill("2026-03-29");
		await page.getByLabel("Time optional").fill("02:30");
		assert.equal(await says.count(), 0);
		await page.getByLabel("Time optional").fill("01:30");
		await says.waitFor();
		await picture(page, "skipped");
		await page.getByRole("button", { name: "Set time" }).click();
		await eventually(async () => (await asked(page, made.tasks[title])).due.at === "2026-03-29T01:30:00Z");
		await page
			.getByRole("button", { name: /is due/ })
			.getByText("02:30")
			.waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a filter leaves the count of a column's limit as it is", async (t) => {
	const { page, people } = await world(t);
	await watched("edges-limit", people, async () => {
		await eventually(async () =>
			(await column(page, "In progress").locator("header").textContent()).includes("4 of 5"),
		);
		await page.goto(`${BOARD}?q=route`);
		await column(page, "In progress").getByText("1 shown", { exact: true }).waitFor();
		await column(page, "In progress").getByText("4 of 5", { exact: true }).waitFor();
		await picture(page, "limit");
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a board that is not there offers a search for what was asked for", async (t) => {
	const { page, people } = await world(t);
	await watched("edges-nowhere", people, async () => {
		await page.goto("/s/nowhere/board?project=ABC");
		await page.getByRole("link", { name: "Search for “ABC”" }).waitFor();
		await page.goto("/s/night-shift/board");
		await page.getByRole("link", { name: "Search for “night shift”" }).waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("what was sent back is said once, and a quote is shown without its mark", async (t) => {
	const { page, made, enter, people } = await world(t);
	await watched("edges-sent-back", people, async () => {
		const id = newId("top");
		const body = { id, project: made.project, title: "Map words", owner: made.people.Yuki, deliverable: true };
		const { key } = (await call(page, "POST", "/tasks", body)).rows.find(({ table }) => table === "tasks").row;
		const yuki = await enter("yuki", "Asia/Tokyo");
		await call(yuki, "POST", `/topics/${id}/posts`, { id: newId("pst"), source: "> All words\n\nThey are **there**." });
		await yuki.goto(`/task/${key}`);
		await yuki.locator(".acts").getByRole("button", { name: "More", exact: true }).click();
		await yuki.getByRole("menuitem", { name: "Done, with evidence" }).click();
		const dialog = yuki.getByRole("dialog");
		await dialog.getByRole("checkbox", { name: /All words They are there\.$/ }).check();
		assert.equal((await dialog.textContent()).includes(">"), false);
		await dialog.getByRole("button", { name: "Done, with evidence" }).click();
		await yuki
			.getByText(/You ask Camila to review/)
			.first()
			.waitFor();
		await sent(yuki);
		await call(page, "POST", `/tasks/${id}/send-back`, { reason: "Two words are missing." });
		await yuki
			.getByText(/sent it back/)
			.first()
			.waitFor();
		await eventually(async () => (await yuki.getByText(/You ask Camila to review/).count()) === 0);
		assert.deepEqual(people.yuki.errors, []);
	});
});

test("an address with a day that no calendar has shows today's", async (t) => {
	const { page, people } = await world(t);
	await watched("edges-address", people, async () => {
		for (const view of ["calendar", "timeline"])
			for (const day of ["9999-12-31", "0000-00-00", "2025-02-31"]) {
				await page.goto(`${BOARD}?view=${view}&on=${day}`);
				await page.getByRole("heading", { name: "October 2025" }).waitFor();
			}
		await page.goto("/results?month=9999-12");
		await page.getByText("October 2025", { exact: true }).first().waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a tablet breaks no word of the head, and paper has no buttons", async (t) => {
	const { page, people } = await world(t);
	await watched("edges-paper", people, async () => {
		await page.setViewportSize({ width: 800, height: 1000 });
		const rest = page.getByText(/^and \d+ more$/);
		const line = await rest.evaluate((element) => Number.parseFloat(getComputedStyle(element).lineHeight) || 24);
		assert.ok((await rest.boundingBox()).height < 2 * line);
		await page.getByRole("heading", { name: "Driver app", level: 1 }).waitFor();
		await page.emulateMedia({ media: "print" });
		await page.goto(`${BOARD}?view=list`);
		await page.getByText(FUEL).waitFor();
		await page.getByRole("complementary", { name: "Main navigation" }).waitFor({ state: "hidden" });
		assert.equal(await page.getByRole("checkbox", { name: "Select RUN-24" }).isVisible(), false);
		await page.goto("/task/RUN-24");
		await page.getByRole("heading", { name: FUEL }).first().waitFor();
		await page.getByRole("form", { name: "Your reply" }).waitFor({ state: "hidden" });
		// As narrow as a phone, but without its bar.
		await page.setViewportSize({ width: 700, height: 1000 });
		await page.getByRole("button", { name: "Reply", exact: true }).waitFor({ state: "hidden" });
	});
});
