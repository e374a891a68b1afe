// Tasks made from posts and asks, acceptance, goals, results and one's own calendar: by mouse, by keyboard, on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { forced, spacedOut, tooSmall, tooWide, violations } from "./access.mjs";
import { calm, SIZES } from "./tour.mjs";
import { call, makeBoard, newId, sample, sent } from "./work.world.mjs";
import { eventually, picture, startBrowser, watched } from "./world.mjs";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** A workspace of its own with an empty board, and Camila in it. */
async function world(t, size = {}) {
	const { people, enter: enterAt } = await sample(t, browser);
	const enter = (who, zone) => enterAt(who, zone, size);
	const page = await enter("camila", "America/Bogota");
	const made = await makeBoard(page, { tasks: false });
	return { page, made, enter, people };
}

/** A thread of Camila's; answers its address and the id of its post. */
async function thread(page, made, title, source) {
	const [id, post] = [newId("top"), newId("pst")];
	const body = { id, kind: "thread", title, space: made.space.id, post: { id: post, source } };
	const written = await call(page, "POST", "/topics", body);
	const code = written.rows.find((row) => row.table === "topics").row.code;
	return { id, post, at: `/thread/${code}` };
}

/** A deliverable that Camila asked Yuki for. */
async function deliverable(page, made, title, more = {}) {
	const id = newId("top");
	const task = { id, project: made.project, title, owner: made.people.Yuki, deliverable: true, ...more };
	const written = await call(page, "POST", "/tasks", task);
	return { id, key: written.rows.find((row) => row.table === "tasks").row.key };
}

test("a task is made from a post by its menu, and each shows the other", async (t) => {
	const { page, made, people } = await world(t);
	await watched("goals-from-post", people, async () => {
		const { at, post, id } = await thread(page, made, "Tunnels", "**Save the route** before the tunnel.");
		await page.goto(at);
		const article = page.locator("[data-post]").first();
		await article.hover();
		await article.getByRole("button", { name: "More actions for this post" }).click();
		await page.getByRole("menuitem", { name: "New task from this post" }).click();
		const dialog = page.getByRole("dialog");
		assert.equal(await dialog.getByLabel("What", { exact: true }).inputValue(), "Save the route before the tunnel.");
		await dialog.getByLabel("Who", { exact: true }).selectOption({ label: "Yuki" });
		await dialog.getByRole("button", { name: "Add task" }).click();
		await article.getByRole("link", { name: /Save the route before the tunnel/ }).waitFor();
		await sent(page);
		const [task] = await eventually(async () => {
			const { items } = await call(page, "GET", `/topics/${id}/tasks`);
			return items.length > 0 && items;
		});
		assert.deepEqual(task.made_from, { topic: id, post, ask: null });
		await eventually(async () => (await article.getByText("Ready · Yuki").count()) === 1);
		await article.getByRole("link", { name: /Save the route before the tunnel/ }).click();
		await page.getByRole("heading", { level: 1, name: "Save the route before the tunnel." }).waitFor();
		await page.getByRole("link", { name: "Tunnels" }).click();
		await page.getByRole("heading", { level: 1, name: "Tunnels" }).waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("selected words become a task by one key, without a network", async (t) => {
	const { page, made, people } = await world(t);
	await watched("goals-selection", people, async () => {
		const { at, id } = await thread(page, made, "Tunnels", "First a picture.\n\nThen tell every driver about it.");
		await page.goto(`/s/driver-app/board`);
		await page.goto(at);
		const words = page.getByText("Then tell every driver about it.");
		await words.waitFor();
		// The part of the program is fetched once; after that no network is needed.
		await page.locator("[data-post]").first().focus();
		await page.keyboard.press("j");
		await page.keyboard.press("Shift+C");
		await page.getByRole("dialog").waitFor();
		await page.keyboard.press("Escape");
		await page.context().setOffline(true);
		await words.selectText();
		await page.getByRole("toolbar", { name: "New task from the selected text" }).waitFor();
		await page.keyboard.press("Shift+C");
		const dialog = page.getByRole("dialog");
		assert.equal(await dialog.getByLabel("What", { exact: true }).inputValue(), "Then tell every driver about it.");
		await dialog.getByLabel("What", { exact: true }).press("Enter");
		await page
			.locator("[data-post]")
			.getByRole("link", { name: /Then tell every driver/ })
			.waitFor();
		await page.context().setOffline(false);
		await eventually(async () => (await call(page, "GET", `/topics/${id}/tasks`)).items.length === 1);
		const { items } = await call(page, "GET", `/topics/${id}/tasks`);
		const whole = await call(page, "GET", `/tasks/${items[0].id}`);
		assert.equal(whole.page.why, "> Then tell every driver about it.");
	});
});

test("a late ask becomes a task of whoever was asked, and is over", async (t) => {
	const { enter, people } = await world(t);
	const page = await enter("rafael", "America/Sao_Paulo");
	await watched("goals-late-ask", people, async () => {
		const waiting = async () => (await call(page, "GET", "/asks?list=waiting")).items;
		await page.goto("/work/asked");
		const row = page
			.locator("li")
			.filter({ has: page.getByRole("button", { name: "Wait longer" }) })
			.first();
		await row.getByRole("button", { name: "Other choices" }).click();
		const before = await waiting();
		await page.getByRole("menuitem", { name: "Make it a task" }).click();
		const dialog = page.getByRole("dialog");
		const question = await dialog.getByLabel("What", { exact: true }).inputValue();
		const ask = before.find((each) => each.question === question);
		assert.equal(await dialog.getByLabel("Who", { exact: true }).inputValue(), ask.asked);
		await dialog.getByRole("button", { name: "Add task" }).click();
		await page.getByRole("heading", { name: /Tasks you asked for/ }).waitFor();
		await page.getByRole("link", { name: question }).waitFor();
		await sent(page);
		await eventually(async () => (await waiting()).every(({ id }) => id !== ask.id));
		const { items } = await call(page, "GET", `/topics/${ask.topic}/tasks`);
		assert.deepEqual([items[0].made_from.ask, items[0].owner, items[0].title], [ask.id, ask.asked, question]);
		// Taken back, the ask is open again.
		await page.keyboard.press("z");
		await eventually(async () => (await waiting()).some(({ id }) => id === ask.id));
	});
});

test("a deliverable is done with evidence, sent back with the reason, done again and accepted", async (t) => {
	const { page, made, enter, people } = await world(t);
	await watched("goals-acceptance", people, async () => {
		const { id, key } = await deliverable(page, made, "A map for tunnels");
		const yuki = await enter("yuki", "Asia/Tokyo");
		await call(yuki, "POST", `/topics/${id}/posts`, { id: newId("pst"), source: "The map is on the test phone." });
		await yuki.goto(`/task/${key}`);
		await yuki.getByRole("heading", { level: 1, name: "A map for tunnels" }).waitFor();
		await yuki.locator(".acts").getByRole("button", { name: "More", exact: true }).click();
		await yuki.getByRole("menuitem", { name: "Done, with evidence" }).click();
		await yuki.getByRole("dialog").getByRole("checkbox").first().check();
		await yuki
			.getByRole("dialog")
			.getByLabel(/^Address/)
			.fill("https://example.org/map");
		await yuki.getByRole("dialog").getByRole("button", { name: "Done, with evidence" }).click();
		await yuki.getByText("Waits for Camila to accept it").waitFor();
		await sent(yuki);

		await page.goto("/work");
		await page.getByRole("button", { name: `Send back ${key}` }).waitFor();
		await page.goto(`/task/${key}`);
		await page.getByRole("link", { name: "https://example.org/map" }).waitFor();
		await page
			.getByRole("button", { name: `Send back ${key}` })
			.first()
			.click();
		await page.getByLabel("What is missing").fill("The legend.");
		await page.getByRole("dialog").getByRole("button", { name: "Send back" }).click();
		await eventually(async () => (await call(page, "GET", `/tasks/${id}`)).task.done_at === null);

		await yuki.getByText("The legend.").first().waitFor();
		await yuki.keyboard.press("e");
		await eventually(async () => (await call(page, "GET", `/tasks/${id}`)).task.acceptance.state === "asked");
		await page
			.getByRole("button", { name: `Accept ${key}` })
			.first()
			.click();
		await yuki
			.getByText(/^Camila.* accepted it/)
			.first()
			.waitFor();
		await sent(page);
		assert.equal((await call(page, "GET", `/tasks/${id}`)).task.acceptance.state, "accepted");
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a goal has key results and a line, and the results say what was accepted and why something slipped", async (t) => {
	const { page, made, enter, people } = await world(t);
	await watched("goals-results", people, async () => {
		await page.goto("/s/billing/goals");
		await page.getByText("What should be true by the end of the quarter?").waitFor();
		await page.goto("/s/driver-app/goals");
		await page.getByRole("article").first().waitFor();
		await page.keyboard.press("c");
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel(/^Goal/).fill("Drivers find the way in tunnels");
		await dialog.getByLabel("Owner").selectOption({ label: "Camila" });
		await dialog.getByLabel("By", { exact: true }).fill("2025-12-18");
		await dialog.getByRole("checkbox", { name: "Driver app" }).check();
		await dialog.getByRole("button", { name: "New goal" }).click();
		const goal = page.getByRole("article", { name: "Drivers find the way in tunnels" });
		await goal.getByRole("button", { name: /^More about/ }).click();
		await page.getByRole("menuitem", { name: "Add key result" }).click();
		await dialog.getByLabel(/^What it measures/).fill("Sign-in");
		await dialog.getByLabel("From", { exact: true }).fill("45");
		await dialog.getByLabel("To", { exact: true }).fill("20");
		await dialog.getByLabel("Unit", { exact: true }).fill("s");
		await dialog.getByRole("button", { name: "Add key result" }).click();
		await goal.getByLabel("Sign-in: now").fill("32.5");
		await goal.getByLabel("Sign-in: now").press("Enter");
		await goal.getByText("32.5 s, from 45 to 20").waitFor();
		await goal.getByRole("button", { name: "Write this week's line" }).click();
		await goal.getByLabel("How it goes, in one line").fill("The tunnels are next.");
		await goal.getByLabel("How it goes, in one line").press("Enter");
		await goal.getByText("The tunnels are next.").waitFor();
		await sent(page);
		await goal.getByRole("button", { name: /^More about/ }).click();
		await page.getByRole("menuitem", { name: "What changed" }).click();
		await dialog.getByText(/Sign-in is 32.5 s now/).waitFor();
		await page.keyboard.press("Escape");

		const one = await deliverable(page, made, "A map for tunnels");
		const late = await deliverable(page, made, "Tiles for Quito", { due: { date: "2025-10-16", time: null } });
		const yuki = await enter("yuki", "Asia/Tokyo");
		await call(yuki, "PATCH", `/tasks/${one.id}`, { done: true });
		await call(page, "POST", `/tasks/${one.id}/accept`, {});
		await page.goto(`/task/${late.key}`);
		await page.getByRole("heading", { level: 1, name: "Tiles for Quito" }).waitFor();
		await page
			.getByRole("button", { name: new RegExp(`^When ${late.key} is due`) })
			.first()
			.click();
		await page.getByLabel("Day", { exact: true }).fill("2025-10-23");
		await page.getByLabel("Day", { exact: true }).press("Enter");
		await dialog.getByLabel("Cause").fill("The supplier needs a week more");
		await dialog.getByRole("button", { name: "Save" }).click();
		await sent(page);

		await page.goto("/results?space=driver-app");
		await page.getByRole("link", { name: /A map for tunnels/ }).waitFor();
		await page.getByText("The supplier needs a week more").waitFor();
		await page.getByRole("article", { name: "Drivers find the way in tunnels" }).waitFor();
		await page.getByRole("button", { name: "Previous month" }).click();
		await page.getByText("Nothing was accepted in this month.").waitFor();
		assert.equal(new URL(page.url()).searchParams.get("month"), "2025-09");
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a calendar address is made, copied, made anew and removed", async (t) => {
	const { page, people } = await world(t);
	await watched("goals-calendar", people, async () => {
		await page.goto("/settings/calendar");
		await page.getByRole("button", { name: "Make an address" }).click();
		await eventually(async () => (await page.locator("input[readonly]").count()) === 1);
		const first = await page.locator("input[readonly]").inputValue();
		assert.match(first, /\/api\/v1\/feeds\/[\w-]+\.ics$/);
		const read = (address) => page.evaluate(async (at) => (await fetch(at, { credentials: "omit" })).status, address);
		assert.equal(await read(first), 200);
		await page.getByRole("button", { name: "Make a new address" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Make a new address" }).click();
		await eventually(async () => (await page.locator("input[readonly]").inputValue()) !== first);
		const second = await page.locator("input[readonly]").inputValue();
		assert.deepEqual([await read(first), await read(second)], [404, 200]);
		await page.getByRole("button", { name: "Remove the address" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Remove the address" }).click();
		await page.getByRole("button", { name: "Make an address" }).waitFor();
		assert.equal(await read(second), 404);
	});
});

for (const size of SIZES)
	for (const scheme of ["light", "dark"])
		test(`the screens hold against axe and the list: ${size.width} px, ${scheme}`, async (t) => {
			const { page, made, enter, people } = await world(t, { ...size, colorScheme: scheme });
			await watched(`goals-access-${size.width}-${scheme}`, people, async () => {
				await page.emulateMedia({ colorScheme: scheme });
				const goal = newId("goa");
				await call(page, "POST", "/goals", {
					id: goal,
					space: made.space.id,
					title: "Drivers work without a signal",
					measure: "No call about a lost map in a month.",
					owner: made.people.Camila,
					target_date: "2025-12-18",
					results: [
						{ id: newId("krs"), name: "Sign-in", kind: "number", unit: "s", from: 45, to: 20 },
						{ id: newId("krs"), name: "The rule is agreed", kind: "done" },
					],
					projects: [made.project],
				});
				await call(page, "POST", `/goals/${goal}/lines`, { text: "Five of seven are accepted; the tunnels are next." });
				const one = await deliverable(page, made, "A map for tunnels", { due: { date: "2025-10-20", time: null } });
				const two = await deliverable(page, made, "Tiles for Quito", { due: { date: "2025-10-16", time: null } });
				const yuki = await enter("yuki", "Asia/Tokyo");
				await call(yuki, "PATCH", `/tasks/${one.id}`, { done: true });
				await call(page, "POST", `/tasks/${one.id}/accept`, {});
				const moved = { due: { date: "2025-10-23", time: null }, due_cause: "The supplier needs a week more" };
				await call(yuki, "PATCH", `/tasks/${two.id}`, moved);
				await call(yuki, "PATCH", `/tasks/${two.id}`, { done: true });
				await call(page, "PUT", "/me/feed");
				const screens = {
					goals: ["/s/driver-app/goals", "Drivers work without a signal"],
					results: ["/results?space=driver-app", "A map for tunnels"],
					acceptance: [`/task/${two.key}`, "Send back"],
					calendar: ["/settings/calendar", "Make a new address"],
				};
				const found = [];
				for (const [name, [at, words]] of Object.entries(screens)) {
					await page.goto(at);
					await page.getByText(words).first().waitFor();
					await calm(page);
					await picture(page, `goals-${name}-${size.width}-${scheme}`, { fullPage: true });
					found.push(...(await violations(page)).map(({ words }) => `${name}: ${words}`));
					found.push(...(await tooWide(page)).map((words) => `${name}: ${words}`));
					found.push(...(await tooSmall(page, size.touch ? 44 : 24)).map((words) => `${name}: ${words}`));
					found.push(...(await spacedOut(page)).map((words) => `${name}: ${words}`));
					found.push(...(await forced(page)).map((words) => `${name}: ${words}`));
				}
				assert.deepEqual(found, []);
			});
		});
