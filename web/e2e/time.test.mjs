// Time on the screen: the line of the map, time off with what it touches, a journey, holidays, and coming back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { calm, NOW, PASSWORD, signIn } from "./tour.mjs";
import { eventually, person, startBrowser, startServer, watched } from "./world.mjs";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** Camila at the sample workspace, on the morning of the mock-ups. */
async function camila(t, more = {}) {
	const server = await startServer({ clock: NOW, sample: PASSWORD });
	t.after(() => server.stop());
	const who = await person(browser, server, { zone: "America/Bogota", clock: NOW, ...more });
	t.after(() => who.close());
	await signIn(who.page);
	return who;
}

/** What the server answers her. */
function answer(page, path) {
	return page.evaluate(async (path) => (await fetch(`/api/v1${path}`)).json(), path);
}

async function open(page, path) {
	await page.goto(path);
	await page.locator("h1").first().waitFor();
	await calm(page);
}

test("the line of the map shows everybody's clock, by keys, pointer and address", async (t) => {
	const { page, context, errors } = await camila(t);
	await watched("time-map", { camila: { page } }, async () => {
		await open(page, "/people/time");
		const line = page.getByRole("slider", { name: "Time on the map" });
		const yuki = page.getByRole("row").filter({ hasText: "Yuki Tanabe" });
		await line.focus();
		await page.keyboard.press("ArrowRight");
		await page.keyboard.press("ArrowRight");
		assert.match(await line.getAttribute("aria-valuetext"), /^09:45\. 4 of 7 in working hours$/);
		await yuki.getByText("23:45").waitFor();
		await eventually(() => page.url().includes("at=2025-10-14T14%3A45Z"), { what: "the address does not follow" });

		await page.keyboard.press("Home");
		await yuki.getByText("14:00", { exact: true }).last().waitFor();
		await page.keyboard.press("End");
		assert.match(await line.getAttribute("aria-valuetext"), /^23:45\./);

		const box = await line.boundingBox();
		await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
		await page.mouse.down();
		await page.mouse.move(box.x - 300, box.y, { steps: 6 });
		await page.mouse.up();
		const dragged = await line.getAttribute("aria-valuetext");
		assert.doesNotMatch(dragged, /^23:45/);
		// Bogotá is five hours behind UTC.
		const [, hour, minute] = dragged.match(/^(\d\d):(\d\d)/);
		const utc = `at=2025-10-14T${String(Number(hour) + 5).padStart(2, "0")}%3A${minute}Z`;
		await eventually(() => page.url().includes(utc), { what: "the address does not follow" });
		const shared = page.url();
		await page.keyboard.press("Escape");
		await page.getByText("Now 09:2").first().waitFor();
		await page.goto(shared);
		await calm(page);
		assert.equal(await line.getAttribute("aria-valuetext"), dragged);

		await page.keyboard.press("t");
		await yuki.getByText("Tokyo, UTC+9").waitFor();
		await page.getByRole("button", { name: "Their clocks" }).click();
		await yuki.getByText("Tokyo, +14 h").waitFor();

		// What was seen is there without a network, after a reload too.
		await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
		await context.setOffline(true);
		await page.reload();
		await page.getByRole("heading", { name: "Team time" }).waitFor();
		await page.getByRole("heading", { name: "No time works for all" }).waitFor();
		assert.equal(await page.getByRole("row").filter({ hasText: "Yuki Tanabe" }).count(), 1);
	});
	assert.deepEqual(errors, []);
});

test("a time off says what it touches, and each is passed on, put off or left", async (t) => {
	const { page, errors } = await camila(t);
	await watched("time-off", { camila: { page } }, async () => {
		await open(page, "/settings/time-off");
		await page.getByRole("button", { name: "Add time off" }).first().click();
		await page.getByLabel("First day").fill("2025-10-14");
		await page.getByLabel("Last day").fill("2025-10-24");
		await page.getByLabel("Who covers for you").selectOption({ label: "Rafael Nogueira" });
		await page.getByRole("button", { name: "Continue" }).click();
		const asks = page.getByRole("dialog").getByRole("group");
		await asks.first().waitFor();
		const count = await asks.count();
		assert.equal(count, 3);
		await page.getByText("0 of 3 decided.").waitFor();

		// By keys: the first goes to the cover, the second gets a new time, and that is taken back.
		await page.keyboard.press("j");
		await page.keyboard.press("p");
		await page.keyboard.press("t");
		await page.getByText("2 of 3 decided.").waitFor();
		await page.keyboard.press("z");
		await page.getByText("1 of 3 decided.").waitFor();
		await page.getByRole("button", { name: "New time for all" }).click();
		await page.getByText("Passed on: 1. New time: 2. Left: 0.").waitFor();
		assert.equal((await answer(page, "/asks?list=owe")).items.length, 3, "something was sent before it was saved");
		await page.getByRole("dialog").getByRole("button", { name: "Add time off" }).click();

		await page.getByText("Tue 14 Oct to Fri 24 Oct").first().waitFor();
		await eventually(async () => {
			const { items } = await answer(page, "/asks?list=owe");
			return items.length === 2 && items.every((ask) => ask.state === "accepted" && ask.promised_at);
		});
		const me = (await answer(page, "/me")).member;
		const { items } = await answer(page, `/members/${me.id}/time-off`);
		assert.equal(items.length, 1);
		assert.equal(items[0].to, "2025-10-25T00:00");
	});
	assert.deepEqual(errors, []);
});

test("a device in another zone is asked about once, and a journey has an end", async (t) => {
	const { page, errors } = await camila(t, { zone: "Europe/Lisbon" });
	await watched("travel", { camila: { page } }, async () => {
		await open(page, "/settings/hours");
		await page.getByText("Your computer is in Lisbon. Use Lisbon time until Sunday?").waitFor();
		await page.getByRole("button", { name: "Use Lisbon until Sunday" }).click();
		await page.getByText(/^You use the time of Lisbon until Sunday 19 October/).waitFor();
		const schedule = async () => (await answer(page, "/me")).member.schedule;
		const travelling = await eventually(async () => {
			const now = await schedule();
			return now.home && now;
		});
		assert.equal(travelling.zone, "Europe/Lisbon");
		assert.equal(travelling.home.zone, "America/Bogota");
		await page.getByRole("button", { name: "I am back now" }).click();
		await eventually(async () => (await schedule()).zone === "America/Bogota");
		await open(page, "/settings/hours");
		await page.getByRole("button", { name: "I am travelling" }).waitFor();
		assert.equal(await page.getByText("Your computer is in Lisbon").count(), 0, "it asks again");

		await page.locator("input[type=file]").setInputFiles({
			name: "colombia.ics",
			mimeType: "text/calendar",
			buffer: Buffer.from(
				[
					"BEGIN:VCALENDAR",
					"VERSION:2.0",
					"PRODID:-//Example//EN",
					"BEGIN:VEVENT",
					"UID:1@example",
					"DTSTART;VALUE=DATE:20251103",
					"SUMMARY:Todos los Santos",
					"END:VEVENT",
					"END:VCALENDAR",
					"",
				].join("\r\n"),
			),
		});
		await page.getByText("Todos los Santos").waitFor();
		await page.getByText("From the file colombia.ics").waitFor();
		const { items } = await answer(page, "/me/holidays");
		assert.deepEqual(items, [{ date: "2025-11-03", name: "Todos los Santos" }]);
	});
	assert.deepEqual(errors, []);
});

test("coming back is read in the order in which it wants something", async (t) => {
	const { page, context, errors } = await camila(t);
	await watched("away", { camila: { page } }, async () => {
		await open(page, "/away/2025-10-02..2025-10-13");
		await page.getByRole("heading", { name: "Welcome back, Camila." }).waitFor();
		const sections = await page.getByRole("heading", { level: 2 }).allTextContents();
		assert.deepEqual(
			sections.map((text) => text.replace(/\s*\d.*$/s, "").trim()),
			["Needs you", "Decided", "Changed for you", "Everything else"],
		);
		// Before anything is done: what is done and undone below may still be on its way when it is counted.
		const before = await unread(page);
		await page.keyboard.press("e");
		const open1 = page.locator("[data-away][class*=current]");
		await open1.getByText("Where we are").waitFor();
		const first = await open1.getAttribute("data-away");
		await page.keyboard.press("e");
		await eventually(async () => (await open1.getAttribute("data-away")) !== first);
		await page.keyboard.press("z");
		await eventually(async () => (await open1.getAttribute("data-away")) === first);

		await page.getByRole("button", { name: "Mark all as read" }).click();
		await page.getByRole("button", { name: "All read" }).waitFor();
		await eventually(async () => (await unread(page)) < before);
		await page.getByRole("button", { name: "Undo" }).click();
		await page.getByRole("button", { name: "Mark all as read" }).waitFor();
		await eventually(async () => (await unread(page)) === before);

		await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
		await context.setOffline(true);
		await page.reload();
		await page.getByText(/^You are offline\. This is how it was/).waitFor();
		await page.locator(`[data-away="${first}"]`).waitFor();
	});
	assert.deepEqual(errors, []);
});

/** Topics of the sample's largest space in which Camila has something to read. */
async function unread(page) {
	const { items } = await answer(page, "/spaces");
	const space = items.find(({ slug }) => slug === "driver-app");
	const { items: topics, marks } = await answer(page, `/spaces/${space.id}/topics`);
	return topics.filter(({ id, last_no }) => (marks.find((mark) => mark.id === id)?.done_no ?? 0) < last_no).length;
}
