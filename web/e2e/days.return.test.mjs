// D3 of the walkthroughs: a designer plans two weeks off, receives nothing meanwhile, and comes back on a train with bad
// signal, with what she owes re-clocked and the rest folded.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startDay } from "./days.world.mjs";
import { newId } from "./offline.world.mjs";
import { eventually, watched } from "./world.mjs";

test("D3: back from two weeks off, on a train", async (t) => {
	// Friday 4 December, 10:00 in Manila.
	const day = await startDay("2026-12-04T02:00:00Z");
	t.after(() => day.stop());
	const { althea, mei, jonas, camila, ines } = day.people;
	const threads = new Map();
	const thread = async (who, title, more = {}) => {
		const body = {
			id: newId("top"),
			kind: "thread",
			title,
			space: day.space,
			post: { id: newId("pst"), source: title },
		};
		await who.call("POST", "/topics", { ...body, ...more }, newId("op"));
		threads.set(title, body.id);
		return body.id;
	};
	const askHer = (who, title, kind, budget) =>
		thread(who, title, {
			ask: { id: newId("ask"), kind, question: `${title}?`, asked: althea.member, budget },
		});
	const owed = async (who) => (await who.call("GET", "/asks?list=owe")).items;
	for (const number of [1, 2, 3, 4, 5]) await askHer(jonas, `Screen ${number}`, "review", { kind: "this_week" });
	for (const number of [6, 7]) await askHer(camila, `Icon ${number}`, "answer", { kind: "next_working_day" });
	for (const number of [8, 9]) await askHer(ines, `Text ${number}`, "answer", { kind: "half_day" });
	const own = await thread(althea, "Captions for the export");

	const seat = await day.sits("althea");
	const { page, context } = seat;
	await watched("d3", { althea: seat }, async () => {
		// Entering the time off lists what it touches; five go to Mei, two get a new time, two are left.
		await page.goto("/settings/time-off");
		await page.getByRole("button", { name: "Add time off" }).first().click();
		await page.getByLabel("First day").fill("2026-12-07");
		await page.getByLabel("Last day").fill("2026-12-18");
		await page.getByLabel("Who covers for you").selectOption({ label: "Mei Tan" });
		await page.getByRole("button", { name: "Continue" }).click();
		const asks = page.getByRole("dialog").getByRole("group");
		await asks.first().waitFor();
		// Only what is not due before she leaves is touched: the answers due today by 15:00 are not.
		const touched = await asks.count();
		await page.keyboard.press("j");
		for (let passed = 0; passed < Math.min(5, touched); passed++) await page.keyboard.press("p");
		await page.getByText(`${Math.min(5, touched)} of ${touched} decided.`).waitFor();
		await page.getByRole("dialog").getByRole("button", { name: "Add time off" }).click();
		await page.getByText("Mon 7 Dec to Fri 18 Dec").first().waitFor();
		const meis = await eventually(async () => {
			const items = await owed(mei);
			return items.length === Math.min(5, touched) && items;
		});

		// Mei accepts all but one. What she declines returns to Althea, for when she is back.
		for (const ask of meis.slice(1)) await mei.call("POST", `/asks/${ask.id}/accept`, {}, newId("op"));
		await mei.call("POST", `/asks/${meis[0].id}/decline`, { reason: "I am at a fair that week." }, newId("op"));
		const returned = (await owed(althea)).find(({ question }) => question === meis[0].question);
		assert.equal(returned.state, "open");
		assert.ok(returned.due_at > "2026-12-21", `it is due ${returned.due_at}`);

		// While she is away people read when she is back, nobody reads why, and she receives nothing.
		await day.moveTo("2026-12-10T09:00:00Z");
		const before = althea.phone.received.length;
		const berlin = await day.sits("jonas");
		await berlin.page.goto(`/thread/${own}`);
		await berlin.page.locator("[data-post]").last().waitFor();
		await berlin.page.locator("[data-composer]").last().click();
		await berlin.page.keyboard.type("Which one? @alt");
		await berlin.page.getByRole("option", { name: /Althea/ }).waitFor();
		await berlin.page.keyboard.press("Enter");
		await berlin.page
			.getByText(/Althea is away until Mon(day)? 21 Dec.*Mei covers/)
			.first()
			.waitFor();
		await berlin.page.keyboard.press("Control+Enter");
		await berlin.page.locator("[data-post]").filter({ hasText: "Which one?" }).waitFor();
		const { items: clocks } = await camila.call("POST", "/asks/preview", {
			asked: [althea.member],
			budget: { kind: "next_working_day" },
		});
		// Monday's end, and half a working day to arrive: Tuesday 14:00 in Manila.
		assert.equal(clocks[0].due_at, "2026-12-22T06:00:00Z");
		await askHer(camila, "Colour of the button", "answer", { kind: "next_working_day" });
		const decided = await thread(jonas, "Exports and drafts");
		await althea.call("PUT", `/topics/${decided}/mark`, { following: true }, newId("op"));
		await jonas.call("POST", `/topics/${decided}/close`, { outcome: "Exports **exclude** drafts." }, newId("op"));
		await askHer(ines, "New leave policy", "acknowledge", { kind: "no_rush" });
		for (let number = 1; number <= 12; number++) await thread(ines, `Small talk ${number}`);
		const worth = await thread(ines, "How we choose fonts");
		await ines.call("PUT", `/topics/${worth}/show/${althea.member}`, undefined, newId("op"));
		for (const ask of (await owed(mei)).slice(0, 4)) {
			const post = { id: newId("pst"), source: "Done by Mei.", answers: ask.id };
			await mei.call("POST", `/topics/${ask.topic}/posts`, post, newId("op"));
		}

		// In the night before her first day the installed app fetches what she will read.
		await day.moveTo("2026-12-20T22:00:00Z");
		assert.equal(althea.phone.received.length, before, "something rang while she was away");
		await page.goto("/away");
		await page.getByRole("heading", { name: "Welcome back, Althea." }).waitFor();
		await page.locator("[data-away]").filter({ hasText: "Colour of the button" }).waitFor();
		await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
		const question = await eventually(async () => {
			const { items } = await althea.call("GET", "/asks?list=owe");
			return items.find(({ question }) => question === "Colour of the button?");
		});
		await page.goto(`/thread/${question.topic}`);
		await page.locator("[data-post]").last().waitFor();

		// 08:10 on the train, no signal: the page opens from the device, and she answers in the tunnel at 08:31.
		await day.moveTo("2026-12-21T00:31:00Z");
		await context.setOffline(true);
		await page.goto("/away");
		await page.getByRole("heading", { name: "Welcome back, Althea." }).waitFor();
		await page.getByText("Needs you", { exact: false }).first().waitFor();
		await page.goto(`/thread/${question.topic}`);
		await page
			.locator("[data-ask]")
			.filter({ hasText: "Camila asks you for an answer" })
			.getByRole("button", { name: "Answer", exact: true })
			.click();
		await page.keyboard.type("Green.");
		await page.keyboard.press("Control+Enter");
		await page.locator("[data-post][data-pending]").filter({ hasText: "Green." }).waitFor();
		await page
			.getByText(/1 waiting, written/)
			.first()
			.waitFor();

		// 09:20: the network is back. It counts as written in the tunnel.
		await day.server.moveTo("2026-12-21T01:20:00Z");
		await page.clock.setSystemTime(new Date("2026-12-21T01:20:00Z"));
		await context.setOffline(false);
		const answered = await eventually(
			async () => {
				const { asks } = await althea.call("GET", `/topics/${question.topic}`);
				return asks.find(({ state }) => state === "answered");
			},
			{ within: 40_000, what: "the answer was not sent" },
		);
		assert.match(answered.answered_at, /^2026-12-21T00:3\d/);

		// The page by obligation; the folded rest goes with one key and comes back with another.
		await page.goto("/away");
		await page.getByRole("heading", { name: "Welcome back, Althea." }).waitFor();
		const headings = (await page.getByRole("heading", { level: 2 }).allTextContents()).map((text) =>
			text.replace(/\s*\d.*$/s, "").trim(),
		);
		assert.deepEqual(headings, ["Needs you", "Decided", "Changed for you", "Worth reading", "Everything else"]);
		await page.keyboard.press("Shift+E");
		await page.getByRole("button", { name: "All read" }).waitFor();
		await page.keyboard.press("z");
		await page.getByRole("button", { name: "Mark all as read" }).waitFor();
		await page.keyboard.press("Shift+E");
		await page.getByRole("button", { name: "All read" }).waitFor();

		// Nothing rings until 14:00, half a working day after her start.
		assert.equal(althea.phone.received.length, before);
		await day.server.moveTo("2026-12-21T06:00:05Z");
		const rang = await eventually(() => althea.phone.received.slice(before).find(({ kind }) => kind === "delivery"));
		assert.equal(rang.at, "2026-12-21T06:00:00Z");
		await day.insideHours();
	});
	assert.deepEqual(seat.errors, []);
});
