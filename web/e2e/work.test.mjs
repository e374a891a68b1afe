// Boards and tasks: by mouse, keyboard and finger, without a network, and by two people at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./access.mjs";
import { calm, SIZES } from "./tour.mjs";
import { call, card, column, makeBoard, sample, sent, titles } from "./work.world.mjs";
import { eventually, startBrowser, watched } from "./world.mjs";

const ROUTE = "Save the route on the phone";
const FUEL = "Show fuel stops on the route";
const BOARD = "/s/driver-app/board";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** A workspace of its own with the board, and Camila on it. */
async function world(t, options = {}) {
	const { people, enter } = await sample(t, browser);
	const page = await enter("camila", "America/Bogota", options);
	const made = await makeBoard(page, options);
	await page.goto(BOARD);
	await card(page, FUEL).waitFor();
	await calm(page);
	return { page, made, enter, people };
}

const shows = (page, name, expected) =>
	eventually(async () => assert.deepEqual(await titles(page, name), expected) ?? true);
/** A task as the server has it. */
const asked = async (page, id) => (await call(page, "GET", `/tasks/${id}`)).task;

test("a card is dragged to another column, says where it went, and comes back with Z", async (t) => {
	const { page, made, people } = await world(t);
	await watched("work-drag", people, async () => {
		const from = await card(page, FUEL).boundingBox();
		const to = await card(page, "Shorter sign-in").boundingBox();
		await page.mouse.move(from.x + 60, from.y + 60);
		await page.mouse.down();
		await page.mouse.move(from.x + 90, from.y + 60, { steps: 4 });
		await page.mouse.move(to.x + 60, to.y + 10, { steps: 8 });
		await eventually(async () => (await column(page, "In review").locator(".line").count()) === 1);
		await page.mouse.up();
		await page.getByText("RUN-24 moved to In review, 2 of 3.").first().waitFor();
		await shows(page, "In review", ["Night colours for the map", FUEL, "Shorter sign-in for returning drivers"]);
		// The release was no press on the card.
		assert.equal(new URL(page.url()).pathname, BOARD);
		await sent(page);
		assert.equal((await asked(page, made.tasks[FUEL])).stage, made.stages.review);
		await page.keyboard.press("z");
		await eventually(async () => (await titles(page, "Ready"))[0] === FUEL);
		await eventually(async () => (await asked(page, made.tasks[FUEL])).stage === made.stages.ready);
		// Escape leaves it where it is.
		await page.mouse.move(from.x + 60, from.y + 60);
		await page.mouse.down();
		await page.mouse.move(to.x + 60, to.y + 10, { steps: 6 });
		await page.keyboard.press("Escape");
		await page.mouse.up();
		assert.equal((await titles(page, "Ready"))[0], FUEL);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a card moves by keys, and by the menu of M", async (t) => {
	const { page, people } = await world(t);
	await watched("work-keys", people, async () => {
		const focus = () => page.evaluate(() => document.activeElement?.textContent);
		await card(page, FUEL).locator("[data-card-link]").focus();
		await page.keyboard.press("Shift+ArrowDown");
		await page.getByText("RUN-24 moved to Ready, 2 of 3.").first().waitFor();
		await eventually(async () => (await focus()) === FUEL);
		await page.keyboard.press("Shift+ArrowRight");
		await page.getByText("RUN-24 moved to In progress, 1 of 5.").first().waitFor();
		await eventually(async () => (await focus()) === FUEL);
		await page.keyboard.press("j");
		assert.equal(await focus(), ROUTE);
		await page.keyboard.press("m");
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("radio", { name: "In review" }).check();
		await dialog.getByLabel("Position").selectOption({ label: "At the bottom" });
		await dialog.getByRole("button", { name: "Move", exact: true }).click();
		await page.getByText("RUN-27 moved to In review, 3 of 3.").first().waitFor();
		// Into a folded column, which opens for it.
		await card(page, FUEL).locator("[data-card-link]").focus();
		await page.keyboard.press("Shift+ArrowLeft");
		await page.keyboard.press("Shift+ArrowLeft");
		await page.getByText("RUN-24 moved to Ideas, 1 of 15.").first().waitFor();
		await eventually(async () => (await focus()) === FUEL);
		await page.keyboard.press("e");
		await page.getByText("RUN-24 is done.").first().waitFor();
		await eventually(async () => (await titles(page, "Done this week"))[0] === FUEL);
	});
});

test("one line makes a task, on the clock of whoever is named, and says so before", async (t) => {
	const { page, made, people } = await world(t);
	await watched("work-quick", people, async () => {
		await page.keyboard.press("c");
		await page.getByLabel("What", { exact: true }).fill("Test the map in a tunnel @yuki Fri 15:00 #map");
		await page.getByText("Test the map in a tunnel · Yuki · Fri, 15:00 in Tokyo · map").waitFor();
		await page.getByRole("button", { name: "Add task" }).click();
		const added = card(page, "Test the map in a tunnel");
		await added.getByText("Fri, 15:00").waitFor();
		await sent(page);
		const { items } = await call(page, "GET", `/projects/${made.project}/tasks`);
		const task = items.find(({ title }) => title === "Test the map in a tunnel");
		assert.equal(task.owner, made.people.Yuki);
		assert.deepEqual(task.labels, [made.labels.map]);
		assert.deepEqual(task.due, { date: "2025-10-17", time: "15:00", zone: "Asia/Tokyo", at: "2025-10-17T06:00:00Z" });
		// In a column: several one after the other.
		await column(page, "In review").getByRole("button", { name: "Add a task to In review" }).click();
		for (const title of ["The first one", "The other one"]) {
			await column(page, "In review").getByLabel("What", { exact: true }).fill(title);
			await page.keyboard.press("Enter");
			await card(page, title).waitFor();
		}
		await page.keyboard.press("Escape");
		assert.deepEqual((await titles(page, "In review")).slice(0, 2), ["The other one", "The first one"]);
		await card(page, FUEL).getByRole("button", { name: "Take it: RUN-24" }).click();
		await card(page, FUEL).getByText("Camila").waitFor();
	});
});

test("without a network: made, moved and done, and all of it once at the server", async (t) => {
	const { page, made, people } = await world(t);
	await watched("work-offline", people, async () => {
		await page.context().setOffline(true);
		await page.keyboard.press("c");
		await page.getByLabel("What", { exact: true }).fill("Written on the train");
		await page.getByRole("button", { name: "Add task" }).click();
		await card(page, "Written on the train").locator("[data-card-link]").focus();
		await page.keyboard.press("Shift+ArrowRight");
		await eventually(async () => (await titles(page, "In progress"))[0] === "Written on the train");
		await card(page, ROUTE).locator("[data-card-link]").focus();
		await page.keyboard.press("e");
		await page.context().setOffline(false);
		await sent(page);
		const { items } = await call(page, "GET", `/projects/${made.project}/tasks`);
		const mine = items.filter(({ title }) => title === "Written on the train");
		assert.equal(mine.length, 1);
		assert.equal(mine[0].stage, made.stages.progress);
		assert.ok((await asked(page, made.tasks[ROUTE])).done_at);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("two people move one card: the first move stays, the other one is offered again, both see the same end", async (t) => {
	const { page, made, enter, people } = await world(t);
	const rafael = await enter("rafael", "America/Sao_Paulo");
	await watched("work-conflict", people, async () => {
		await rafael.goto(BOARD);
		await card(rafael, FUEL).waitFor();
		await page.context().setOffline(true);
		await card(page, FUEL).locator("[data-card-link]").focus();
		await page.keyboard.press("Shift+ArrowRight");
		await eventually(async () => (await titles(page, "In progress"))[0] === FUEL);
		await card(rafael, FUEL).locator("[data-card-link]").focus();
		await rafael.keyboard.press("m");
		await rafael.getByRole("dialog").getByRole("radio", { name: "In review" }).check();
		await rafael.getByRole("button", { name: "Move", exact: true }).click();
		await sent(rafael);
		await page.context().setOffline(false);
		await page.getByText("Somebody else moved RUN-24 meanwhile. It is in In review now.").waitFor();
		await eventually(async () => (await titles(page, "In review"))[0] === FUEL);
		await page.getByRole("button", { name: "Move it to In progress" }).click();
		await eventually(async () => (await titles(page, "In progress"))[0] === FUEL);
		await eventually(async () => (await titles(rafael, "In progress"))[0] === FUEL);
		assert.equal((await asked(page, made.tasks[FUEL])).stage, made.stages.progress);
	});
});

test("a task page: steps, why, handing over, done, and an old key that leads there", async (t) => {
	const { page, made, enter, people } = await world(t);
	await watched("work-task", people, async () => {
		await card(page, ROUTE).locator("[data-card-link]").click();
		await page.getByRole("heading", { name: ROUTE, level: 1 }).waitFor();
		await page.getByRole("checkbox", { name: "Camila chose A or B" }).check();
		await page.getByText("4 of 5", { exact: true }).waitFor();
		await page.getByLabel("Add a step").fill("Drivers know it");
		await page.keyboard.press("Enter");
		await page.getByRole("checkbox", { name: "Drivers know it" }).waitFor();
		await page.getByRole("heading", { level: 1 }).click();
		await page.keyboard.press("e");
		await page.getByText("RUN-27 is done.").first().waitFor();
		await page.keyboard.press("z");
		await eventually(async () => {
			const { done_at, stage } = await asked(page, made.tasks[ROUTE]);
			return done_at === null && stage === made.stages.progress;
		});
		await page.keyboard.press("p");
		await page.getByRole("dialog").getByRole("combobox").fill("Piotr");
		await page.keyboard.press("Enter");
		await page.getByLabel("What is done").fill("The route is saved.");
		await page.getByLabel("What is next").fill("The 40 MB limit.");
		await page.getByRole("dialog").getByRole("button", { name: "Hand over", exact: true }).click();
		await page.getByText("RUN-27 is offered to Piotr.").first().waitFor();
		await page.getByText("Offered to Piotr, who can accept it until", { exact: false }).waitFor();
		await page.getByText("The 40 MB limit.").first().waitFor();
		await call(page, "PATCH", `/projects/${made.project}`, { key: "NEW" });
		await page.goto("/task/RUN-27");
		await page.waitForURL("**/task/NEW-27");
		await page.getByRole("heading", { name: ROUTE, level: 1 }).waitFor();
		// Once Piotr accepts it, it is among what he owes.
		const piotr = await enter("piotr", "Europe/Warsaw");
		await piotr.goto("/task/NEW-27");
		await piotr.getByRole("button", { name: "Accept" }).first().click();
		await piotr.getByText("NEW-27 is yours now.").first().waitFor();
		await piotr.goto("/work");
		await piotr.locator("[data-card]").filter({ hasText: ROUTE }).waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a list: filtered by the address, changed in place, many at once with one way back", async (t) => {
	const { page, made, people } = await world(t);
	await watched("work-list", people, async () => {
		await page.goto(`${BOARD}?view=list&owner=yuki-tanabe`);
		await page.locator("tr[data-card]").first().waitFor();
		const shown = await page.locator("tr[data-card] [data-card-link]").allTextContents();
		assert.deepEqual(shown.sort(), ["Map loads in under 2 seconds", ROUTE]);
		await page.getByRole("button", { name: "Show all" }).click();
		await eventually(async () => (await page.locator("tr[data-card]").count()) > 30);
		assert.equal(new URL(page.url()).search, "?view=list");
		const row = page.locator("tr[data-card]").filter({ hasText: FUEL });
		await row.getByRole("button", { name: "Edit the title of RUN-24" }).click();
		await page.keyboard.type("Fuel stops");
		await page.keyboard.press("Enter");
		const renamed = page.locator("tr[data-card]").filter({ hasText: "Fuel stops" });
		await renamed.getByLabel("Column of RUN-24").selectOption({ label: "In review" });
		await page.getByText("RUN-24 moved to In review, 1 of 3.").first().waitFor();
		await page.locator(`tr[data-card="${made.tasks["Idea 2"]}"] [data-card-link]`).focus();
		await page.keyboard.press("x");
		await page.keyboard.press("j");
		await page.keyboard.press("j");
		await page.keyboard.press("Shift+X");
		await page.getByText("3 tasks selected").first().waitFor();
		await page.getByRole("button", { name: "Done", exact: true }).click();
		await page.getByText("3 tasks changed.").first().waitFor();
		await sent(page);
		const done = async () =>
			(await call(page, "GET", `/projects/${made.project}/tasks`)).items.filter(({ done_at }) => done_at).length;
		assert.equal(await done(), 6);
		await page.keyboard.press("z");
		await eventually(async () => (await done()) === 3);
	});
});

test("columns: added, limited, moved, deleted with their tasks kept; a space without a board gets one", async (t) => {
	const { page, made, people } = await world(t);
	await watched("work-columns", people, async () => {
		await page.getByRole("button", { name: "More about this board" }).click();
		await page.getByRole("menuitem", { name: "Add column" }).click();
		await page.getByLabel("Name of the column").fill("Waiting");
		await page.getByLabel("Limit").fill("1");
		await page.getByRole("button", { name: "Add column" }).click();
		await column(page, "Waiting").waitFor();
		await column(page, "Waiting").getByRole("button", { name: "More about Waiting" }).click();
		await page.getByRole("menuitem", { name: "Move left" }).click();
		const names = () => page.locator("section[data-stage] h2").allTextContents();
		await eventually(async () => (await names()).indexOf("Waiting") === 2);
		for (const title of [FUEL, "Ask for camera access later, not at sign-in"])
			await call(page, "PATCH", `/tasks/${made.tasks[title]}`, {
				stage: (await call(page, "GET", `/projects/${made.project}`)).project.stages.find(
					({ name }) => name === "Waiting",
				).id,
			});
		await column(page, "Waiting").getByText("2 of 1").waitFor();
		await column(page, "Waiting").getByText("Finish one before starting another?").waitFor();
		await column(page, "Waiting").getByRole("button", { name: "More about Waiting" }).click();
		await page.getByRole("menuitem", { name: "Delete column" }).click();
		await page.getByLabel("Its tasks go to").selectOption({ label: "In review" });
		await page.getByRole("dialog").getByRole("button", { name: "Delete column" }).click();
		await eventually(async () => (await titles(page, "In review")).includes(FUEL));
		await sent(page);
		await page.goto("/s/billing/board");
		await page.getByLabel("Name", { exact: true }).waitFor();
		assert.equal(await page.getByLabel("Key", { exact: true }).inputValue(), "BLL");
		await page.getByRole("button", { name: "Make the board" }).click();
		await column(page, "Ready").waitFor();
		await eventually(async () => (await call(page, "GET", "/projects")).items.some(({ key }) => key === "BLL"));
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a finger: a long press lifts the card, a swipe only scrolls; the tabs lead to the columns", async (t) => {
	const { page, made, people } = await world(t, { width: 390, height: 844, touch: true });
	await watched("work-touch", people, async () => {
		const client = await page.context().newCDPSession(page);
		const touch = (type, ...points) =>
			client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
		const middle = async () => {
			const { x, y, width, height } = await card(page, FUEL).boundingBox();
			return [x + width / 2, y + height / 2];
		};
		let [x, y] = await middle();
		await touch("touchStart", [x, y]);
		await eventually(async () => (await page.locator(".ghost").count()) === 1);
		// Under the next card.
		const next = await card(page, "Ask for camera access").boundingBox();
		for (let step = 1; step <= 8; step++) await touch("touchMove", [x, y + ((next.y + next.height - y) * step) / 8]);
		await eventually(async () => (await column(page, "Ready").locator(".line").count()) === 1);
		await touch("touchEnd");
		await page.getByText("RUN-24 moved to Ready, 2 of 3.").first().waitFor();
		await sent(page);
		// A swipe moves no card.
		[x, y] = await middle();
		await touch("touchStart", [x, y]);
		for (let step = 1; step <= 6; step++) await touch("touchMove", [x - step * 30, y]);
		await touch("touchEnd");
		assert.equal(await page.locator(".ghost").count(), 0);
		assert.equal((await asked(page, made.tasks[FUEL])).stage, made.stages.ready);
		await page
			.getByRole("navigation", { name: "Columns" })
			.getByRole("button", { name: /^In review/ })
			.click();
		await eventually(async () => {
			const box = await column(page, "In review").boundingBox();
			return box.x >= 0 && box.x + box.width <= 391;
		});
	});
});

for (const size of SIZES)
	test(`board, list, task and my work hold what every screen holds, at ${size.width}`, async (t) => {
		const { page, made, people } = await world(t, size);
		await call(page, "POST", `/tasks/${made.tasks[FUEL]}/take`);
		const screens = [BOARD, `${BOARD}?view=list`, "/task/RUN-27", "/work"];
		for (const at of screens)
			await t.test(at, async () => {
				await page.goto(at);
				await page.locator("[data-card], [data-task]").first().waitFor();
				await calm(page);
				assert.deepEqual(await faults(page, size), []);
			});
		assert.deepEqual(people.camila.errors, []);
	});
