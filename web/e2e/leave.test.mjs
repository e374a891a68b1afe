// Somebody leaves: who takes what is in their hands is asked before. Offers stand on their cards, and single tasks belong to goals.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./access.mjs";
import { calm, SIZES } from "./tour.mjs";
import { call, makeBoard, newId, sample, sent } from "./work.world.mjs";
import { eventually, picture, startBrowser, watched } from "./world.mjs";

const TILES = "Send tiles in three groups";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** The board with tasks, a goal and an ask of Piotr's, and a private space in which he is with Camila and Yuki. */
async function world(t, options = {}) {
	const { server, people, enter } = await sample(t, browser);
	const page = await enter("camila", "America/Bogota", options);
	const made = await makeBoard(page);
	const { Piotr, Yuki, Camila } = made.people;
	const space = { id: newId("spc"), name: "Vendor talks", visibility: "private", hue: 4 };
	await call(page, "POST", "/spaces", space);
	for (const member of [Piotr, Yuki]) await call(page, "PUT", `/spaces/${space.id}/members/${member}`, {});
	const project = newId("prj");
	await call(page, "POST", "/projects", { id: project, key: "VEN", name: "Map vendor", space: space.id, owner: Yuki });
	const price = newId("top");
	await call(page, "POST", "/tasks", { id: price, project, title: "Ask for the price of tiles", owner: Piotr });
	await call(page, "PATCH", `/projects/${made.project}`, { owner: Piotr });
	const goal = newId("goa");
	await call(page, "POST", "/goals", { id: goal, space: made.space.id, title: "Maps without a signal", owner: Piotr });
	const thread = newId("top");
	const post = { id: newId("pst"), source: "How many tiles does a region have?" };
	const ask = {
		id: newId("ask"),
		kind: "answer",
		question: "How many tiles?",
		asked: Piotr,
		budget: { kind: "next_working_day" },
	};
	await call(page, "POST", "/topics", {
		id: thread,
		kind: "thread",
		title: "Tiles of a region",
		space: made.space.id,
		post,
		ask,
	});
	const { slug } = (await call(page, "GET", "/me")).spaces.find(({ id }) => id === space.id);
	return { server, page, made, enter, people, project, price, goal, ask: ask.id, camila: Camila, slug };
}

const whole = (page, task) => call(page, "GET", `/tasks/${task}`);

async function askToRemove(page) {
	await page.goto("/admin/members");
	await page.getByRole("row").filter({ hasText: "Piotr" }).getByRole("button", { name: "Remove access" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.getByRole("heading", { name: "In the hands of Piotr" }).waitFor();
	return dialog;
}

test("an admin sees what is in somebody's hands, gives it to others, and they are told in one thread", async (t) => {
	const { page, made, enter, people, price, goal } = await world(t);
	await watched("leave-removed", people, async () => {
		const dialog = await askToRemove(page);
		const remove = dialog.getByRole("button", { name: "Remove access" });
		assert.equal(await remove.getAttribute("aria-disabled"), "true", "first it is chosen who takes it");
		await dialog.getByText("Answers for the project", { exact: true }).waitFor();
		await dialog.getByRole("link", { name: "Maps without a signal" }).waitFor();
		await dialog.getByRole("link", { name: /How many tiles/ }).waitFor();
		await dialog.getByLabel("Everything goes to").selectOption(made.people.Rafael);
		// Rafael is not in the private space: there it is who answers for it, or whom one chooses.
		await dialog.getByText("Rafael does not see this space. It goes to Yuki, who answers for the project.").waitFor();
		await dialog.getByLabel("Who takes Map vendor").selectOption(made.people.Camila);
		await dialog.getByLabel("Who takes Asks").selectOption(made.people.Yuki);
		await remove.click();
		await page.getByText("Piotr Zieliński").first().waitFor();
		await dialog.waitFor({ state: "detached" });

		const tiles = await whole(page, made.tasks[TILES]);
		assert.equal(tiles.task.owner, made.people.Rafael);
		assert.equal(tiles.page.hand_overs[0].from, made.people.Piotr);
		assert.equal((await whole(page, price)).task.owner, made.people.Camila);
		assert.equal((await call(page, "GET", `/goals/${goal}`)).goal.owner, made.people.Rafael);
		assert.equal((await call(page, "GET", `/members/${made.people.Piotr}`)).member.state, "removed");

		const rafael = await enter("rafael", "Europe/Lisbon");
		await rafael.goto("/direct");
		await rafael
			.getByRole("link", { name: /^What Piotr Zieliński had/ })
			.first()
			.click();
		await rafael.getByText("Piotr Zieliński does not work here any more.").waitFor();
		await rafael
			.getByRole("link", { name: /^RUN-\d+$/ })
			.first()
			.waitFor();
		const yuki = await enter("yuki", "Asia/Tokyo");
		await yuki.goto("/work");
		await yuki.getByText("How many tiles?").first().waitFor();
		assert.deepEqual([...people.camila.errors, ...people.rafael.errors, ...people.yuki.errors], []);
	});
});

test("who is taken out of a space that they see no longer hands over what is there; of an open one nobody is asked", async (t) => {
	const { page, made, enter, people, project, price, slug } = await world(t);
	await watched("leave-space", people, async () => {
		await page.goto(`/s/${slug}/members`);
		await page.getByRole("button", { name: "Remove Piotr Zieliński" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("link", { name: "Map vendor" }).waitFor();
		await dialog.getByLabel("Everything goes to").selectOption({ label: "Nobody: shown without an owner" });
		await dialog.getByRole("button", { name: "Remove", exact: true }).click();
		await page.getByText("Piotr is no longer in this space.").first().waitFor();
		assert.equal((await whole(page, price)).task.owner, null);
		assert.equal((await whole(page, made.tasks[TILES])).task.owner, made.people.Piotr, "elsewhere it stays");

		await page.goto("/s/driver-app/members");
		await page.getByRole("button", { name: "Remove Piotr Zieliński" }).click();
		await page.getByText("Piotr is no longer in this space.").first().waitFor();
		await sent(page);
		assert.equal((await whole(page, made.tasks[TILES])).task.owner, made.people.Piotr, "he sees it still");

		// Yuki, who answers for its project, leaves by herself.
		const yuki = await enter("yuki", "Asia/Tokyo");
		await yuki.goto(`/s/${slug}`);
		await yuki.getByRole("button", { name: "More about this space" }).click();
		await yuki.getByRole("menuitem", { name: "Leave this space" }).click();
		const own = yuki.getByRole("dialog");
		await own.getByLabel("Everything goes to").selectOption(made.people.Camila);
		await own.getByRole("button", { name: "Leave", exact: true }).click();
		await eventually(
			async () => (await call(page, "GET", `/projects/${project}`)).project.owner === made.people.Camila,
		);
		assert.deepEqual([...people.camila.errors, ...people.yuki.errors], []);
	});
});

test("an open offer stands on its card, in its row and in my work", async (t) => {
	const { page, made, people } = await world(t);
	await watched("leave-offered", people, async () => {
		const id = newId("top");
		const own = {
			id,
			project: made.project,
			stage: made.stages.progress,
			title: "Write the notes",
			owner: made.people.Camila,
		};
		await call(page, "POST", "/tasks", own);
		const baton = { state: "Half of it is written." };
		await call(page, "POST", `/tasks/${id}/hand-over`, { id: newId("han"), to: made.people.Yuki, baton });
		const line = page.getByText(/^Offered to Yuki · until \S/);
		await page.goto("/s/driver-app/board");
		await page.locator(`[data-card="${id}"]`).filter({ has: line }).waitFor();
		await picture(page, "leave-offered-board");
		await page.goto("/s/driver-app/board?view=list");
		await page.locator(`tr[data-card="${id}"]`).filter({ has: line }).waitFor();
		await page.goto("/work");
		await page.locator(`[data-card="${id}"]`).filter({ has: line }).waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a single task belongs to a goal: chosen on its page, and from the goal", async (t) => {
	const { page, made, people, goal } = await world(t);
	const tasks = async () => (await call(page, "GET", `/goals/${goal}`)).goal.tasks;
	await watched("leave-goals", people, async () => {
		const { key } = (await whole(page, made.tasks[TILES])).task;
		await page.goto(`/task/${key}`);
		await page.getByRole("button", { name: "Choose a goal" }).click();
		await page.getByRole("menuitemcheckbox", { name: "Maps without a signal" }).click();
		await page.getByRole("link", { name: "Maps without a signal" }).waitFor();
		await eventually(async () => (await tasks()).length === 1);

		await page.goto("/s/driver-app/goals");
		await page.getByRole("button", { name: "More about Maps without a signal" }).click();
		await page.getByRole("menuitem", { name: "Choose tasks" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("link", { name: new RegExp(TILES) }).waitFor();
		await dialog.getByLabel("Find a task").first().fill("crash");
		await dialog.getByRole("button", { name: /Fix the crash on Android 12/ }).click();
		await dialog.getByRole("link", { name: /Fix the crash on Android 12/ }).waitFor();
		await dialog.getByRole("button", { name: `Take ${key} from this goal` }).click();
		await eventually(async () => {
			const now = await tasks();
			return now.length === 1 && now[0] === made.tasks["Fix the crash on Android 12"];
		});
		assert.deepEqual(people.camila.errors, []);
	});
});

for (const size of SIZES)
	for (const theme of ["light", "dark"])
		test(`the dialogs hold for everybody, ${size.width} ${theme}`, async (t) => {
			const { page, made, people, goal, slug } = await world(t, { ...size, theme });
			await call(page, "PATCH", `/goals/${goal}`, { tasks: [made.tasks[TILES]] });
			const places = {
				removed: async () => {
					const dialog = await askToRemove(page);
					await dialog.getByLabel("Everything goes to").selectOption(made.people.Rafael);
				},
				space: async () => {
					await page.goto(`/s/${slug}/members`);
					await page.getByRole("button", { name: "Remove Piotr Zieliński" }).click();
					await page.getByRole("dialog").getByRole("link", { name: "Map vendor" }).waitFor();
				},
				goal: async () => {
					await page.goto("/s/driver-app/goals");
					await page.getByRole("button", { name: "More about Maps without a signal" }).click();
					await page.getByRole("menuitem", { name: "Choose tasks" }).click();
					await page
						.getByRole("dialog")
						.getByRole("link", { name: new RegExp(TILES) })
						.waitFor();
				},
			};
			await watched(`leave-${size.width}-${theme}`, people, async () => {
				for (const [name, act] of Object.entries(places))
					await t.test(name, async () => {
						await act();
						await calm(page);
						await picture(page, `leave-${name}-${size.width}-${theme}`);
						assert.deepEqual(await faults(page, size), []);
					});
				assert.deepEqual(people.camila.errors, []);
			});
		});
