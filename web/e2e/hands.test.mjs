// From hand to hand: offers and their first hour, signing off, and queues that follow the sun; by mouse, by keys and by finger.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./access.mjs";
import { calm, NOW, SIZES } from "./tour.mjs";
import { call, makeBoard, newId, sample, sent } from "./work.world.mjs";
import { eventually, picture, startBrowser, watched } from "./world.mjs";

/** 17:20 in Bogotá, 07:20 in Tokyo, where Yuki starts at 09:30. */
const EVENING = "2025-10-14T22:20:00Z";
/** 10:00 in Tokyo. */
const MORNING = "2025-10-15T01:00:00Z";
/** 09:00 in Bogotá on the day after. */
const NEXT_DAY = "2025-10-15T14:00:00Z";
const EXPORT = "Export the invoices";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** The board with a task of Camila's, which she worked on today, at the end of her day. */
async function world(t, options = {}) {
	const { server, people, enter: enterAt } = await sample(t, browser);
	const enter = (who, zone, clock = EVENING, size = {}) => enterAt(who, zone, { clock, ...size });
	const page = await enter("camila", "America/Bogota", NOW, options);
	const made = await makeBoard(page, { tasks: false });
	const task = newId("top");
	await call(page, "POST", "/tasks", {
		id: task,
		project: made.project,
		stage: made.stages.progress,
		title: EXPORT,
		owner: made.people.Camila,
	});
	for (const [text, done] of [
		["Totals are right", true],
		["Drafts are left out", false],
	]) {
		const step = newId("stp");
		await call(page, "POST", `/tasks/${task}/steps`, { id: step, text });
		if (done) await call(page, "PATCH", `/steps/${step}`, { done: true });
	}
	const { key } = (await call(page, "GET", `/tasks/${task}`)).task;
	await server.moveTo(EVENING);
	await page.clock.setSystemTime(new Date(EVENING));
	await page.goto("/inbox");
	return { server, page, made, enter, people, task, key };
}

/** Opens the menu of a task. */
const more = (page) => page.getByRole("button", { name: "More", exact: true }).first().click();
const whole = (page, task) => call(page, "GET", `/tasks/${task}`);

test("a task is handed over in the evening, opens the morning of who gets it, and is theirs by one key", async (t) => {
	const { server, page, made, enter, people, task, key } = await world(t);
	await watched("hands-offer", people, async () => {
		await page.goto(`/task/${key}`);
		await more(page);
		await page.getByRole("menuitem", { name: "Hand over" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("option").filter({ hasText: "Yuki" }).click();
		await dialog.getByText("Yuki has it once Yuki accepts.", { exact: false }).waitFor();
		// One line is needed.
		await dialog.getByRole("button", { name: "Hand over" }).click();
		await dialog.getByLabel("What is done").fill("Totals are right and tested.");
		await dialog.getByLabel("What is next").fill("Leave the drafts out.");
		await dialog.getByRole("button", { name: "Add open questions, limits or links" }).click();
		await dialog.getByLabel("Do not touch").fill("Migration 31 is half applied on staging.");
		await dialog.getByLabel("You may decide").fill("Copy and layout are yours.");
		await dialog.getByRole("button", { name: "Hand over" }).click();
		await page.getByText(`${key} is offered to Yuki.`).first().waitFor();
		// It stays hers until then, and the card says until when.
		await page.getByText("Offered to Yuki, who can accept it until", { exact: false }).waitFor();
		await sent(page);
		const offered = await whole(page, task);
		assert.equal(offered.task.owner, made.people.Camila);
		assert.equal(offered.handoffs[0].ends_at, "2025-10-15T01:30:00Z");

		await server.moveTo(MORNING);
		const yuki = await enter("yuki", "Asia/Tokyo", MORNING);
		await yuki.getByRole("heading", { name: "1 handoff" }).waitFor();
		const offer = yuki.locator("[data-handoff]");
		await offer.getByText("Totals are right and tested.").waitFor();
		await offer.getByRole("button", { name: "Show everything" }).click();
		await offer.getByText("Migration 31 is half applied on staging.").waitFor();
		await yuki.locator("h1").first().focus();
		await yuki.keyboard.press("y");
		await yuki.getByText(`${key} is yours now.`).first().waitFor();
		await offer.waitFor({ state: "detached" });
		await eventually(async () => (await whole(yuki, task)).task.owner === made.people.Yuki);

		// Her page says so, with the words of the one who took it, and the board counts it.
		await page.clock.setSystemTime(new Date(MORNING));
		await page.goto(`/task/${key}`);
		await page.getByText("Yuki Tanabe accepted this task from Camila.").first().waitFor();
		await page.getByRole("heading", { name: "Handed over by Camila" }).waitFor();
		await page.goto("/s/driver-app/board");
		await page.getByRole("button", { name: "1 task changed hands in the last 24 hours" }).click();
		await page.getByText("Camila → Yuki").waitFor();
		assert.deepEqual([...people.camila.errors, ...people.yuki.errors], []);
	});
});

test("an offer is given back with a reason, and taken back before it is accepted", async (t) => {
	const { page, server, made, enter, people, task, key } = await world(t);
	await watched("hands-back", people, async () => {
		const offer = (state) =>
			call(page, "POST", `/tasks/${task}/hand-over`, { id: newId("han"), to: made.people.Yuki, baton: { state } });
		await offer("Totals are right.");
		await page.goto(`/task/${key}`);
		await page.getByRole("button", { name: "Take back" }).click();
		await page.getByText(`${key} is no longer offered.`).first().waitFor();
		await page.getByText("Camila Duarte keeps this task: the handoff to Yuki was taken back.").first().waitFor();
		await offer("Totals are right, and tested.");
		await server.moveTo(MORNING);
		const yuki = await enter("yuki", "Asia/Tokyo", MORNING, { width: 390, height: 844, touch: true });
		await yuki.goto("/work");
		await yuki
			.locator("[data-handoff]")
			.getByRole("button", { name: `Give back… ${key}` })
			.tap();
		const dialog = yuki.getByRole("dialog");
		await dialog.getByLabel("Why does it go back?").fill("I am on the map until Friday.");
		await dialog.getByRole("button", { name: "Give it back" }).tap();
		await yuki.getByText(`${key} stays with Camila.`).first().waitFor();
		const { handoffs, task: now } = await eventually(async () => {
			const now = await whole(yuki, task);
			return now.handoffs[0].state === "returned" && now;
		});
		assert.equal(handoffs[0].reason, "I am on the map until Friday.");
		assert.equal(now.owner, made.people.Camila);
		await page.getByText("Yuki Tanabe gave this task back to Camila.").first().waitFor();
		assert.deepEqual([...people.camila.errors, ...people.yuki.errors], []);
	});
});

test("signing off by keys: drafts from today, kept on the device, sent together", async (t) => {
	const { page, made, people, task, key } = await world(t);
	const second = newId("top");
	await call(page, "POST", "/tasks", {
		id: second,
		project: made.project,
		stage: made.stages.progress,
		title: "Write to the vendor",
		owner: made.people.Camila,
	});
	await watched("hands-sign-off", people, async () => {
		await page.locator("h1").first().focus();
		await page.keyboard.press("g");
		await page.keyboard.press("o");
		await page.waitForURL("**/sign-off");
		const item = page.locator(`[data-task="${task}"]`);
		await item.getByText("You worked on it today").waitFor();
		const yuki = item.getByRole("option", { name: /^Yuki, starts Wed 09:30/ });
		assert.match((await yuki.textContent()) ?? "", /for you/);
		await item.getByLabel("Goes to").selectOption(made.people.Yuki);
		// The draft is there already.
		await eventually(async () => (await item.getByLabel("What is done").inputValue()) === "Done: Totals are right");
		assert.equal(await item.getByLabel("What is next").inputValue(), "Drafts are left out");
		await item.getByLabel("Do not touch").fill("Migration 31");
		const other = page.locator(`[data-task="${second}"]`);
		await other.getByLabel("A line for tomorrow").fill("Call them at nine.");
		await page.getByText("1 to hand over, 1 to stay with you").waitFor();
		// It is kept until it is sent.
		await eventually(() =>
			page.evaluate(
				() =>
					new Promise((found) => {
						indexedDB.databases().then(async (all) => {
							for (const { name } of all) {
								const db = await new Promise((ok) => {
									const open = indexedDB.open(name);
									open.onsuccess = () => ok(open.result);
								});
								if (!db.objectStoreNames.contains("drafts")) continue;
								const draft = await new Promise((ok) => {
									const get = db.transaction("drafts").objectStore("drafts").get("sign-off");
									get.onsuccess = () => ok(get.result);
								});
								db.close();
								if (JSON.stringify(draft ?? "").includes("Migration 31")) return found(true);
							}
							found(false);
						});
					}),
			),
		);
		await page.reload();
		await eventually(async () => (await item.getByLabel("Do not touch").inputValue()) === "Migration 31");
		await page.keyboard.press("Control+Enter");
		await page.getByRole("heading", { name: "Signed off" }).waitFor();
		await page.getByText(`${key} ${EXPORT}: offered to Yuki`).waitFor();
		await page.getByText("Write to the vendor: stays with you", { exact: false }).waitFor();
		const offered = await eventually(async () => {
			const { handoffs } = await whole(page, task);
			return handoffs[0];
		});
		assert.deepEqual(
			[offered.state, offered.to, offered.baton.do_not_touch],
			["offered", made.people.Yuki, "Migration 31"],
		);
		await eventually(async () => {
			const { items } = await call(page, "GET", `/topics/${second}/posts?after=0`);
			return items.some(({ source }) => source === "Call them at nine.");
		});
		assert.deepEqual(people.camila.errors, []);
	});
});

test("without a network signing off waits, and is sent once", async (t) => {
	const { page, made, people, task } = await world(t);
	await watched("hands-offline", people, async () => {
		await page.goto("/sign-off");
		const item = page.locator(`[data-task="${task}"]`);
		await item.getByLabel("Goes to").selectOption(made.people.Yuki);
		await page.context().setOffline(true);
		await page.getByRole("button", { name: "Sign off" }).click();
		await page.getByRole("heading", { name: /Signed off|Kept on this device/ }).waitFor();
		await page.context().setOffline(false);
		const handoffs = await eventually(async () => {
			const { handoffs } = await whole(page, task);
			return handoffs.length > 0 && handoffs;
		});
		assert.equal(handoffs.length, 1);
	});
});

test("a queue follows the sun, and shows when nobody is on shift", async (t) => {
	const { page, server, made, people, task, key } = await world(t);
	await watched("hands-queue", people, async () => {
		await page.goto("/s/driver-app/board");
		await page.getByRole("button", { name: "More about this board" }).click();
		await page.getByRole("menuitem", { name: "Queue that follows the sun" }).click();
		await page.getByRole("button", { name: "Choose who takes turns" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Camila Duarte").check();
		await dialog.getByLabel("Yuki Tanabe").check();
		await dialog.getByRole("button", { name: "Save" }).click();
		await page.getByRole("heading", { name: "The week ahead, on your clock" }).waitFor();
		await page.getByText("Nobody:", { exact: false }).first().waitFor();
		await page.locator(".on").getByText("Camila").waitFor();
		await sent(page);
		await page.goto(`/task/${key}`);
		await more(page);
		await page.getByRole("menuitem", { name: "Put into the queue" }).click();
		await page.getByText(`${key} is in the queue`, { exact: false }).first().waitFor();
		await sent(page);
		// Her day is over, his goes on.
		await server.moveTo(MORNING);
		await eventually(async () => (await whole(page, task)).task.owner === made.people.Yuki);
		await page.goto("/queue/RUN");
		await page.getByRole("link", { name: EXPORT }).waitFor();
		const { handoffs } = await whole(page, task);
		assert.deepEqual([handoffs[0].by_queue, handoffs[0].state], [true, "accepted"]);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("tasks that fall due in a time off are handed over from there", async (t) => {
	const { page, made, people, task, key } = await world(t);
	await call(page, "PATCH", `/tasks/${task}`, { due: { date: "2025-10-22" } });
	await watched("hands-time-off", people, async () => {
		await page.goto("/settings/time-off");
		await page.getByRole("button", { name: "Add time off" }).first().click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("First day").fill("2025-10-20");
		await dialog.getByLabel("Last day").fill("2025-10-24");
		await dialog.getByRole("button", { name: "Continue" }).click();
		await dialog.getByRole("heading", { name: "1 task of yours is due then" }).waitFor();
		await dialog.getByRole("button", { name: `Hand over ${key}` }).click();
		const hand = page.getByRole("dialog", { name: `Hand over ${key}` });
		await hand.getByRole("option").filter({ hasText: "Yuki" }).click();
		await hand.getByLabel("What is done").fill("Totals are right.");
		await hand.getByRole("button", { name: "Hand over" }).click();
		await dialog.getByText("Offered to Yuki.").waitFor();
		await eventually(async () => (await whole(page, task)).handoffs[0]?.to === made.people.Yuki);
		assert.deepEqual(people.camila.errors, []);
	});
});

for (const size of SIZES)
	for (const theme of ["light", "dark"])
		test(`the screens hold for everybody, ${size.width} ${theme}`, async (t) => {
			const { server, page, made, enter, people, task, key } = await world(t, { ...size, theme });
			await call(page, "PUT", `/projects/${made.project}/queue`, { members: [made.people.Camila, made.people.Yuki] });
			const theirs = newId("top");
			const receipts = { id: theirs, project: made.project, title: "Check the receipts", owner: made.people.Yuki };
			await call(page, "POST", "/tasks", receipts);
			const yuki = await enter("yuki", "Asia/Tokyo");
			const baton = {
				state: "Totals are right.",
				next_action: "Leave the drafts out.",
				do_not_touch: "Migration 31",
				authority: "Copy and layout",
			};
			await call(yuki, "POST", `/tasks/${theirs}/hand-over`, { id: newId("han"), to: made.people.Camila, baton });
			await server.moveTo(NEXT_DAY);
			await page.clock.setSystemTime(new Date(NEXT_DAY));
			const places = {
				"sign-off": [
					"/sign-off",
					() => page.locator(`[data-task="${task}"]`).getByLabel("Goes to").selectOption(made.people.Yuki),
				],
				queue: ["/queue/RUN", () => page.locator(".week li").first().waitFor()],
				inbox: ["/inbox", () => page.getByRole("button", { name: "Show everything" }).click()],
				offer: [
					`/task/${key}`,
					async () => {
						await call(page, "POST", `/tasks/${task}/hand-over`, {
							id: newId("han"),
							to: made.people.Yuki,
							baton,
						});
						await page.getByRole("button", { name: "Take back" }).waitFor();
					},
				],
			};
			await watched(`hands-${size.width}-${theme}`, people, async () => {
				for (const [name, [at, act]] of Object.entries(places))
					await t.test(name, async () => {
						await page.goto(at);
						await page.locator("h1").first().waitFor();
						await act();
						await calm(page);
						await picture(page, `hands-${name}-${size.width}-${theme}`, { fullPage: true });
						assert.deepEqual(await faults(page, size), []);
					});
				assert.deepEqual(people.camila.errors, []);
			});
		});
