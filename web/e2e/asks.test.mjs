// The whole ask and what is written before it is sent, at real browsers: drafts on two devices, posts that wait for
// somebody's day, groups, what is urgent, and what can be done when the time of an ask has passed.
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

const ZONES = { camila: "America/Bogota", rafael: "America/Sao_Paulo", yuki: "Asia/Tokyo" };

/** The sample workspace at 09:20 in Bogotá. `sits`: somebody at a browser; `at`: somebody at the API. */
async function morning(t) {
	const server = await startServer({ clock: NOW, sample: PASSWORD });
	const seats = [];
	t.after(async () => {
		await Promise.all(seats.map((seat) => seat.close()));
		await server.stop();
	});
	return {
		server,
		async sits(key, { device, ...options } = {}) {
			const seat = await person(browser, server, { zone: ZONES[key], clock: NOW, ...options });
			seats.push(seat);
			if (device) await seat.context.addInitScript((name) => localStorage.setItem("meridian.device", name), device);
			if (key === "camila") await signIn(seat.page);
			else await signInAs(seat.page, key);
			return seat;
		},
		async at(key) {
			const who = new Person(server.url);
			who.member = (await who.call("POST", "/sessions", { email: `${key}@cordel.example`, password: PASSWORD })).member;
			return who;
		},
	};
}

async function signInAs(page, key) {
	await page.goto("/sign-in");
	await page.getByLabel("E-mail").fill(`${key}@cordel.example`);
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL("**/inbox");
}

const composer = (page) => page.locator("[data-composer]").last();
const words = async (page) => (await composer(page).textContent()).trim();

async function openThread(page, title = "Refund rule", space = "billing") {
	const id = await page.evaluate(
		async ([slug, words]) => {
			const { topics } = await (await fetch(`/api/v1/spaces/${slug}`)).json();
			return topics.find((topic) => topic.title.includes(words)).id;
		},
		[space, title],
	);
	await page.goto(`/thread/${id}`);
	await page.locator("[data-post]").last().waitFor();
}

const openRoute = (page) => openThread(page, "without a signal", "driver-app");

/** Types behind what is there. */
async function goOn(page, text) {
	await composer(page).focus();
	await page.keyboard.press("Control+End");
	await page.keyboard.type(text);
}

const draftsOf = async (page) =>
	(await page.evaluate(() => fetch("/api/v1/drafts").then((answer) => answer.json()))).items;
const kept = (page, text) => eventually(async () => (await draftsOf(page)).some(({ source }) => source === text));

test("a text goes on from one device to the other, and two versions stand side by side", async (t) => {
	const day = await morning(t);
	const desk = await day.sits("camila");
	const phone = await day.sits("camila", { device: "phone:pocket", width: 390, height: 844, touch: true });
	await watched("asks-drafts", { desk, phone }, async () => {
		await openThread(desk.page);
		await composer(desk.page).click();
		await desk.page.keyboard.type("Begun at the desk.");
		await kept(desk.page, "Begun at the desk.");

		await openThread(phone.page);
		const offer = (page) => page.locator("[data-draft-offer]");
		assert.match(await offer(phone.page).textContent(), /You started this on another computer, today 09:2\d\./);
		await offer(phone.page).getByRole("button", { name: "Continue" }).click();
		await eventually(async () => (await words(phone.page)) === "Begun at the desk.");
		await goOn(phone.page, " Gone on in the tram.");
		await kept(phone.page, "Begun at the desk. Gone on in the tram.");

		// At the desk nothing was changed meanwhile: the newer text is offered, not forced.
		assert.match(await offer(desk.page).textContent(), /You started this on your phone/);
		assert.equal(await words(desk.page), "Begun at the desk.");
		await offer(desk.page).getByRole("button", { name: "Continue" }).click();
		await eventually(async () => (await words(desk.page)) === "Begun at the desk. Gone on in the tram.");

		// Both change it, one of them without a network: neither is written over.
		await phone.context.setOffline(true);
		await goOn(phone.page, " From the tunnel.");
		await goOn(desk.page, " From the desk.");
		await kept(desk.page, "Begun at the desk. Gone on in the tram. From the desk.");
		await phone.context.setOffline(false);
		const both = phone.page.locator("[data-two-versions]");
		await both.waitFor({ timeout: 40_000 });
		const shown = await both.textContent();
		assert.match(shown, /From the tunnel\./);
		assert.match(shown, /From the desk\./);
		await both.getByRole("button", { name: "Join both" }).click();
		await eventually(async () => /From the desk\..*From the tunnel\./s.test(await words(phone.page)));
		const joined = (await phone.page.evaluate(() => fetch("/api/v1/drafts").then((a) => a.json()))).items;
		assert.equal(joined.length, 1);

		// What one device sends, the other one no longer has to write.
		await offer(desk.page).getByRole("button", { name: "Continue" }).click();
		await eventually(async () => /From the tunnel\./.test(await words(desk.page)));
		await desk.page.locator("[data-send]").click();
		await phone.page.locator("[data-post]").filter({ hasText: "From the tunnel." }).waitFor();
		await eventually(async () => (await words(phone.page)) === "");
		assert.deepEqual(await eventually(async () => (await draftsOf(desk.page)).length === 0 && []), []);
	});
	assert.deepEqual([...desk.errors, ...phone.errors], []);
});

test("the first keys are in the text, however slow the machine", async (t) => {
	const day = await morning(t);
	const { page, context, errors } = await day.sits("camila");
	await openRoute(page);
	const slow = await context.newCDPSession(page);
	await slow.send("Emulation.setCPUThrottlingRate", { rate: 6 });
	const press = async (text) => {
		for (const key of text) await page.keyboard.press(key === " " ? "Space" : key);
	};
	await page.keyboard.press("r");
	await press("Typed at once.");
	await eventually(async () => (await words(page)) === "Typed at once.");
	await page.reload();
	// A click behind the words, as a person does; a script's focus would put the caret before them.
	await composer(page).click();
	await press(" More.");
	await eventually(async () => /^Typed at once\.\s*More\.$/.test(await words(page)));
	await page.getByRole("button", { name: "Edit" }).first().click();
	await press(" End.");
	await eventually(async () =>
		/preferred A\. End\.$/.test((await page.locator(".where [data-composer]").textContent()).trim()),
	);
	assert.deepEqual(errors, []);
});

test("a post waits for the start of somebody's day, can be changed until then, and is sent once", async (t) => {
	const day = await morning(t);
	const { page, errors } = await day.sits("camila");
	await watched("asks-later", { camila: { page } }, async () => {
		await openRoute(page);
		await composer(page).click();
		await page.keyboard.type("For the morning in Tokyo.");
		const thread = page.url();
		await page.locator("[data-send-later]").click();
		await page.getByRole("menuitem", { name: "When Yuki starts the day" }).click();
		const waits = page.locator("[data-scheduled]");
		assert.match(await waits.textContent(), /Wed 09:30 in Tokyo \(19:30 today for you\)/);
		assert.equal(await words(page), "");

		await waits.getByRole("button", { name: "Change", exact: true }).click();
		await eventually(async () => (await words(page)) === "For the morning in Tokyo.");
		await goOn(page, " Changed.");
		await page.locator("[data-send-later]").click();
		await page.getByRole("menuitem", { name: "When Yuki starts the day" }).click();
		await waits.waitFor();
		await eventually(async () => (await draftsOf(page)).some(({ send_at }) => send_at === "2025-10-15T00:30:00Z"));
		await page.goto("/work/drafts");
		assert.match(await page.locator("[data-scheduled]").textContent(), /For the morning in Tokyo\. Changed\./);

		await day.server.moveTo("2025-10-15T00:30:30Z");
		await page.clock.setSystemTime(new Date("2025-10-15T00:30:30Z"));
		await page.goto(thread);
		const sent = page.locator("[data-post]").filter({ hasText: "For the morning in Tokyo. Changed." });
		await sent.waitFor();
		assert.equal(await sent.count(), 1);
		assert.deepEqual(await draftsOf(page), []);
	});
	assert.deepEqual(errors, []);
});

test("a group is asked in one go with a person; one of it takes the ask and answers", async (t) => {
	const day = await morning(t);
	const camila = await day.sits("camila");
	const rafael = await day.sits("rafael");
	await watched("asks-group", { camila, rafael }, async () => {
		const { page } = camila;
		await page.goto("/admin/groups");
		await page.getByRole("button", { name: "New group" }).click();
		await page.getByLabel("Name").fill("Payments");
		for (const name of ["Rafael", "Inês"]) {
			await page.getByRole("button", { name: "Add people" }).click();
			await page.keyboard.type(name);
			await page.keyboard.press("Enter");
		}
		await page.getByRole("button", { name: "Create group" }).click();
		await page.locator("[data-group]").filter({ hasText: "Payments" }).waitFor();

		await openRoute(page);
		await composer(page).click();
		await page.keyboard.type("Who checks the bill? @Paym");
		await page.getByRole("option", { name: /Payments/ }).waitFor();
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "Add people" }).first().click();
		await page.keyboard.type("Payments");
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "Ask for a reply" }).click();
		const panel = page.locator("[data-ask-panel]");
		// Who is named is who is asked; a person can be asked in the same go.
		await panel.getByRole("button", { name: "Ask Piotr too" }).click();
		assert.match(
			await panel.textContent(),
			/Payments\s*2 people, \d in working hours now\. Whoever takes it answers\./,
		);
		await page.locator("[data-send]").click();
		await page.locator("[data-ask]").filter({ hasText: "You ask Payments for an answer" }).waitFor();
		await page.locator("[data-ask]").filter({ hasText: "You ask Piotr for an answer" }).waitFor();

		await openRoute(rafael.page);
		const box = rafael.page.locator("[data-ask]").filter({ hasText: "Camila asks Payments" });
		await box.getByRole("button", { name: "Take it" }).click();
		const mine = rafael.page.locator("[data-ask]").filter({ hasText: "Camila asks you for an answer" });
		assert.match(await mine.textContent(), /You took it for Payments\./);
		await mine.getByRole("button", { name: "Answer", exact: true }).click();
		await rafael.page.keyboard.type("I do.");
		await rafael.page.locator("[data-send]").click();
		const answered = page.locator("[data-ask]").filter({ hasText: "Rafael answered." });
		await answered.getByRole("button", { name: "Close", exact: true }).click();
		await eventually(async () => (await answered.count()) === 0);
	});
	assert.deepEqual([...camila.errors, ...rafael.errors], []);
});

test("before somebody is woken, who works is shown; what was urgent is acknowledged, judged and in the month's log", async (t) => {
	const day = await morning(t);
	const camila = await day.sits("camila");
	const yuki = await day.sits("yuki");
	await watched("asks-urgent", { camila, yuki }, async () => {
		const { page } = camila;
		await openRoute(page);
		await composer(page).click();
		await page.keyboard.type("Refunds fail. Can you roll back?");
		await page.getByRole("button", { name: "Ask for a reply" }).click();
		const panel = page.locator("[data-ask-panel]");
		await panel.getByRole("button", { name: "Ask Yuki too" }).click();
		await panel.getByRole("button", { name: "Piotr only reads" }).click();
		await panel.getByLabel("By", { exact: true }).selectOption("urgent");
		const gate = page.locator("[data-urgent-gate]");
		await gate.getByText(/Yuki starts in 10 h \d+\. It is 23:2\d in Tokyo\./).waitFor();
		// The one who works is one key away.
		assert.ok(await gate.getByRole("button", { name: /^Ask .+ instead$/ }).isVisible());
		await page.locator("[data-send]").click();
		assert.match(await panel.textContent(), /Choose why it cannot wait\./);
		await gate.getByLabel("Reason").selectOption({ index: 1 });
		const reason = await gate.getByLabel("Reason").inputValue();
		await gate.getByLabel("If it waits").fill("No customer gets money back");
		await page.locator("[data-send]").click();
		assert.match(await panel.textContent(), /Say that you want to wake them/);
		await gate.getByLabel("Still wake Yuki").check();
		await page.locator("[data-send]").click();

		await openRoute(yuki.page);
		const band = yuki.page.locator("[data-ask][data-urgent]");
		await band.waitFor();
		assert.ok((await band.textContent()).includes(`${reason}. If it waits: No customer gets money back.`));
		await band.getByRole("button", { name: "Acknowledge" }).click();
		await page
			.locator("[data-ask]")
			.filter({ hasText: /Yuki acknowledged it at/ })
			.waitFor();
		await band.getByRole("button", { name: "Answer", exact: true }).click();
		await yuki.page.keyboard.type("Rolled back.");
		await yuki.page.locator("[data-send]").click();
		await yuki.page.getByRole("button", { name: "Justified" }).click();

		await page.goto("/work/urgent");
		const log = page.locator("[data-urgent-row]").filter({ hasText: "Can you roll back?" });
		await log.waitFor();
		await eventually(async () => /Justified/.test(await log.textContent()));
	});
	assert.deepEqual([...camila.errors, ...yuki.errors], []);
});

test("when its time has passed, both read it calmly, and the asker waits longer or asks the lead", async (t) => {
	const day = await morning(t);
	const rafael = await day.at("rafael");
	const { items } = await rafael.call("GET", "/members");
	const yuki = items.find(({ short_name }) => short_name === "Yuki").id;
	const { items: spaces } = await rafael.call("GET", "/spaces");
	const space = spaces.find(({ slug }) => slug === "driver-app").id;
	const ines = items.find(({ short_name }) => short_name === "Inês").id;
	await rafael.call("PATCH", `/spaces/${space}`, { lead: ines }, newId("op"));
	const topic = newId("top");
	const title = "Colours at night";
	const ask = { id: newId("ask"), asked: yuki, kind: "decide", question: "Which orange?" };
	const post = { id: newId("pst"), source: "Which orange?" };
	const camila = await day.at("camila");
	// In her morning: nothing is due before she has it.
	const budget = { kind: "exact", at: "2025-10-15T02:00:00Z" };
	await camila.call(
		"POST",
		"/topics",
		{ id: topic, kind: "thread", title, space, post, ask: { ...ask, budget } },
		newId("op"),
	);
	await day.server.moveTo("2025-10-15T02:30:00Z");

	const { page, errors } = await day.sits("camila");
	await page.clock.setSystemTime(new Date("2025-10-15T02:30:00Z"));
	await page.goto("/work/asked");
	const row = page.locator("[data-ask]").filter({ hasText: "Which orange?" });
	assert.match(await row.textContent(), /No reply from Yuki yet\. It was for .* It is 11:3\d in Tokyo\./);
	await row.getByRole("button", { name: "Wait longer" }).click();
	const dialog = page.getByRole("dialog");
	await dialog
		.getByRole("button", { name: /in Tokyo/ })
		.first()
		.click();
	await dialog.getByRole("button", { name: "Wait longer" }).click();
	await eventually(async () => /It was given more time\./.test(await row.textContent()));

	await day.server.moveTo("2025-10-20T15:30:00Z");
	await page.clock.setSystemTime(new Date("2025-10-20T15:30:00Z"));
	await page.goto("/work/asked");
	await row.getByRole("button", { name: "Other choices" }).click();
	await page.getByRole("menuitem", { name: "Ask the lead, Inês" }).click();
	await page.getByRole("dialog").getByRole("button", { name: "Ask Inês" }).click();
	await page.locator("[data-ask]").filter({ hasText: "You ask Inês to decide: Which orange?" }).waitFor();
	assert.deepEqual(errors, []);
});

test("how one replies is agreed in one place, shown where one types, and what an ask begins with", async (t) => {
	const day = await morning(t);
	const { page, errors } = await day.sits("camila");
	await watched("asks-norms", { camila: { page } }, async () => {
		await page.goto("/admin/norms");
		await page.getByLabel("Decision", { exact: true }).selectOption("this_week");
		await page.getByLabel("In a few words").fill("Write in English.");
		await page.getByLabel("In a few words").blur();
		await page.getByLabel("Another reason").fill("Money is lost");
		await page.getByRole("button", { name: "Add this reason" }).click();
		await eventually(async () => {
			const { workspace } = await page.evaluate(() => fetch("/api/v1/me").then((answer) => answer.json()));
			const { budgets, note, urgent_reasons } = workspace.norms;
			return budgets.decide === "this_week" && note === "Write in English." && urgent_reasons.includes("Money is lost");
		});

		// A space has its own way; what it says nothing about is as in the workspace.
		await page.goto("/s/support");
		const card = page.locator("section.card").filter({ hasText: "How we reply here" });
		assert.match(await card.textContent(), /Decision\s*this week/);
		await card.getByRole("button", { name: "Edit" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Lead").selectOption({ label: "Rafael Nogueira" });
		await dialog.getByRole("radio", { name: "Its own" }).click();
		await dialog.getByLabel("Review", { exact: true }).selectOption("half_day");
		await dialog.getByLabel("In a few words").fill("Customers first.");
		await dialog.getByRole("button", { name: "Save" }).click();
		await eventually(async () => /Review\s*half a working day/.test(await card.textContent()));
		assert.match(await card.textContent(), /Lead:\s*Rafael/);

		await openThread(page, "Test phones", "support");
		await composer(page).click();
		await page.keyboard.type("Two phones are enough. Do you agree?");
		await page.getByRole("button", { name: "Ask for a reply" }).click();
		const panel = page.locator("[data-ask-panel]");
		assert.match(await panel.textContent(), /How we reply here.*Customers first\./s);
		const by = panel.getByLabel("By", { exact: true });
		await panel.getByRole("radio", { name: "Review" }).click();
		assert.equal(await by.inputValue(), "half_day");
		await panel.getByRole("radio", { name: "Decision" }).click();
		assert.equal(await by.inputValue(), "this_week");
		// What somebody chooses no longer follows.
		await by.selectOption("no_rush");
		await panel.getByRole("radio", { name: "Review" }).click();
		assert.equal(await by.inputValue(), "no_rush");
	});
	assert.deepEqual(errors, []);
});

test("of somebody who is away it is said until when, who covers, and the thread can be kept for them", async (t) => {
	const day = await morning(t);
	const { page, errors } = await day.sits("camila");
	await watched("asks-away", { camila: { page } }, async () => {
		await openRoute(page);
		await composer(page).click();
		await page.keyboard.type("Can you check the words?");
		await page.getByRole("button", { name: "Add people" }).first().click();
		await page.keyboard.type("Luc");
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "Ask for a reply" }).click();
		const panel = page.locator("[data-ask-panel]");
		await panel.getByRole("button", { name: "Ask Lucía too" }).click();
		await panel.getByText(/Lucía is away until Thursday\./).waitFor();
		await panel.getByRole("button", { name: "Wait for Lucía" }).click();
		assert.match(await panel.textContent(), /You wait for Lucía\./);

		await page.getByRole("button", { name: "More", exact: true }).first().click();
		const item = page.getByRole("menuitemcheckbox", { name: "Show Lucía when they are back" });
		const before = await item.getAttribute("aria-checked");
		await item.click();
		await eventually(async () => {
			const code = new URL(page.url()).pathname.split("/")[2].split("-")[0];
			const { shows } = await page.evaluate(
				(id) => fetch(`/api/v1/topics/${id}`).then((answer) => answer.json()),
				code,
			);
			const { member } = await page.evaluate(() => fetch("/api/v1/me").then((answer) => answer.json()));
			return String(shows.some(({ by }) => by === member.id)) !== before;
		});
	});
	assert.deepEqual(errors, []);
});

test("a thread that is to be started later waits with its title, and is changed where threads are written", async (t) => {
	const day = await morning(t);
	const { page, errors } = await day.sits("camila");
	await watched("asks-thread-later", { camila: { page } }, async () => {
		await page.goto("/new");
		await page.getByLabel("Title").fill("Plans for November");
		await composer(page).click();
		await page.keyboard.type("What do we finish first?");
		await page.locator("[data-send-later]").click();
		await page.getByRole("menuitem", { name: "At a time" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Send at").fill("2025-10-15T08:00");
		await dialog.getByRole("button", { name: "Send later" }).click();
		assert.equal(await page.getByLabel("Title").inputValue(), "");
		await eventually(async () => (await draftsOf(page)).some(({ send_at }) => send_at === "2025-10-15T13:00:00Z"));
		await page.goto("/work/drafts");
		const waits = page.locator("[data-scheduled]").filter({ hasText: "Plans for November" });
		assert.match(await waits.textContent(), /It is sent tomorrow, 08:00\./);
		await waits.getByRole("button", { name: "Change", exact: true }).click();
		await eventually(async () => (await page.getByLabel("Title").inputValue()) === "Plans for November");
		await eventually(async () => (await words(page)) === "What do we finish first?");
		await page.locator("[data-send]").click();
		await page.getByRole("heading", { name: "Plans for November" }).waitFor();
		await eventually(async () => (await draftsOf(page)).length === 0);
	});
	assert.deepEqual(errors, []);
});
