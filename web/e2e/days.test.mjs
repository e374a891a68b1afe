// The walkthroughs of the design, hour by hour, with real browsers and phones that record what they were pushed:
// a feature around the world (D1), a manager's Monday (D2), payments down at night (D4). Coming back (D3) is in
// days.return.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startDay } from "./days.world.mjs";
import { newId } from "./offline.world.mjs";
import { eventually, watched } from "./world.mjs";

const composer = (page) => page.locator("[data-composer]").last();
const panel = (page) => page.locator("[data-ask-panel]");
const rows = (page) => page.locator("[data-topic-row]");
const askBox = (page, words) => page.locator("[data-ask]").filter({ hasText: words });

/** Opens a thread and waits until it can be written in. */
async function openThread(page, topic) {
	await page.goto(`/thread/${topic}`);
	await page.locator("[data-post]").last().waitFor();
}

/** Writes a post with an ask, names its person with "@" and gives what the composer said before it was sent. */
async function askIn(page, { text, name, kind, question, budget, read }) {
	await page.keyboard.press("r");
	await composer(page).waitFor();
	await page.keyboard.type(`${text} @${name.slice(0, 3).toLowerCase()}`);
	await page.getByRole("option", { name: new RegExp(name) }).waitFor();
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: "Ask for a reply" }).click();
	await panel(page).getByRole("radio", { name: kind }).check({ force: true });
	await panel(page).getByLabel("Question").fill(question);
	await panel(page).getByLabel("By", { exact: true }).selectOption(budget);
	const said = await eventually(
		async () => {
			const words = (await page.locator("main").textContent()).replace(/\s+/g, " ");
			return read.every((part) => words.includes(part)) && words;
		},
		{ what: `the composer does not say ${read.join(", ")}` },
	);
	await page.locator("[data-send]").click();
	await askBox(page, question).waitFor();
	await eventually(async () => (await page.locator("[data-pending]").count()) === 0);
	return said;
}

/** Answers the ask that is open here. */
async function answer(page, words, verb, text) {
	await askBox(page, words).getByRole("button", { name: verb, exact: true }).click();
	await page.keyboard.type(text);
	await page.keyboard.press("Control+Enter");
	await page.locator("[data-post]").filter({ hasText: text }).waitFor();
	await eventually(async () => (await page.locator("[data-pending]").count()) === 0);
}

/** What a phone was pushed, once the day's work is done. */
const pushes = ({ phone }, count) =>
	eventually(() => phone.received.length >= count && phone.received, {
		what: `${count} pushes were expected, ${phone.received.length} came: ${JSON.stringify(phone.received)} ${phone.problems}`,
	});

test("D1: one feature around the world in 16 hours", async (t) => {
	// Wednesday 16:40 in Bogotá.
	const day = await startDay("2026-11-25T21:40:00Z");
	t.after(() => day.stop());
	const { camila, althea, jonas } = day.people;
	const topic = newId("top");
	await camila.call(
		"POST",
		"/topics",
		{
			id: topic,
			kind: "thread",
			title: "Invoice export",
			space: day.space,
			post: { id: newId("pst"), source: "First cut." },
		},
		newId("op"),
	);
	const desk = await day.sits("camila");
	const seats = { camila: desk };
	await watched("d1", seats, async () => {
		await openThread(desk.page, topic);
		const said = await askIn(desk.page, {
			text: "Two screens and three languages.",
			name: "Althea",
			kind: "Review",
			question: "Is the layout right?",
			budget: "half_day",
			// When she gets it, when it is due for her, and when that is for Camila.
			read: ["Thu 26 Nov, 14:00", "01:00 for you", "09:00 in Manila"],
		});
		assert.match(said, /Althea gets (it|this)/);

		// Thursday 09:00 in Manila: nothing came in the night; one ask is here.
		assert.deepEqual(althea.phone.received, []);
		await day.moveTo("2026-11-26T01:00:05Z");
		const [morning] = await pushes(althea, 1);
		assert.equal(morning.at, "2026-11-26T01:00:00Z");
		const studio = await day.sits("althea");
		seats.althea = studio;
		await rows(studio.page).filter({ hasText: "Is the layout right?" }).waitFor();
		assert.equal(await rows(studio.page).count(), 1);

		// 11:10: she answers; Camila's phone stays silent at 22:10.
		await day.moveTo("2026-11-26T03:10:00Z");
		await openThread(studio.page, topic);
		await answer(studio.page, "Camila asks you to review", "Review", "Version two is attached.");

		// 14:20: a question for Jonas, whose day starts in two hours.
		await day.moveTo("2026-11-26T06:20:00Z");
		await openThread(studio.page, topic);
		await askIn(studio.page, {
			text: "Include drafts?",
			name: "Jonas",
			kind: "Decision",
			question: "Do exports include drafts?",
			budget: "half_day",
			read: ["Thu 26 Nov, 13:45", "20:45 for you", "09:00 in Berlin"],
		});

		// 09:00 in Berlin: it tops what he owes. They share two hours, so his question is answered at once.
		await day.moveTo("2026-11-26T08:00:05Z");
		await pushes(jonas, 1);
		const berlin = await day.sits("jonas");
		seats.jonas = berlin;
		await berlin.page.goto("/work");
		await berlin.page.locator("[data-ask]").first().getByText("Do exports include drafts?").waitFor();
		await openThread(berlin.page, topic);
		await composer(berlin.page).click();
		await berlin.page.keyboard.type("Drafts of all teams, or mine only?");
		// It does not answer her ask, so it must not say so.
		const answers = berlin.page.getByLabel(/This answers it/);
		if (await answers.isVisible()) await answers.uncheck();
		await berlin.page.keyboard.press("Control+Enter");
		const rang = await pushes(althea, 2);
		assert.match(rang.at(-1).body, /Drafts of all teams/);
		await studio.page.goto("/inbox");
		await rows(studio.page).filter({ hasText: "Invoice export" }).waitFor();
		await openThread(studio.page, topic);
		await composer(studio.page).click();
		await studio.page.keyboard.type("Of all teams.");
		await studio.page.keyboard.press("Control+Enter");
		await berlin.page.locator("[data-post]").filter({ hasText: "Of all teams." }).waitFor();
		await answer(berlin.page, "Althea asks you to decide", "Decide", "Exports exclude drafts.");

		// 08:30 in Bogotá: one delivery brings the answer and the decision. No phone rang outside its person's hours.
		assert.deepEqual(camila.phone.received, []);
		await day.moveTo("2026-11-26T13:30:05Z");
		const [bogota] = await pushes(camila, 1);
		assert.equal(bogota.at, "2026-11-26T13:30:00Z");
		await rows(desk.page).filter({ hasText: "Invoice export" }).waitFor();
		await openThread(desk.page, topic);
		await desk.page.locator("[data-post]").filter({ hasText: "Exports exclude drafts." }).waitFor();
		await askBox(desk.page, "Althea answered").getByRole("button", { name: "Close", exact: true }).click();
		await day.insideHours();
	});
	for (const seat of Object.values(seats)) assert.deepEqual(seat.errors, []);
});

test("D2: a manager's Monday without chasing", async (t) => {
	// The Thursday before: Jonas asks Legal (Inés) and Althea. Manila has a holiday on Monday.
	const day = await startDay("2026-11-26T09:00:00Z");
	t.after(() => day.stop());
	const { ines, althea, jonas, camila, mei } = day.people;
	await althea.call(
		"PUT",
		"/me/holidays",
		{
			name: "Philippines",
			ics: [
				"BEGIN:VCALENDAR",
				"VERSION:2.0",
				"PRODID:-//x//y//EN",
				"BEGIN:VEVENT",
				"UID:1@x",
				"DTSTAMP:20260101T000000Z",
				"DTSTART;VALUE=DATE:20261130",
				"SUMMARY:Bonifacio Day",
				"END:VEVENT",
				"END:VCALENDAR",
				"",
			].join("\r\n"),
		},
		newId("op"),
	);
	const ask = async (who, asked, title, budget, kind = "answer") => {
		const body = {
			id: newId("top"),
			kind: "thread",
			title,
			space: day.space,
			post: { id: newId("pst"), source: title },
			ask: { id: newId("ask"), kind, question: `${title}?`, asked: asked.member, budget },
		};
		await who.call("POST", "/topics", body, newId("op"));
		return body;
	};
	const legal = await ask(jonas, ines, "Contract clause nine", { kind: "half_day" });
	await ask(jonas, althea, "Icons for the report", { kind: "next_working_day" });
	await ask(camila, jonas, "Budget for testers", { kind: "exact", at: "2026-11-30T15:00:00Z" }, "decide");

	// On Friday Inés says that she is away; Mei covers.
	await day.moveTo("2026-11-27T16:00:00Z");
	const off = { id: newId("off"), from: "2026-11-30T00:00", to: "2026-12-03T00:00", cover: mei.member };
	await ines.call("POST", "/time-off", off, newId("op"));

	await day.moveTo("2026-11-30T08:00:05Z");
	const seat = await day.sits("jonas");
	const { page } = seat;
	await watched("d2", { jonas: seat }, async () => {
		await page.goto("/work/asked");
		// The ask to Legal ran out on Thursday; it says so without blame, and the cover is one key away.
		const late = page.locator("[data-ask]").filter({ hasText: "Contract clause nine?" });
		await late.getByText(/No reply from Inés yet/).waitFor();
		await late.getByRole("button", { name: /Ask Mei/ }).click();
		const dialog = page.getByRole("dialog");
		if (await dialog.isVisible()) await dialog.getByRole("button", { name: /Ask Mei/ }).click();
		await page
			.locator("[data-ask]")
			.filter({ hasText: /You ask Mei .*Contract clause nine\?/s })
			.waitFor();
		await eventually(async () => {
			const { items } = await mei.call("GET", "/asks?list=owe");
			return items.filter(({ topic }) => topic === legal.id).length === 1;
		});

		// Manila's day is a holiday: Althea starts on Tuesday, 02:00 in Berlin, and nobody asks why.
		await page.goto("/people/time");
		const manila = page.getByRole("row").filter({ hasText: "Althea Reyes" });
		await manila
			.getByText(/Bonifacio Day/)
			.first()
			.waitFor();

		// 17:40: what he writes now says when it arrives.
		await day.moveTo("2026-11-30T16:40:00Z");
		await openThread(page, legal.id);
		await composer(page).click();
		await page.keyboard.type("One more thing. @alt");
		await page.getByRole("option", { name: /Althea/ }).waitFor();
		await page.keyboard.press("Enter");
		await page
			.getByText(/Althea gets (it|this) .*09:00 in Manila/)
			.first()
			.waitFor();
		await day.insideHours();
	});
	assert.deepEqual(seat.errors, []);
});

test("D4: payments are down and the owner is asleep", async (t) => {
	// Tuesday 13:40 in Bogotá, after lunch; 02:40 on Wednesday in Manila.
	const day = await startDay("2026-12-01T18:40:00Z");
	t.after(() => day.stop());
	const { ines, camila, rafael, jonas, mei, althea } = day.people;
	const rota = [camila.member, rafael.member, mei.member];
	const norms = { budgets: {}, urgent_reasons: ["Production is down"], rota, note: "" };
	await ines.call("PATCH", "/workspace", { norms }, newId("op"));
	const topic = newId("top");
	await camila.call(
		"POST",
		"/topics",
		{
			id: topic,
			kind: "thread",
			title: "Refunds fail",
			space: day.space,
			post: { id: newId("pst"), source: "Since 13:30." },
		},
		newId("op"),
	);
	// What else Rafael owes: its clock will move when he starts later.
	const review = { id: newId("ask"), kind: "review", question: "Is the copy right?", asked: rafael.member };
	await jonas.call("POST", `/topics/${topic}/asks`, { ...review, budget: { kind: "half_day" } }, newId("op"));
	const seat = await day.sits("camila");
	const { page } = seat;
	await watched("d4", { camila: seat }, async () => {
		await openThread(page, topic);
		await page.keyboard.press("r");
		await page.keyboard.type("Can you roll back? @raf");
		await page.getByRole("option", { name: /Rafael/ }).waitFor();
		await page.keyboard.press("Enter");
		await page.getByRole("button", { name: "Ask for a reply" }).click();
		await panel(page).getByRole("radio", { name: "Action" }).check({ force: true });
		await panel(page).getByLabel("Question").fill("Roll back the release");
		await panel(page).getByLabel("By", { exact: true }).selectOption("urgent");
		const gate = page.locator("[data-urgent-gate]");
		// The one on shift is said first: it is Camila herself.
		await gate.getByText(/You are next on the rota/).waitFor();
		await gate.getByText(/Rafael starts in 6 h \d+\./).waitFor();
		await gate.getByLabel("Reason").selectOption("Production is down");
		await gate.getByLabel("If it waits").fill("Customers do not get their money back");
		await gate.getByLabel("Still wake Rafael").check();
		await page.locator("[data-send]").click();
		await askBox(page, "Roll back the release").waitFor();

		const [woken] = await pushes(rafael, 1);
		assert.equal(woken.urgency, "high");
		const ask = (await camila.call("GET", "/asks?list=waiting")).items.find(({ urgent }) => urgent);
		// Repeated once; a second silence would have gone to the next on the rota.
		await day.moveTo("2026-12-01T18:46:30Z");
		await pushes(rafael, 2);
		assert.deepEqual(mei.phone.received, []);
		await rafael.call("POST", `/asks/${ask.id}/acknowledge`, undefined, newId("op"));
		await day.moveTo("2026-12-01T18:55:00Z");
		await openThread(page, topic);
		await askBox(page, "Roll back the release")
			.getByText(/Rafael acknowledged it/)
			.waitFor();

		// 03:20 in Manila: fixed. He starts later; what he owes moves, and the askers see why.
		await day.moveTo("2026-12-01T19:20:00Z");
		const done = newId("pst");
		await rafael.call(
			"POST",
			`/topics/${topic}/posts`,
			{ id: done, source: "Rolled back.", answers: ask.id },
			newId("op"),
		);
		const sleep = { id: newId("off"), from: "2026-12-02T09:00", to: "2026-12-02T10:30" };
		await rafael.call("POST", "/time-off", sleep, newId("op"));
		const moved = await eventually(async () => {
			const { items } = await jonas.call("GET", "/asks?list=waiting");
			return items.find(({ id, due_before }) => id === review.id && due_before);
		});
		assert.equal(moved.due_before, "2026-12-02T06:00:00Z");
		assert.equal(moved.due_at, "2026-12-02T07:30:00Z");
		assert.equal(moved.moved_because, "time_off");
		await rafael.call("POST", `/asks/${ask.id}/judge`, { judged: "justified" }, newId("op"));

		await openThread(page, topic);
		await askBox(page, "Rafael answered").getByRole("button", { name: "Close", exact: true }).click();
		await page.goto("/work/urgent");
		await page.locator("[data-urgent-row]").filter({ hasText: "Justified" }).waitFor();
		assert.equal(await page.locator("[data-urgent-row]").count(), 1);

		// Bystanders slept. Jonas reads it at 09:00.
		assert.deepEqual(
			[jonas, mei, althea, ines].flatMap(({ phone }) => phone.received),
			[],
		);
		await day.moveTo("2026-12-02T08:00:05Z");
		await day.insideHours({ but: ["urgent"] });
	});
	assert.deepEqual(seat.errors, []);
});
