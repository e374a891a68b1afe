import { check, newId, until } from "./offline.world.mjs";

const HOUR = 3_600_000;

/** More that a device, a clock and a network do to people (issue 3), each at a desk with one live tab on a thread. */
export const hardCases = {
	"20 what I follow opens without a network after the browser was closed, also what I never opened": async (desk) => {
		const { ana, yuki, space } = desk.world;
		const topics = [];
		for (const n of [1, 2])
			topics.push(await thread(ana, { title: `Quiet ${n}`, space, text: `qquiet${n}`, to: [yuki.member] }));
		await desk.settleDown();
		await desk.openInbox(desk.page);
		const known = (id) => desk.page.evaluate(hasPosts, [`meridian-${yuki.member}`, id]);
		for (const { id } of topics) await until("fetched ahead", () => known(id), 20_000);
		await desk.restart();
		await desk.offline();
		const page = await desk.context.newPage();
		for (const [n, { code }] of topics.entries()) {
			await page.goto(`${desk.network.url}/thread/${code}`);
			await until("the post is there", async () => (await desk.shown(page, `qquiet${n + 1}`)) === 1, 8000);
		}
		await page.goto(`${desk.network.url}/inbox`);
		await page.locator(`[data-topic-row="${topics[0].id}"]`).waitFor({ timeout: 8000 });
		check(desk.network.traffic.bytes < 2_000_000, `${desk.network.traffic.bytes} bytes for a small workspace`);
		return `${desk.network.traffic.requests} requests, ${Math.round(desk.network.traffic.bytes / 1024)} KB`;
	},

	"21 the clock is wrong by an hour: times on the screen and on the server are right": async (desk) => {
		const page = await desk.context.newPage();
		await page.clock.install({ time: new Date(Date.now() + HOUR) });
		await desk.visit(page);
		await desk.page.close();
		desk.page = page;
		const before = Date.now();
		await desk.offline();
		await desk.send(page, "qclock");
		await until("in the thread", async () => (await desk.shown(page, "qclock")) === 1);
		const shown = await page
			.locator("[data-post]", { hasText: "qclock" })
			.locator("time")
			.first()
			.getAttribute("datetime");
		check(Math.abs(Date.parse(shown) - before) < 60_000, `shown as written at ${shown}`);
		await desk.online();
		await until("sent", async () => (await desk.has("qclock")) === 1, 35_000);
		const written = desk.network.writes.find(({ body }) => body?.source === "qclock").body.written_at;
		check(Math.abs(Date.parse(written) - before) < 60_000, `told as written at ${written}`);
	},

	"22 requests that hang: what waits is said with its time, can be looked at, and is sent once": async (desk) => {
		desk.network.faults.writesHang = true;
		await desk.send(desk.page, "qhang");
		const line = desk.page.getByRole("status").filter({ hasText: /1 waiting, written today \d\d:\d\d/ });
		await line.waitFor({ timeout: 15_000 });
		await line.getByRole("button", { name: "Show" }).click();
		const dialog = desk.page.getByRole("dialog", { name: "Waits to send" });
		check(/Post.*Written today \d\d:\d\d.*qhang/s.test(await dialog.textContent()), await dialog.textContent());
		await desk.page.keyboard.press("Escape");
		desk.network.faults.writesHang = false;
		await until("sent", async () => (await desk.has("qhang")) === 1, 50_000);
		await line.waitFor({ state: "detached" });
		check((await desk.onServer()).join() === "qhang", "not once");
	},

	"23 an answer written before its time and sent after it is on time": async (desk) => {
		const { ana, yuki } = desk.world;
		const due = new Date(Date.now() + 9000).toISOString();
		const ask = newId("ask");
		const body = { id: ask, kind: "answer", question: "Ship?", asked: yuki.member, budget: { kind: "exact", at: due } };
		await ana.call("POST", `/topics/${desk.topic.id}/asks`, body, newId("op"));
		const box = desk.page.locator(`[data-ask="${ask}"]`);
		await box.waitFor();
		await desk.offline();
		await desk.page.locator("[data-composer]").click();
		await desk.page.keyboard.insertText("qontime");
		await box
			.getByRole("button", { name: /^(Reply|Answer)/ })
			.first()
			.click()
			.catch(() => {});
		const answers = desk.page.getByLabel(/This answers/).first();
		if (await answers.count()) await answers.check();
		await desk.page.locator("[data-send]").click();
		await desk.safe(desk.page, "qontime");
		check(Date.now() < Date.parse(due), "the test was too slow to write in time");
		await until("the time is over", () => Date.now() > Date.parse(due) + 500);
		await desk.online();
		await until("sent", async () => (await desk.has("qontime")) === 1, 35_000);
		const answered = await until2(async () => {
			const { asks } = await ana.call("GET", `/topics/${desk.topic.id}`);
			const found = asks.find(({ id }) => id === ask);
			return found.answer_post ? found : undefined;
		});
		check(Date.parse(answered.answered_at) <= Date.parse(due), `answered at ${answered.answered_at}, due ${due}`);
	},

	"24 where we are, written by two people without a network: neither is lost": async (desk) => {
		await desk.offline();
		await desk.page.locator("main").getByRole("button", { name: "More", exact: true }).first().click();
		await desk.page.getByRole("menuitem", { name: "Write where we are" }).click();
		const editor = desk.page.locator(".ProseMirror").first();
		await editor.click();
		await desk.page.keyboard.insertText("qmysummary");
		await desk.page.getByRole("button", { name: "Save" }).first().click();
		await until(
			"shown at once",
			async () => (await desk.page.locator("main").textContent()).includes("qmysummary"),
			3000,
		);
		await desk.world.ana.call("PATCH", `/topics/${desk.topic.id}`, { summary: "qtheirsummary" }, newId("op"));
		await desk.online();
		await until(
			"both are there",
			async () => {
				const text = await desk.page.locator("body").textContent();
				return text.includes("qtheirsummary") && text.includes("qmysummary");
			},
			35_000,
		);
		const { topic } = await desk.world.ana.call("GET", `/topics/${desk.topic.id}`);
		check(topic.summary.trim() === "qtheirsummary", `the server has ${topic.summary}`);
	},

	"25 the browser dies with posts waiting and a text half written: nothing is lost, sent once": async (desk) => {
		await desk.settleDown();
		await desk.offline();
		await desk.send(desk.page, "qcrash");
		await desk.safe(desk.page, "qcrash");
		await desk.page.locator("[data-composer]").click();
		await desk.page.keyboard.insertText("qhalf");
		await until(
			"the text is on the disk",
			() => desk.page.evaluate(hasDraft, [`meridian-${desk.person.member}`, "qhalf"]),
			3000,
		);
		await desk.crash();
		desk.page = await desk.open();
		await until("sent", async () => (await desk.has("qcrash")) === 1, 35_000);
		await until("the text is back", async () =>
			(await desk.page.locator("[data-composer]").textContent()).includes("qhalf"),
		);
		check((await desk.onServer()).join() === "qcrash", `the server has ${(await desk.onServer()).join()}`);
	},

	"26 a new version takes over by the button: what waits and what is half written stay": async (desk) => {
		desk.network.faults.writesDead = true;
		await desk.send(desk.page, "qupdate");
		await desk.page.locator("[data-composer]").click();
		await desk.page.keyboard.insertText("qunfinished");
		desk.network.faults.newVersion = true;
		await desk.page.evaluate(async () => (await navigator.serviceWorker.ready).update());
		const loaded = desk.page.waitForEvent("load");
		await desk.page.getByRole("status").filter({ hasText: "A new version is ready." }).getByRole("button").click();
		await loaded;
		await desk.ready(desk.page);
		await until("still shown", async () => (await desk.shown(desk.page, "qupdate")) === 1, 4000);
		await until("the text is back", async () =>
			(await desk.page.locator("[data-composer]").textContent()).includes("qunfinished"),
		);
		desk.network.faults.writesDead = false;
		await until("sent", async () => (await desk.has("qupdate")) === 1, 35_000);
	},

	"28 what is being written in one tab never becomes part of what another tab sends": async (desk) => {
		const second = await desk.open();
		const text = async (page) => (await page.locator("[data-composer]").textContent()).trim();
		const write = async (page, words) => {
			await page.locator("[data-composer]").click();
			await page.keyboard.insertText(words);
		};
		const copies = () =>
			desk.page.evaluate(waitingCalls, `meridian-${desk.person.member}`).then((names) => names.includes("draft.put"));
		await desk.offline();
		await write(desk.page, "qslow");
		await until("the copy for the server waits", copies);
		check((await text(second)) === "", `the other tab has ${await text(second)}`);
		await desk.page.locator("[data-send]").click();
		await desk.send(second, "qbeside");
		await desk.online();
		await until("both sent", async () => (await desk.onServer()).length >= 2, 35_000);
		check([...(await desk.onServer())].sort().join() === "qbeside,qslow", `the server has ${await desk.onServer()}`);
		// Once the server has the draft any tab may go on with it; when it is sent in one, it leaves the other.
		await write(desk.page, "qshared");
		await until("the server has the draft", async () => {
			const { items } = await desk.person.call("GET", "/drafts");
			return items.some(({ source }) => source.trim() === "qshared");
		});
		await desk.page.locator("[data-send]").click();
		await until("sent", async () => (await desk.has("qshared")) === 1);
		await until("nothing is left over", async () => (await text(second)) === "" && (await text(desk.page)) === "");
	},

	"27 another program shares words and a picture without a network: a draft, and nothing is sent": async (desk) => {
		await desk.offline();
		await desk.page.evaluate(share);
		await desk.page.waitForURL(/\/new/);
		await until("the words are in the composer", async () =>
			(await desk.page.locator("[data-composer]").textContent()).includes("https://example.org/crash"),
		);
		check((await desk.page.getByLabel("Title").inputValue()) === "Crash on Android 12", "the title is missing");
		await desk.page.getByText("screen.png").first().waitFor();
		check(!desk.page.url().includes("shared"), "shared again at the next reload");
	},
};

/** Waits for something and gives it. */
async function until2(find) {
	let found;
	await until("found", async () => {
		found = await find();
		return found !== undefined;
	});
	return found;
}

async function thread(person, { title, space, text, to }) {
	const id = newId("top");
	const post = { id: newId("pst"), source: text, to };
	await person.call("POST", "/topics", { id, kind: "thread", title, space, post }, newId("op"));
	const { topic } = await person.call("GET", `/topics/${id}`);
	return { id, code: topic.code };
}

/** In the page: whether this device has posts of a topic. */
function hasPosts([database, topic]) {
	return new Promise((done, failed) => {
		const opening = indexedDB.open(database);
		opening.onerror = () => failed(opening.error);
		opening.onsuccess = () => {
			const all = opening.result.transaction("rows").objectStore("rows").getAll();
			all.onsuccess = () => {
				opening.result.close();
				done(all.result.some(({ table, row }) => table === "posts" && row?.topic === topic));
			};
		};
	});
}

/** In the page: the names of the operations that wait on this device. */
function waitingCalls(database) {
	return new Promise((done, failed) => {
		const opening = indexedDB.open(database);
		opening.onerror = () => failed(opening.error);
		opening.onsuccess = () => {
			const all = opening.result.transaction("outbox").objectStore("outbox").getAll();
			all.onsuccess = () => {
				opening.result.close();
				done(all.result.map(({ name }) => name));
			};
		};
	});
}

/** In the page: whether this device keeps a draft with these words. */
function hasDraft([database, words]) {
	return new Promise((done, failed) => {
		const opening = indexedDB.open(database);
		opening.onerror = () => failed(opening.error);
		opening.onsuccess = () => {
			const all = opening.result.transaction("drafts").objectStore("drafts").getAll();
			all.onsuccess = () => {
				opening.result.close();
				done(all.result.some(({ source }) => source.includes(words)));
			};
		};
	});
}

/** In the page: what a system does when a person shares something with the installed client. */
function share() {
	const form = document.createElement("form");
	Object.assign(form, { method: "POST", action: "/share", enctype: "multipart/form-data" });
	const words = { title: "Crash on Android 12", text: "Look at this", url: "https://example.org/crash" };
	for (const [name, value] of Object.entries(words))
		form.append(Object.assign(document.createElement("input"), { name, value }));
	const picked = new DataTransfer();
	picked.items.add(new File([new Uint8Array(8)], "screen.png", { type: "image/png" }));
	const files = Object.assign(document.createElement("input"), { type: "file", name: "files" });
	files.files = picked.files;
	form.append(files);
	document.body.append(form);
	form.submit();
}
