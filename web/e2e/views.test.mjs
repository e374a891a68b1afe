// The views of a project: its board in little room, calendar, timeline, views under a name, fields and covers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faults } from "./access.mjs";
import { calm, SIZES } from "./tour.mjs";
import { call, card, makeBoard, newId, sample, sent } from "./work.world.mjs";
import { eventually, picture, startBrowser, watched } from "./world.mjs";

const ROUTE = "Save the route on the phone";
const FUEL = "Show fuel stops on the route";
const TILES = "Send tiles in three groups";
const BOARD = "/s/driver-app/board";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** A workspace of its own with the board, and Camila on it at that address. */
async function world(t, at = "", options = {}) {
	const { people, enter } = await sample(t, browser);
	const page = await enter("camila", "America/Bogota", options);
	const made = await makeBoard(page);
	const goTo = async (query) => {
		await page.goto(`${BOARD}${query}`);
		await page.locator("[data-card]").first().waitFor();
		await calm(page);
	};
	await goTo(at);
	return { page, made, enter, people, goTo };
}

/** A task as the server has it. */
const asked = async (page, id) => (await call(page, "GET", `/tasks/${id}`)).task;
const day = (page, date) => page.locator(`[data-day="${date}"]`);
const onDay = (page, date, title) => day(page, date).locator("[data-card]").filter({ hasText: title });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const menuItem = (page, name) => page.getByRole("menuitem", { name }).or(page.getByRole("menuitemcheckbox", { name }));

/** Drags from the middle of one box by steps to a point. */
async function drag(page, from, to, { keep } = {}) {
	await page.mouse.move(from.x, from.y);
	await page.mouse.down();
	await page.mouse.move(from.x + 12, from.y + 2, { steps: 3 });
	await page.mouse.move(to.x, to.y, { steps: 8 });
	await keep?.();
	await page.mouse.up();
}
const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

test("in a calendar a task is dragged to another day and keeps its time on its owner's clock", async (t) => {
	const { page, made, people } = await world(t, "?view=calendar");
	await watched("views-calendar", people, async () => {
		await page.getByRole("heading", { name: "October 2025" }).waitFor();
		const from = middle(await onDay(page, "2025-10-16", ROUTE).boundingBox());
		await drag(page, from, middle(await day(page, "2025-10-20").boundingBox()), {
			keep: () => eventually(async () => (await page.locator("td.target").count()) === 1),
		});
		await page.getByText("RUN-27 is due Mon now.").first().waitFor();
		await onDay(page, "2025-10-20", ROUTE).waitFor();
		await sent(page);
		const due = (await asked(page, made.tasks[ROUTE])).due;
		assert.deepEqual(due, { date: "2025-10-20", time: "12:00", zone: "Asia/Tokyo", at: "2025-10-20T03:00:00Z" });
		// The release was no press on the link, and Z leads back.
		assert.equal(new URL(page.url()).pathname, BOARD);
		await page.keyboard.press("z");
		await onDay(page, "2025-10-16", ROUTE).waitFor();
		await eventually(async () => (await asked(page, made.tasks[ROUTE])).due.date === "2025-10-16");
		// From the tray to a day, and back into it.
		const tray = page.getByRole("region", { name: /^Without a day/ });
		const fuel = tray.locator("[data-card]").filter({ hasText: FUEL });
		await drag(page, middle(await fuel.boundingBox()), middle(await day(page, "2025-10-18").boundingBox()));
		await onDay(page, "2025-10-18", FUEL).waitFor();
		await sent(page);
		assert.deepEqual((await asked(page, made.tasks[FUEL])).due.date, "2025-10-18");
		await drag(page, middle(await onDay(page, "2025-10-18", FUEL).boundingBox()), middle(await tray.boundingBox()));
		await page.getByText("RUN-24 has no time now.").first().waitFor();
		await sent(page);
		assert.equal((await asked(page, made.tasks[FUEL])).due, null);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("in a calendar a task moves by keys and by its days, and says whose day off that is", async (t) => {
	const { page, made, people, goTo } = await world(t, "?view=calendar");
	await watched("views-calendar-keys", people, async () => {
		const focus = () => page.evaluate(() => document.activeElement?.textContent);
		await onDay(page, "2025-10-16", ROUTE).locator("[data-card-link]").focus();
		await page.keyboard.press("Shift+ArrowRight");
		await onDay(page, "2025-10-17", ROUTE).waitFor();
		await eventually(async () => (await focus()).includes(ROUTE));
		await page.keyboard.press("Shift+ArrowDown");
		await onDay(page, "2025-10-24", ROUTE).waitFor();
		await page.keyboard.press("Shift+ArrowRight");
		await onDay(page, "2025-10-25", ROUTE).getByText("Yuki does not work that day").waitFor();
		await sent(page);
		assert.equal((await asked(page, made.tasks[ROUTE])).due.time, "12:00");
		await onDay(page, "2025-10-25", ROUTE).locator("[data-card-link]").focus();
		await page.keyboard.press("m");
		const dialog = page.getByRole("dialog", { name: "Days of RUN-27" });
		await dialog.getByLabel("Due").first().fill("2025-10-22");
		await dialog.getByLabel("Starts").fill("2025-10-23");
		await dialog.getByRole("button", { name: "Save" }).click();
		await dialog.getByText("It starts after that day. Choose a later one.").waitFor();
		await dialog.getByLabel("Starts").fill("2025-10-20");
		await dialog.getByRole("button", { name: "Save" }).click();
		await onDay(page, "2025-10-22", ROUTE).waitFor();
		await sent(page);
		const task = await asked(page, made.tasks[ROUTE]);
		assert.deepEqual([task.starts_on, task.due.date, task.due.time], ["2025-10-20", "2025-10-22", "12:00"]);
		// The month and the week are in the address.
		await button(page, "Later days").click();
		await page.getByRole("heading", { name: "November 2025" }).waitFor();
		assert.equal(new URL(page.url()).search, "?view=calendar&on=2025-11-14");
		await button(page, "Today").click();
		await page.getByRole("link", { name: "Week", exact: true }).click();
		await page.getByRole("heading", { name: "13 Oct to 19 Oct" }).waitFor();
		await goTo("?view=calendar&span=week&on=2025-10-22");
		await onDay(page, "2025-10-22", ROUTE).waitFor();
		assert.deepEqual(people.camila.errors, []);
	});
});

test("in a timeline a bar is dragged by its ends and as a whole, and what waits is a line", async (t) => {
	const { page, made, people, goTo } = await world(t);
	await watched("views-timeline", people, async () => {
		const route = made.tasks[ROUTE];
		await call(page, "PATCH", `/tasks/${route}`, { starts_on: "2025-10-14" });
		await call(page, "POST", `/tasks/${route}/waits`, { id: newId("wai"), task: made.tasks[TILES] });
		await goTo("?view=timeline");
		const row = page.locator(`li[data-card="${route}"]`);
		const bar = row.locator("[data-bar]");
		await page.locator(`[data-link="${made.tasks[TILES]} ${route}"]`).waitFor({ state: "attached" });
		const days = async () => {
			const { starts_on, due } = await asked(page, route);
			return [starts_on, due.date, due.time];
		};
		const wide = (await bar.boundingBox()).width / 3;
		/** Drags the bar from so many days of its beginning, or a pixel inside its end, by so many days. */
		const pull = async (from, by, options) => {
			const box = await bar.boundingBox();
			const x = box.x + (from === "end" ? box.width - 1 : from * wide + 1);
			const y = box.y + box.height / 2;
			await drag(page, { x, y }, { x: x + by * wide, y }, options);
		};
		await pull("end", 2);
		await page.getByText("RUN-27 is due Sat now.").first().waitFor();
		await sent(page);
		assert.deepEqual(await days(), ["2025-10-14", "2025-10-18", "12:00"]);
		await pull(0, 1);
		await eventually(async () => (await days())[0] === "2025-10-15");
		await pull(1.5, 7);
		await eventually(async () => (await days())[1] === "2025-10-25");
		assert.deepEqual(await days(), ["2025-10-22", "2025-10-25", "12:00"]);
		await page.keyboard.press("z");
		await eventually(async () => (await days())[1] === "2025-10-18");
		// Escape leaves it where it is.
		await pull(1.5, 4, { keep: () => page.keyboard.press("Escape") });
		assert.deepEqual(await days(), ["2025-10-15", "2025-10-18", "12:00"]);
		// By keys: all of it a day, then its end.
		await row.locator("[data-card-link]").focus();
		await page.keyboard.press("Shift+ArrowLeft");
		await eventually(async () => (await days()).join() === "2025-10-14,2025-10-17,12:00");
		await page.keyboard.press("Shift+ArrowUp");
		await eventually(async () => (await days()).join() === "2025-10-14,2025-10-18,12:00");
		await page.getByRole("link", { name: "Quarter", exact: true }).click();
		await eventually(async () => (await bar.boundingBox()).width < 3 * wide);
		assert.equal(new URL(page.url()).searchParams.get("span"), "quarter");
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a timeline marks the critical chain in words and by heavier lines, and the address keeps it", async (t) => {
	const { page, made, people, goTo } = await world(t);
	await watched("views-critical", people, async () => {
		const [route, tiles, fuel] = [ROUTE, TILES, FUEL].map((title) => made.tasks[title]);
		await call(page, "PATCH", `/tasks/${fuel}`, { due: { date: "2025-10-22", time: null }, starts_on: "2025-10-17" });
		await goTo("?view=timeline");
		const critical = page.getByRole("button", { name: "Critical chain" });
		await critical.click();
		await page.getByText("No chain: what is due last here waits for no open task.").waitFor();
		await call(page, "POST", `/tasks/${fuel}/waits`, { id: newId("wai"), task: route });
		await call(page, "POST", `/tasks/${route}/waits`, { id: newId("wai"), task: tiles });
		await goTo("?view=timeline&chain=critical");
		await page.getByText("Critical chain: what has to be done").waitFor();
		assert.equal(await critical.getAttribute("aria-pressed"), "true");
		const marked = page.getByRole("link", { name: /In the critical chain/ });
		await eventually(async () => (await marked.count()) === 3);
		assert.equal(await page.locator(".bar.critical").count(), 3);
		const width = (from, to) =>
			page.locator(`[data-link="${from} ${to}"]`).evaluate((line) => getComputedStyle(line).strokeWidth);
		await eventually(async () => (await width(route, fuel)) === "2.5px" && (await width(tiles, route)) === "2.5px");
		for (const theme of ["light", "dark"]) {
			for (const [width, height] of [
				[1440, 900],
				[390, 844],
			]) {
				await page.emulateMedia({ colorScheme: theme });
				await page.setViewportSize({ width, height });
				await calm(page);
				await picture(page, `critical-${width}-${theme}`);
				assert.deepEqual(await faults(page, { touch: width < 760 }), []);
			}
		}
		await page.setViewportSize({ width: 1440, height: 900 });
		// What is done holds nothing up any more.
		await call(page, "PATCH", `/tasks/${tiles}`, { done: true });
		await eventually(async () => (await marked.count()) === 2);
		// Another way to see the tasks leaves it behind; the stretch of days does not.
		await page.getByRole("link", { name: "Quarter", exact: true }).click();
		await eventually(() => new URL(page.url()).searchParams.get("chain") === "critical");
		await critical.click();
		await eventually(() => !new URL(page.url()).searchParams.has("chain"));
		assert.equal(await marked.count(), 0);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a view is kept under a name, seen and changed by others, and removed with a way back", async (t) => {
	const { page, made, enter, people, goTo } = await world(t, "?view=list&owner=yuki-tanabe");
	const rafael = await enter("rafael", "America/Sao_Paulo");
	await watched("views-saved", people, async () => {
		await rafael.goto(BOARD);
		await card(rafael, FUEL).waitFor();
		await button(page, "Views").click();
		await menuItem(page, "Keep this view").click();
		await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
		await page.getByText("Write a name for the view.").waitFor();
		await page.getByLabel("Name of the view").fill("Of Yuki");
		await page.getByRole("radio", { name: "For everybody here" }).check();
		await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
		await page.getByText("View Of Yuki kept.").first().waitFor();
		await button(page, "Of Yuki").waitFor();
		// Rafael opens it without loading anything anew.
		await button(rafael, "Views").click();
		await rafael
			.getByRole("menuitemcheckbox", { name: /Of Yuki/ })
			.or(rafael.getByRole("menuitem", { name: /Of Yuki/ }))
			.click();
		await rafael.locator("tr[data-card]").first().waitFor();
		assert.equal(await rafael.locator("tr[data-card]").count(), 2);
		assert.equal(new URL(rafael.url()).searchParams.get("owner"), "yuki-tanabe");
		// He wants it otherwise: changed, then saved for everybody.
		await rafael.goto(rafael.url().replace("view=list", "view=calendar"));
		await button(rafael, "Of Yuki (changed)").click();
		await menuItem(rafael, "Save the changes to Of Yuki").click();
		await button(rafael, "Of Yuki").click();
		await menuItem(rafael, "Rename this view").click();
		await rafael.getByLabel("Name of the view").fill("Days of Yuki");
		await rafael.getByRole("dialog").getByRole("button", { name: "Save" }).click();
		await button(page, "Days of Yuki (changed)").waitFor();
		const list = async () => (await call(page, "GET", `/projects/${made.project}/views`)).items;
		await eventually(async () => (await list())[0]?.name === "Days of Yuki");
		assert.deepEqual((await list())[0].shows, { as: "calendar", owner: made.people.Yuki });
		// Mine alone: nobody else has it.
		await goTo("?view=list&due=week");
		await button(page, "Views").click();
		await menuItem(page, "Keep this view").click();
		await page.getByLabel("Name of the view").fill("My week");
		await page.getByRole("radio", { name: "Only for me" }).check();
		await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
		await eventually(async () => (await list()).length === 2);
		assert.equal((await call(rafael, "GET", `/projects/${made.project}/views`)).items.length, 1);
		await button(page, "My week").click();
		await menuItem(page, "Remove this view").click();
		await page.getByText("View My week removed.").first().waitFor();
		await eventually(async () => (await list()).length === 1);
		await page.keyboard.press("z");
		await eventually(async () => (await list()).some(({ name, shared }) => name === "My week" && !shared));
		assert.deepEqual([...people.camila.errors, ...people.rafael.errors], []);
	});
});

test("fields are made, said in the list and on the page, filtered by, and removed with a way back", async (t) => {
	const { page, made, people } = await world(t, "?view=list");
	await watched("views-fields", people, async () => {
		const fields = async () => (await call(page, "GET", `/projects/${made.project}`)).project.fields;
		await button(page, "More about this board").click();
		await menuItem(page, "Fields").click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("New field").fill("Platform");
		await dialog.getByLabel("What it holds").selectOption({ label: "Choice" });
		await dialog.getByLabel("Choices", { exact: true }).fill("Android, iPhone");
		await dialog.getByRole("button", { name: "Add field" }).click();
		await dialog.getByLabel("New field").fill("Cost");
		await dialog.getByLabel("What it holds").selectOption({ label: "Number" });
		await dialog.getByRole("button", { name: "Add field" }).click();
		await dialog.getByLabel("Name of the field Cost").waitFor();
		await eventually(async () => (await fields()).length === 2);
		await dialog.getByLabel("New choice of Platform").fill("Web");
		await page.keyboard.press("Enter");
		await eventually(async () => (await fields())[0].choices.length === 3);
		await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
		await page.getByLabel("Platform of RUN-24").selectOption({ label: "iPhone" });
		await page.getByLabel("Cost of RUN-24").fill("12.5");
		await page.keyboard.press("Enter");
		await page.getByLabel("Platform of RUN-25").selectOption({ label: "Android" });
		await sent(page);
		const [platform, cost] = await fields();
		const values = async (title) => (await asked(page, made.tasks[title])).values;
		await eventually(async () => (await values(FUEL))[cost.id] === 12.5);
		assert.equal((await values(FUEL))[platform.id], platform.choices[1].id);
		// Filtered by a choice, with one column more and one less.
		await button(page, "Filter").click();
		await page.getByRole("dialog").getByLabel("Platform").selectOption({ label: "iPhone" });
		await page.keyboard.press("Escape");
		await eventually(async () => (await page.locator("tr[data-card]").count()) === 1);
		await button(page, "Columns").click();
		await menuItem(page, "Cost").click();
		await eventually(async () => (await page.getByRole("columnheader", { name: "Cost" }).count()) === 0);
		assert.match(new URL(page.url()).searchParams.get("columns"), /^stage,who,when,steps,fld_/);
		// On the page of the task.
		await page.goto("/task/RUN-24");
		await page.getByLabel("Cost of RUN-24").fill("13");
		await page.keyboard.press("Enter");
		await eventually(async () => (await values(FUEL))[cost.id] === 13);
		// A choice that goes takes what tasks say with it, and brings it back.
		await page.goto(`${BOARD}?view=list`);
		await page.locator("tr[data-card]").first().waitFor();
		await button(page, "More about this board").click();
		await menuItem(page, "Fields").click();
		await page.getByRole("button", { name: "Remove the choice iPhone" }).click();
		await eventually(async () => !(platform.id in (await values(FUEL))));
		await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).last().click();
		await page.keyboard.press("z");
		await eventually(async () => (await values(FUEL))[platform.id] === platform.choices[1].id);
		assert.deepEqual(people.camila.errors, []);
	});
});

test("a card names the ask in another topic for which it waits, counts words alone, and has a cover", async (t) => {
	const { page, made, people, goTo } = await world(t);
	await watched("views-card", people, async () => {
		const fuel = made.tasks[FUEL];
		const { items } = await call(page, "GET", `/spaces/${made.space.id}/topics`);
		const ask = newId("ask");
		const open = items.find(({ state }) => state === "open");
		await call(page, "POST", `/topics/${open.id}/asks`, {
			id: ask,
			kind: "decide",
			question: "Which stations?",
			asked: made.people.Rafael,
			budget: { kind: "next_working_day" },
		});
		await call(page, "POST", `/tasks/${fuel}/waits`, { id: newId("wai"), ask });
		// Given to Piotr: the post that says so is no word of anybody.
		await call(page, "PATCH", `/tasks/${fuel}`, { owner: made.people.Piotr });
		await goTo("");
		await card(page, FUEL).getByText("Waiting for Rafael: Which stations, by Wed 18:00 in São Paulo").waitFor();
		assert.equal(await card(page, FUEL).getByText("1 post").count(), 0);
		const picture = await page.evaluate(async (name) => {
			const canvas = new OffscreenCanvas(320, 200);
			const ink = canvas.getContext("2d");
			ink.fillStyle = "teal";
			ink.fillRect(0, 0, 320, 200);
			const body = await canvas.convertToBlob({ type: "image/png" });
			const answer = await fetch(`/api/v1/files?name=${name}`, {
				method: "POST",
				headers: { "content-type": "image/png" },
				body,
			});
			return (await answer.json()).id;
		}, "map.png");
		await call(page, "POST", `/topics/${fuel}/posts`, { id: newId("pst"), source: "The map.", files: [picture] });
		await page.goto("/task/RUN-24");
		await button(page, "More").click();
		await menuItem(page, "Choose a cover").click();
		await page.getByRole("dialog").getByRole("button", { name: "map.png" }).click();
		await sent(page);
		await goTo("");
		await eventually(async () => (await card(page, FUEL).locator("img.cover").getAttribute("src")).includes(picture));
		await card(page, FUEL).getByText("1 post").first().waitFor({ state: "attached" });
		assert.deepEqual(people.camila.errors, []);
	});
});

for (const size of SIZES)
	test(`calendar, timeline and fields hold what every screen holds, at ${size.width}`, async (t) => {
		const { page, made, people } = await world(t, "", size);
		for (const [n, title] of [FUEL, TILES].entries())
			await call(page, "PATCH", `/tasks/${made.tasks[title]}`, {
				starts_on: "2025-10-10",
				due: { date: `2025-10-1${n + 7}` },
			});
		const field = {
			id: newId("fld"),
			name: "Platform",
			kind: "choice",
			choices: [{ id: newId("cho"), name: "Android" }],
		};
		await call(page, "POST", `/projects/${made.project}/fields`, field);
		for (const at of [
			"?view=calendar",
			"?view=calendar&span=week",
			"?view=timeline",
			"?view=timeline&span=week",
			"?view=list",
		])
			await t.test(at, async () => {
				await page.goto(`${BOARD}${at}`);
				await page.locator("[data-card]").first().waitFor();
				await calm(page);
				assert.deepEqual(await faults(page, size), []);
			});
		if (size.touch)
			await t.test("on a phone a task gets another day by its button", async () => {
				await page.goto(`${BOARD}?view=calendar`);
				await page.getByRole("heading", { name: "Friday 17 October" }).waitFor();
				await button(page, "Days of RUN-24").click();
				const dialog = page.getByRole("dialog", { name: "Days of RUN-24" });
				await dialog.getByRole("button", { name: "In a week" }).click();
				await dialog.getByRole("button", { name: "Save" }).click();
				await page.getByText("RUN-24 is due").first().waitFor();
				await sent(page);
				assert.equal((await asked(page, made.tasks[FUEL])).due.date, "2025-10-21");
			});
		assert.deepEqual(people.camila.errors, []);
	});
