// What a push becomes in a real browser: the worker of the build shows it, and a press leads to what it is about.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startPushService } from "./push.mjs";
import { NOW, PASSWORD, signIn } from "./tour.mjs";
import { eventually, person, startBrowser, startServer } from "./world.mjs";

let browser;
let server;
let service;
before(async () => {
	browser = await startBrowser();
	service = await startPushService();
	server = await startServer({ clock: NOW, sample: PASSWORD, settings: { MERIDIAN_OUTBOUND_ALLOW: service.host } });
});
after(async () => {
	// Also when one of them never came up.
	await Promise.allSettled([browser?.close(), server?.stop(), service?.stop()]);
});

const ASK = {
	title: "Yuki asks you to decide",
	body: "A or B? By 11:30 today.",
	url: "/work",
	tag: "ask_1",
	kind: "ask",
	at: NOW,
};

/** Camila with her inbox open and notifications allowed; `push` gives her browser what a push service would. */
async function camila() {
	const who = await person(browser, server, { zone: "America/Bogota", clock: NOW });
	await who.context.grantPermissions(["notifications"]);
	await signIn(who.page);
	await who.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	const session = await who.context.newCDPSession(who.page);
	const registered = new Promise((found) => {
		session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
			// Those of browsers that were closed before are told as well.
			const here = registrations.findLast(({ scopeURL, isDeleted }) => scopeURL === `${server.url}/` && !isDeleted);
			if (here) found(here.registrationId);
		});
	});
	await session.send("ServiceWorker.enable");
	const registrationId = await registered;
	const push = (message) =>
		session.send("ServiceWorker.deliverPushMessage", {
			origin: server.url,
			registrationId,
			data: typeof message === "string" ? message : JSON.stringify(message),
		});
	const shown = () =>
		who.page.evaluate(async () => {
			const { getNotifications } = ServiceWorkerRegistration.prototype;
			const all = await getNotifications.call(await navigator.serviceWorker.ready);
			return all.map(({ title, body, tag, silent, requireInteraction }) => ({
				title,
				body,
				tag,
				silent,
				requireInteraction,
			}));
		});
	return { ...who, push, shown };
}

test("a push is shown in the words of the server, once for each thing, and only what is urgent rings", async () => {
	const { push, shown, errors, close } = await camila();
	await push(ASK);
	const quiet = { silent: true, requireInteraction: false };
	await eventually(async () => (await shown()).length === 1);
	assert.deepEqual(await shown(), [{ title: ASK.title, body: ASK.body, tag: ASK.tag, ...quiet }]);

	await push({ ...ASK, body: "A or B? By 12:00 today.", kind: "moved" });
	await eventually(async () => (await shown())[0]?.body === "A or B? By 12:00 today.");
	assert.equal((await shown()).length, 1);

	await push({ ...ASK, title: "Urgent: payments are down", tag: "ask_2", kind: "urgent" });
	await eventually(async () => (await shown()).length === 2);
	const urgent = (await shown()).find(({ tag }) => tag === "ask_2");
	assert.deepEqual([urgent.silent, urgent.requireInteraction], [false, true]);

	assert.deepEqual(errors, []);
	await close();
});

test("a press on it goes there in the page that is open, and what was written stays", async () => {
	const { page, context, push, shown, close } = await camila();
	await page.evaluate(() => {
		window.stillHere = true;
	});
	await push(ASK);
	await eventually(async () => (await shown()).length === 1);
	const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
	await worker.evaluate(async () => {
		const [notification] = await self.registration.getNotifications();
		self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
	});
	await page.waitForURL("**/work");
	assert.equal(await page.evaluate(() => window.stillHere), true);
	assert.deepEqual(await shown(), []);
	await close();
});

test("what is not from our server shows nothing of its own, and leads nowhere else", async () => {
	const { push, page, context, shown, close } = await camila();
	await push("hello");
	await push({ ...ASK, url: "https://elsewhere.example/", tag: "ask_3" });
	await eventually(async () => (await shown()).some(({ tag }) => tag === "ask_3"));
	assert.deepEqual(
		(await shown()).map(({ title }) => title),
		[ASK.title],
	);
	await page.goto("/work");
	const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
	await worker.evaluate(async () => {
		const [notification] = await self.registration.getNotifications();
		self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
	});
	await page.waitForURL("**/inbox");
	await close();
});

/** The browser's own push service is the one of the test: this browser has no other. */
function subscribeHere({ endpoint, p256dh, auth }) {
	const PLACE = "test.subscribed";
	const subscription = {
		endpoint,
		toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
		unsubscribe: async () => {
			localStorage.removeItem(PLACE);
			return true;
		},
	};
	PushManager.prototype.subscribe = async () => {
		localStorage.setItem(PLACE, "yes");
		return subscription;
	};
	PushManager.prototype.getSubscription = async () => (localStorage.getItem(PLACE) ? subscription : null);
}

test("a browser is turned on, gets a test, and is turned off", async () => {
	const { page, context, errors, close } = await person(browser, server, { zone: "America/Bogota", clock: NOW });
	const device = service.device("camila");
	await context.grantPermissions(["notifications"]);
	await page.addInitScript(subscribeHere, device.subscription);
	await signIn(page);
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	await page.goto("/settings/notifications");
	const part = page.locator("[data-push]");
	await part.getByRole("button", { name: "Turn on" }).click();
	await page.locator('[data-push="on"]').waitFor();
	await page.reload();
	await page.locator('[data-push="on"]').waitFor();

	await part.getByRole("button", { name: "Send a test" }).click();
	await eventually(() => device.received.length === 1);
	assert.deepEqual(device.problems, []);
	assert.ok(device.received[0].title);
	assert.equal(new URL(device.received[0].url, server.url).origin, server.url);

	await part.getByRole("button", { name: "Turn off" }).click();
	await page.locator('[data-push="off"]').waitFor();
	const kept = await page.evaluate(() => fetch("/api/v1/me/push").then((answer) => answer.json()));
	assert.deepEqual(kept.items, []);
	assert.deepEqual(errors, []);
	await close();
});

test("whoever signs out is no longer told anything in that browser", async () => {
	const { page, context, close } = await person(browser, server, { zone: "America/Bogota", clock: NOW });
	await context.grantPermissions(["notifications"]);
	await page.addInitScript(subscribeHere, service.device("camila-2").subscription);
	await signIn(page);
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	await page.goto("/settings/notifications");
	await page.getByRole("button", { name: "Turn on" }).click();
	await page.locator('[data-push="on"]').waitFor();
	await page.goto("/settings/security");
	await page.getByRole("button", { name: "Sign out here" }).click();
	await page.waitForURL("**/sign-in**");
	await eventually(() => page.evaluate(() => localStorage.getItem("test.subscribed") === null));
	await close();
});
