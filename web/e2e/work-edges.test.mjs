// What goes wrong with boards and tasks: addresses that lead nowhere, columns that are gone, days that cannot be, paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { calm, NOW, PASSWORD, signIn } from "./tour.mjs";
import { call, card, column, makeBoard, newId, titles } from "./work.world.mjs";
import { eventually, person, startBrowser, startServer, watched } from "./world.mjs";

const FUEL = "Show fuel stops on the route";
const BOARD = "/s/driver-app/board";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** A workspace of its own with the board, and Camila on it. */
async function world(t) {
	const server = await startServer({ clock: NOW, sample: PASSWORD });
	const people = {};
	const enter = async (who, zone) => {
		people[who] = await person(browser, server, { zone, clock: NOW });
		await signIn(people[who].page, who);
		return people[who].page;
	};
	t.after(async () => {
		for (const { close } of Object.values(people)) await close();
		await server.stop();
	});
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
