import { check, newId, Person, until } from "./offline.world.mjs";

/** What the client promises about bad networks (design: "The cases"). Each gets a desk with one live tab on a thread. */
export const cases = {
	"1 offline, a post shows at once in thread and inbox": async (desk) => {
		await desk.offline();
		await desk.send(desk.page, "qone");
		await until("in the thread", async () => (await desk.shown(desk.page, "qone")) === 1, 3000);
		check((await desk.pending(desk.page)) === 1, "not marked as unsent");
		check(await desk.doneSays(desk.page, "qone"), "not in the inbox row");
		check((await desk.has("qone")) === 0, "already on the server");
	},

	"2 reload offline: shell, cached thread and pending post are there": async (desk) => {
		await desk.offline();
		await desk.send(desk.page, "qtwo");
		await desk.safe(desk.page, "qtwo");
		await desk.reload(desk.page);
		await until("the pending post", async () => (await desk.shown(desk.page, "qtwo")) === 1, 4000);
		check((await desk.shown(desk.page, "Shall we ship?")) === 1, "the cached post is gone");
		check(await desk.doneSays(desk.page, "qtwo"), "the inbox row lost the pending text");
	},

	"3 reload offline, then online: sent exactly once": async (desk) => {
		await desk.offline();
		await desk.send(desk.page, "qthree");
		await desk.safe(desk.page, "qthree");
		await desk.reload(desk.page);
		await desk.online();
		const took = await until("sent", async () => (await desk.has("qthree")) >= 1);
		await until("settled", async () => (await desk.pending(desk.page)) === 0);
		await onlyOnce(desk, ["qthree"]);
		return `sent ${took} ms after the network was back`;
	},

	"3b tab closed 150 ms after writing: sent once": async (desk) => {
		await desk.offline();
		await desk.send(desk.page, "qthreeb");
		await desk.page.waitForTimeout(150);
		await desk.shut(desk.page);
		await desk.online();
		desk.page = await desk.open();
		await until("sent", async () => (await desk.has("qthreeb")) >= 1);
		await settled(desk);
		await onlyOnce(desk, ["qthreeb"]);
	},

	"3c reload before the disk has it: sent once": async (desk) => {
		const slow = await desk.holdTheDisk(desk.page);
		await desk.send(desk.page, "qthreec");
		await until("shown", async () => (await desk.shown(desk.page, "qthreec")) === 1);
		check((await desk.has("qthreec")) === 0 && (await slow()), "the disk was not slow");
		await desk.reload(desk.page);
		await until("sent", async () => (await desk.has("qthreec")) >= 1);
		await settled(desk);
		await onlyOnce(desk, ["qthreec"]);
	},

	"4 answers lost after the commit: one post": async (desk) => {
		desk.network.faults.loseAnswers = 2;
		await desk.send(desk.page, "qfour");
		await until("on the server", async () => (await desk.has("qfour")) >= 1);
		await settled(desk);
		await onlyOnce(desk, ["qfour"]);
		return `${desk.network.writes.length} requests`;
	},

	"4b answers lost and no stream: one post": async (desk) => {
		desk.network.faults.loseAnswers = 2;
		desk.network.cutStreams();
		await desk.send(desk.page, "qfourb");
		await until("on the server", async () => (await desk.has("qfourb")) >= 1);
		await settled(desk);
		await onlyOnce(desk, ["qfourb"]);
	},

	"5 reload while the request is in flight: one post, not lost": async (desk) => {
		desk.network.faults.hang = 2500;
		await desk.send(desk.page, "qfive");
		await until("in flight", () => desk.network.writes.length === 1);
		await desk.reload(desk.page);
		await until("sent", async () => (await desk.has("qfive")) >= 1, 15_000);
		await settled(desk);
		await until("the first request is over", () => desk.network.isClear());
		await onlyOnce(desk, ["qfive"]);
	},

	"6 two tabs write offline, both come online: each once": async (desk) => {
		const second = await desk.open();
		await desk.offline();
		await desk.send(desk.page, "qsixa");
		await desk.send(second, "qsixb");
		await desk.online();
		await until("both sent", async () => (await desk.has("qsixa")) >= 1 && (await desk.has("qsixb")) >= 1);
		await settled(desk);
		for (const page of [desk.page, second])
			for (const text of ["qsixa", "qsixb"])
				await until(`${text} once in each tab`, async () => (await desk.shown(page, text)) === 1, 3000);
		await onlyOnce(desk, ["qsixa", "qsixb"]);
	},

	"6b the second tab writes, both close, one opens online": async (desk) => {
		const second = await desk.open();
		await desk.offline();
		await desk.send(second, "qsixc");
		await desk.safe(second, "qsixc");
		await desk.shut(second, desk.page);
		await desk.online();
		desk.page = await desk.open();
		await until("sent", async () => (await desk.has("qsixc")) >= 1);
		await settled(desk);
		await onlyOnce(desk, ["qsixc"]);
	},

	"6c both tabs write offline, both close, one opens": async (desk) => {
		const second = await desk.open();
		await desk.offline();
		await desk.send(desk.page, "qsixd");
		await desk.send(second, "qsixe");
		await desk.safe(second, "qsixe");
		await desk.shut(second, desk.page);
		await desk.online();
		desk.page = await desk.open();
		await until("both sent", async () => (await desk.has("qsixd")) >= 1 && (await desk.has("qsixe")) >= 1);
		await settled(desk);
		await onlyOnce(desk, ["qsixd", "qsixe"]);
	},

	"6d the leading tab closes: the other one goes on, live and sending": async (desk) => {
		const second = await desk.open();
		await desk.shut(desk.page);
		desk.page = second;
		await desk.others("qsixf");
		await until("live in the other tab", async () => (await desk.shown(second, "qsixf")) === 1);
		await desk.send(second, "qsixg");
		await until("sent by the other tab", async () => (await desk.has("qsixg")) === 1);
	},

	"7 a live change patches every view together": async (desk) => {
		const second = await desk.open();
		await second.locator('a[href="/inbox"]').first().click();
		const row = second.locator(`[data-topic-row="${desk.topic.id}"]`, { hasText: "qseven" });
		await second.locator(`[data-topic-row="${desk.topic.id}"]`).waitFor();
		await desk.others("qseven");
		await until("in the thread", async () => (await desk.shown(desk.page, "qseven")) === 1, 4000);
		await until("in the inbox of the other tab", async () => (await row.count()) === 1, 1000);
		check(await desk.inboxSays(desk.page, "qseven"), "not in the inbox of the same tab");
	},

	"8 one's own post never leaves the screen while it settles": async (desk) => {
		await desk.watch(desk.page, "qeight");
		desk.network.faults.hang = 800;
		await desk.send(desk.page, "qeight");
		await until("sent", async () => (await desk.has("qeight")) === 1);
		await settled(desk);
		check((await desk.gaps(desk.page)) === 0, `it left or doubled ${await desk.gaps(desk.page)} times`);
	},

	"9 the server refuses: taken back from every view, text kept, not retried": async (desk) => {
		desk.network.faults.refuse = 5;
		await desk.send(desk.page, "qnine");
		await until(
			"taken back",
			async () => desk.network.writes.length > 0 && (await desk.shown(desk.page, "qnine")) === 0,
		);
		const kept = desk.refused(desk.page, "qnine");
		await until(
			"the text is kept with the reason",
			async () => (await kept.textContent()).includes("A text is too long."),
			3000,
		);
		check((await desk.kept(desk.page)).length === 0, "still to be sent");
		check(desk.network.writes.length === 1, `sent ${desk.network.writes.length} times`);
		check(!(await desk.inboxSays(desk.page, "qnine")), "still in the inbox row");
		await desk.reload(desk.page);
		await until("the text is kept after a reload", async () => (await kept.count()) === 1, 4000);
	},

	"10 the stream is cut while others post: caught up from the number": async (desk) => {
		await desk.offline();
		desk.network.cutStreams();
		for (const n of [1, 2, 3]) await desk.others(`qten${n}`);
		await desk.online();
		const took = await until("caught up", async () => (await desk.shown(desk.page, "qten3")) === 1);
		for (const n of [1, 2, 3]) check((await desk.shown(desk.page, `qten${n}`)) === 1, `qten${n} is missing or twice`);
		check(await desk.inboxSays(desk.page, "qten3"), "not in the inbox row");
		return `${took} ms`;
	},

	"11 mine offline and theirs meanwhile: both, in the right order": async (desk) => {
		await desk.offline();
		desk.network.cutStreams();
		await desk.send(desk.page, "qmine");
		await desk.others("qtheirs");
		await desk.online();
		await until("both on the server", async () => (await desk.onServer()).join() === "qtheirs,qmine");
		await settled(desk);
		const order = async () => (await desk.page.locator("[data-post]").allInnerTexts()).join();
		await until("in order on the screen", async () => /qtheirs.*qmine/s.test(await order()), 3000);
		await onlyOnce(desk, ["qmine", "qtheirs"]);
	},

	"12 twenty offline: all once, in order": async (desk) => {
		const texts = Array.from({ length: 20 }, (_, n) => `qn${String(n).padStart(2, "0")}`);
		await desk.offline();
		for (const text of texts) await desk.send(desk.page, text);
		await desk.safe(desk.page, texts.at(-1));
		await desk.reload(desk.page);
		await desk.online();
		const took = await until("all sent", async () => (await desk.onServer()).length >= 20, 30_000);
		await settled(desk);
		check((await desk.onServer()).join() === texts.join(), `the order is ${await desk.onServer()}`);
		return `${took} ms, ${desk.network.writes.length} requests`;
	},

	"13 the network claims to be up but requests die, then reload: once": async (desk) => {
		desk.network.faults.apiDead = true;
		desk.network.cutStreams();
		await desk.send(desk.page, "qthirteen");
		await until("tried", () => desk.network.writes.length > 0);
		await desk.reload(desk.page);
		await until("still shown", async () => (await desk.shown(desk.page, "qthirteen")) === 1, 3000);
		desk.network.faults.apiDead = false;
		await until("sent", async () => (await desk.has("qthirteen")) >= 1, 35_000);
		await settled(desk);
		await onlyOnce(desk, ["qthirteen"]);
	},

	"14 a refetch while a post is unsent does not wipe it": async (desk) => {
		desk.network.faults.writesDead = true;
		await desk.send(desk.page, "qfourteen");
		await until("tried", () => desk.network.writes.length > 0);
		check(await desk.doneSays(desk.page, "qfourteen"), "wiped from the inbox row");
		await until("tried again", () => desk.network.writes.length > 1);
		check((await desk.shown(desk.page, "qfourteen")) === 1, "wiped from the thread");
		desk.network.faults.writesDead = false;
		await until("sent", async () => (await desk.has("qfourteen")) === 1, 35_000);
	},

	"15 the first of two queued is refused: the second never leaves the screen": async (desk) => {
		await desk.offline();
		await desk.send(desk.page, "qbad");
		await desk.send(desk.page, "qgood");
		await desk.watch(desk.page, "qgood");
		desk.network.faults.refuse = 1;
		await desk.online();
		await until("the second is sent", async () => (await desk.has("qgood")) === 1);
		await settled(desk);
		check((await desk.shown(desk.page, "qbad")) === 0, "the refused one is still shown");
		check((await desk.gaps(desk.page)) === 0, "the second vanished for a while");
		await onlyOnce(desk, ["qgood"]);
	},

	"16 the session expires with posts waiting: kept, sent after sign-in as the same member only": async (desk) => {
		desk.network.faults.writesDead = true;
		await desk.send(desk.page, "qsixteen");
		await until("tried", () => desk.network.writes.length > 0);
		await desk.person.call("DELETE", "/sessions/current");
		desk.network.faults.writesDead = false;
		await desk.page.waitForURL(/\/sign-in/);
		check((await desk.has("qsixteen")) === 0, "sent without a session");
		await desk.carry(await new Person(desk.network.url).signIn("ana@example.org"));
		await desk.page.goto(`${desk.network.url}/thread/${desk.topic.code}`);
		await desk.ready(desk.page);
		await desk.others("qbyana");
		await until("Ana's page is live", async () => (await desk.shown(desk.page, "qbyana")) === 1);
		check((await desk.has("qsixteen")) === 0, "sent as somebody else");
		check((await desk.shown(desk.page, "qsixteen")) === 0, "shown to somebody else");
		desk.person = await new Person(desk.network.url).signIn("yuki@example.org");
		await desk.carry(desk.person);
		await desk.reload(desk.page);
		await until("sent after the same member signed in", async () => (await desk.has("qsixteen")) === 1, 15_000);
		const { items } = await desk.person.call("GET", `/topics/${desk.topic.id}/posts?after=1`);
		check(
			items.find((post) => post.source === "qsixteen").author === desk.world.yuki.member,
			"somebody else is its author",
		);
	},

	"16b another account at the same browser: each sees and sends their own": async (desk) => {
		const { page } = desk;
		desk.network.faults.writesDead = true;
		await desk.send(page, "qleft");
		await until("tried", () => desk.network.writes.length > 0);
		await page.getByRole("button", { name: "Northwind" }).click();
		await page.getByRole("menuitem", { name: "Sign out" }).click();
		await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
		desk.network.faults.writesDead = false;
		await desk.signIn(page, "ana@example.org");
		await desk.visit(page);
		await desk.send(page, "qana");
		await until("Ana's is sent", async () => (await desk.has("qana")) === 1);
		check((await desk.has("qleft")) === 0, "sent as somebody else");
		check((await desk.shown(page, "qleft")) === 0, "shown to somebody else");
		await page.getByRole("button", { name: "Northwind" }).click();
		await page.getByRole("menuitem", { name: "Sign out" }).click();
		await desk.signIn(page, "yuki@example.org");
		await desk.visit(page);
		await until("sent when its writer is back", async () => (await desk.has("qleft")) === 1);
		await settled(desk);
		await onlyOnce(desk, ["qana", "qleft"]);
	},

	"17 a new client version takes over with posts waiting": async (desk) => {
		desk.network.faults.writesDead = true;
		await desk.send(desk.page, "qseventeen");
		desk.network.faults.newVersion = true;
		await desk.page.evaluate(async () => {
			const registration = await navigator.serviceWorker.ready;
			await registration.update();
			const worker = registration.waiting ?? registration.installing;
			const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
			const offer = () => registration.waiting?.postMessage("take over");
			worker.addEventListener("statechange", offer);
			offer();
			await taken;
		});
		await desk.reload(desk.page);
		await until("still shown", async () => (await desk.shown(desk.page, "qseventeen")) === 1, 4000);
		desk.network.faults.writesDead = false;
		await until("sent", async () => (await desk.has("qseventeen")) >= 1, 35_000);
		await settled(desk);
		await onlyOnce(desk, ["qseventeen"]);
	},

	"18 storage full: said plainly, text still on screen, and sent": async (desk) => {
		// The browser has no way to make a disk full for a test, so its storage answers as it does on a full one.
		await desk.page.evaluate(() => {
			const full = () => {
				throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
			};
			IDBObjectStore.prototype.add = full;
			IDBObjectStore.prototype.put = full;
		});
		desk.network.faults.writesDead = true;
		await desk.send(desk.page, "qeighteen");
		await until("on the screen", async () => (await desk.shown(desk.page, "qeighteen")) === 1, 3000);
		await until("said", () => desk.page.getByText("This device is full.").isVisible(), 5000);
		desk.network.faults.writesDead = false;
		await until("sent from memory", async () => (await desk.has("qeighteen")) === 1, 35_000);
		await settled(desk);
		await onlyOnce(desk, ["qeighteen"]);
	},

	"18c storage forbidden: said plainly, and everything works while the tab is open": async (desk) => {
		await desk.context.addInitScript(() => {
			const forbidden = () => {
				throw new DOMException("The operation is insecure.", "SecurityError");
			};
			IDBFactory.prototype.open = forbidden;
			for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get: forbidden });
		});
		await desk.reload(desk.page);
		await until("said", () => desk.page.getByText("This browser does not let us keep anything").isVisible(), 5000);
		await desk.offline();
		await desk.send(desk.page, "qforbidden");
		check((await desk.pending(desk.page)) === 1, "not marked as unsent");
		await desk.online();
		await until("sent from memory", async () => (await desk.has("qforbidden")) === 1);
		await settled(desk);
		await desk.others("qheard");
		await until("live", async () => (await desk.shown(desk.page, "qheard")) === 1);
		await onlyOnce(desk, ["qforbidden", "qheard"]);
	},

	"18b storage evicted: the next start is as the first": async (desk) => {
		const devtools = await desk.context.newCDPSession(desk.page);
		await devtools.send("Storage.clearDataForOrigin", {
			origin: desk.network.url,
			storageTypes: "indexeddb,local_storage",
		});
		await desk.reload(desk.page);
		check((await desk.shown(desk.page, "Shall we ship?")) === 1, "the thread is not there");
		await desk.send(desk.page, "qevicted");
		await until("sent", async () => (await desk.has("qevicted")) === 1);
		await settled(desk);
		await onlyOnce(desk, ["qevicted"]);
	},

	"19 an edit that came too late: the newer text stays, mine is kept beside it": async (desk) => {
		await desk.send(desk.page, "qfirst");
		await until("sent", async () => (await desk.has("qfirst")) === 1);
		await settled(desk);
		const post = desk.page.locator("[data-post]", { hasText: "qfirst" });
		const id = await post.getAttribute("data-post");
		await desk.offline();
		await post.hover();
		await post.getByRole("button", { name: "More actions for this post" }).click();
		await desk.page.getByRole("menuitem", { name: "Edit" }).click();
		const edited = desk.page.locator(`[data-post="${id}"]`);
		await edited.locator(".ProseMirror").click();
		await desk.page.keyboard.insertText(" qmine");
		await edited.getByRole("button", { name: "Save" }).click();
		await until("mine is shown at once", async () => (await edited.textContent()).includes("qmine"), 3000);
		await desk.person.call("PATCH", `/posts/${id}`, { source: "qtheirs", edits: 0 }, newId("op"));
		await desk.online();
		await until("both are there", async () => /qtheirs.*qmine/s.test(await edited.textContent()));
		check((await desk.onServer()).join() === "qtheirs", "the newer text was overwritten");
		await edited.getByRole("button", { name: "Use mine" }).click();
		await until("mine is sent", async () => /qmine/.test((await desk.onServer()).join()));
		await settled(desk);
		check((await desk.onServer()).length === 1, "there are two posts");
	},
};

/** Nothing is unsent any more. */
function settled(desk) {
	return until("settled", async () => (await desk.pending(desk.page)) === 0, 35_000);
}

/** The server has each of the texts once and nothing else, and the page shows each once. */
async function onlyOnce(desk, texts) {
	const sources = await desk.onServer();
	check([...sources].sort().join() === [...texts].sort().join(), `the server has ${sources.join()}`);
	for (const text of texts) {
		const count = await desk.shown(desk.page, text);
		check(count === 1, `${text} is shown ${count} times`);
	}
}
