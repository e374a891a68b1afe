// Quiet delivery at a real browser: what is held is said and can be looked at, what is due comes at once, focus holds, and
// the choices are kept.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newId, Person } from "./offline.world.mjs";
import { NOW, PASSWORD, signIn } from "./tour.mjs";
import { eventually, person, startBrowser, startServer, watched } from "./world.mjs";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

/** Camila at 09:20 in Bogotá with her inbox open; Rafael at the API. */
async function morning(t, options = {}) {
	const server = await startServer({ clock: NOW, sample: PASSWORD });
	const camila = await person(browser, server, { zone: "America/Bogota", clock: NOW, ...options });
	t.after(async () => {
		await camila.close();
		await server.stop();
	});
	const rafael = new Person(server.url);
	const session = await rafael.call("POST", "/sessions", { email: "rafael@cordel.example", password: PASSWORD });
	rafael.member = session.member;
	await signIn(camila.page);
	await camila.page.locator("[data-topic-row]").first().waitFor();
	const { items } = await rafael.call("GET", "/members");
	return { ...camila, server, rafael, me: items.find(({ name }) => name.startsWith("Camila")).id };
}

const line = (page) => page.locator("[data-delivery]");
const rows = (page) => page.locator("[data-topic-row]");

/** A new thread of Rafael's that names Camila, perhaps with an ask. */
async function writeTo(rafael, me, title, ask) {
	const post = { id: newId("pst"), source: `Please read this. ${title}`, to: [me] };
	const topic = { id: newId("top"), kind: "thread", title, participants: [me], post };
	await rafael.call(
		"POST",
		"/topics",
		{ ...topic, ...(ask ? { ask: { id: newId("ask"), asked: me, ...ask } } : {}) },
		newId("op"),
	);
	return topic.id;
}

test("what is written between deliveries waits, is counted in one place, and comes when it is looked at", async (t) => {
	const { page, rafael, me, errors } = await morning(t);
	await watched("deliveries-held", { camila: { page } }, async () => {
		const before = await rows(page).count();
		assert.match(await line(page).textContent(), /The next delivery is at 13:00\./);
		const topic = await writeTo(rafael, me, "Lunch menu");
		await writeTo(rafael, me, "Parking");
		await eventually(async () => /\b2 (arrived|wait)/.test(await line(page).textContent()));
		assert.equal(await rows(page).count(), before);

		await line(page).getByRole("button", { name: "Show them" }).click();
		await page.locator(`[data-topic-row="${topic}"]`).waitFor();
		assert.equal(await rows(page).count(), before + 2);
		await eventually(async () => /Check now/.test(await line(page).textContent()));
		// It stays so, also when the page is loaded again.
		await page.reload();
		await page.locator(`[data-topic-row="${topic}"]`).waitFor();
	});
	assert.deepEqual(errors, []);
});

test("an ask that is due before the next delivery comes at once, one that is not waits", async (t) => {
	const { page, rafael, me, errors } = await morning(t);
	const soon = { kind: "decide", question: "A or B?", budget: { kind: "exact", at: "2025-10-14T16:30:00Z" } };
	const far = { kind: "answer", question: "Which date?", budget: { kind: "next_working_day" } };
	const waits = await writeTo(rafael, me, "Not so soon", far);
	const comes = await writeTo(rafael, me, "Soon", soon);
	await page.locator(`[data-topic-row="${comes}"]`).waitFor();
	assert.equal(await page.locator(`[data-topic-row="${waits}"]`).count(), 0);
	assert.match(await line(page).textContent(), /\b1 (arrived|waits)/);
	assert.deepEqual(errors, []);
});

test("focus is begun in the sidebar, holds things, and ends with what waited", async (t) => {
	const { page, rafael, me, errors } = await morning(t);
	await page.getByRole("button", { name: "Change", exact: true }).click();
	await page.getByRole("menuitem", { name: "Focus until 10:20" }).click();
	await eventually(async () => /Focus until 10:20\./.test(await line(page).textContent()));
	await page.getByText("Only urgent asks come through").waitFor();
	// It shows at once; what others write is held from when the server knows.
	await eventually(() =>
		page.evaluate(async () => (await (await fetch("/api/v1/me/delivery")).json()).delivery.focus_until !== null),
	);
	// Due after the focus and before the next delivery: it comes as soon as it may.
	const soon = { kind: "decide", question: "A or B?", budget: { kind: "exact", at: "2025-10-14T15:40:00Z" } };
	const topic = await writeTo(rafael, me, "Now", soon);
	await eventually(async () => /1 thing waits\./.test(await line(page).textContent()));
	assert.equal(await page.locator(`[data-topic-row="${topic}"]`).count(), 0);
	await line(page).getByRole("button", { name: "End focus" }).click();
	await page.locator(`[data-topic-row="${topic}"]`).waitFor();
	assert.deepEqual(errors, []);
});

test("the choices are kept at once, say what they lead to, and can be taken back", async (t) => {
	const { page, errors } = await morning(t);
	// In the sample she has focus hours already.
	await page.evaluate(() =>
		fetch("/api/v1/me/delivery", {
			method: "PATCH",
			headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
			body: JSON.stringify({ focus: [[], [], [], [], [], [], []] }),
		}),
	);
	await page.goto("/settings/notifications");
	const coming = page.locator("[data-coming]");
	await eventually(async () =>
		/Today[\s\S]*13:00[\s\S]*16:30[\s\S]*Tomorrow[\s\S]*09:00/.test(await coming.textContent()),
	);
	await page.getByLabel("One delivery a day").check();
	await eventually(async () => !/13:00/.test(await coming.textContent()));
	await page.getByRole("button", { name: "Undo" }).click();
	await eventually(async () => /13:00/.test(await coming.textContent()));
	assert.equal(await page.getByLabel("Three deliveries a day").isChecked(), true);

	await page.getByLabel("At times that you choose").check();
	const second = page.getByLabel("Delivery 2");
	await second.fill("14:15");
	await second.press("Enter");
	await eventually(async () => /14:15/.test(await coming.textContent()));
	await page.getByLabel("A digest when your day starts").check();
	await page.reload();
	await eventually(async () => (await page.getByLabel("Delivery 2").inputValue()) === "14:15");
	assert.equal(await page.getByLabel("A digest when your day starts").isChecked(), true);

	await page.goto("/settings/focus");
	await page.getByRole("button", { name: "Begin with Monday to Friday" }).click();
	await eventually(async () => /11:00/.test(await page.locator("[data-coming]").textContent()));
	assert.deepEqual(errors, []);
});

test("a thread says why it is there, and only what is for me can reach me from it", async (t) => {
	const { page, errors } = await morning(t);
	const row = rows(page).filter({ hasText: "Postgres upgrade" });
	await row.hover();
	await row.getByRole("button", { name: "Why it is here" }).click();
	await page.getByText("You started this thread.").waitFor();
	await page.getByLabel("Only what is for me").check();
	await row.waitFor({ state: "detached" });
	await page.keyboard.press("Escape");
	await page.keyboard.press("z");
	await row.waitFor();
	assert.deepEqual(errors, []);
});

test("an ask to a group is for whoever takes it", async (t) => {
	const { page, rafael, me, errors } = await morning(t);
	const group = newId("grp");
	await rafael.call("POST", "/groups", { id: group, name: "Design", members: [me] }, newId("op"));
	const ask = {
		id: newId("ask"),
		kind: "review",
		question: "Which icon?",
		group,
		budget: { kind: "next_working_day" },
	};
	const post = { id: newId("pst"), source: "Two icons to choose from." };
	const spaces = await rafael.call("GET", "/spaces");
	const space = spaces.items.find(({ slug }) => slug === "driver-app").id;
	const topic = { id: newId("top"), kind: "thread", title: "Icon for offline", space, post, ask };
	await rafael.call("POST", "/topics", topic, newId("op"));
	await line(page).getByRole("button", { name: "Show them" }).click();
	const row = page.locator(`[data-topic-row="${topic.id}"]`);
	await row.getByText("Design is asked").waitFor();
	await row.hover();
	await row.getByRole("button", { name: "Take it" }).click();
	await row.getByText("Review", { exact: true }).waitFor();
	await page.getByText("It is yours now.").waitFor();
	assert.deepEqual(errors, []);
});

test("the day goes on: a delivery, an ask that is late, a calm evening, and the page after a leave", async (t) => {
	const { page, server, rafael, me, errors } = await morning(t);
	const held = await writeTo(rafael, me, "Lunch menu");
	const camila = new Person(server.url);
	await camila.call("POST", "/sessions", { email: "camila@cordel.example", password: PASSWORD });
	const budget = { kind: "exact", at: "2025-10-14T16:30:00Z" };
	const ask = { id: newId("ask"), kind: "answer", question: "Is it on?", asked: rafael.member, budget };
	const post = { id: newId("pst"), source: "Is it on?" };
	const topic = {
		id: newId("top"),
		kind: "thread",
		title: "Is the heating on",
		participants: [rafael.member],
		post,
		ask,
	};
	await camila.call("POST", "/topics", topic, newId("op"));
	await page.close();

	const now = await at(t, server, "2025-10-14T18:01:00Z");
	await now.page.locator(`[data-topic-row="${held}"]`).waitFor();
	await eventually(async () =>
		/Delivered at 13:00\. The next delivery is at 16:30\./.test(await line(now.page).textContent()),
	);
	const day = now.page.getByRole("complementary", { name: "Your day" });
	assert.match(await day.textContent(), /13:00\s*Delivery\s*\d+ items?/);
	const late = now.page.locator(`[data-topic-row="${topic.id}"]`);
	await late.getByText("No reply from Rafael yet").waitFor();
	await late.hover();
	await late.getByRole("button", { name: "Wait longer" }).waitFor();

	const evening = await at(t, server, "2025-10-15T01:20:00Z");
	await evening.page.getByText("Nothing here needs you now.").waitFor();
	assert.equal(await rows(evening.page).count(), 0);
	await evening.page.getByRole("button", { name: "Show anyway" }).click();
	await rows(evening.page).first().waitFor();

	const leave = { id: newId("off"), from: "2025-10-15T00:00", to: "2025-10-18T00:00" };
	await camila.call("POST", "/time-off", leave, newId("op"));
	const back = await at(t, server, "2025-10-20T14:01:00Z");
	await back.page.waitForURL("**/away");
	await back.page.goto("/inbox");
	await back.page.getByText("See what happened while you were away.").waitFor();
	assert.deepEqual([...errors, ...now.errors, ...evening.errors, ...back.errors], []);
});

/** Camila's browser when the clock shows another time. */
async function at(t, server, clock) {
	await server.moveTo(clock);
	const camila = await person(browser, server, { zone: "America/Bogota", clock });
	t.after(() => camila.close());
	await signIn(camila.page);
	return camila;
}

test("a long list draws what is near and more when its end comes near, by scrolling and by key", async (t) => {
	const { page, rafael, me, errors } = await morning(t);
	const many = 130;
	for (let number = 0; number < many; number++) await writeTo(rafael, me, `News ${number}`);
	await line(page).getByRole("button", { name: "Show them" }).click();
	const title = page.locator("#inbox-reading");
	await eventually(async () => Number((await title.textContent()).match(/\d+/)?.[0]) >= many);
	const drawn = await rows(page).count();
	assert.ok(drawn < many, `${drawn} rows are drawn`);
	// By key: the last drawn row is not the last of the list.
	await rows(page)
		.nth(drawn - 3)
		.locator("a")
		.first()
		.focus();
	for (let pressed = 0; pressed < 8; pressed++) await page.keyboard.press("j");
	await eventually(async () => (await rows(page).count()) > drawn);
	await eventually(async () => {
		await rows(page).last().scrollIntoViewIfNeeded();
		return (await page.getByRole("button", { name: /^Show .*more/ }).count()) === 0;
	});
	assert.ok((await rows(page).count()) >= many);
	assert.deepEqual(errors, []);
});
