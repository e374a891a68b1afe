/**
 * Pushes, in the service worker: shows what the server said, and opens what it is about. What is said, and when, was
 * decided by the server; here is no rule of its own.
 */
import { deviceOf } from "./push-device";
import { type OpenMessage, pathOf, shownOf } from "./push-message";

/** Listens for pushes and for presses on what they showed. */
export function listenForPushes(worker: ServiceWorkerGlobalScope): void {
	worker.addEventListener("push", (event) => {
		const shown = shownOf(event.data?.text() ?? "", Date.now());
		if (shown) event.waitUntil(worker.registration.showNotification(shown.title, shown.options));
	});
	worker.addEventListener("notificationclick", (event) => {
		event.notification.close();
		event.waitUntil(open(worker, pathOf(event.notification.data, worker.location.origin)));
	});
	worker.addEventListener("pushsubscriptionchange", (event) => {
		(event as ExtendableEvent).waitUntil(renew(worker));
	});
}

/** In a page that is open already, the one seen last first; else in a new one. Nothing in the page is lost: it goes there by itself. */
async function open(worker: ServiceWorkerGlobalScope, path: string): Promise<void> {
	const [page] = await worker.clients.matchAll({ type: "window" });
	if (!page) {
		await worker.clients.openWindow(path);
		return;
	}
	page.postMessage({ kind: "open", path } satisfies OpenMessage);
	await page.focus();
}

/** The browser gave this device another address for pushes: the server must know it, or nothing arrives any more. */
async function renew(worker: ServiceWorkerGlobalScope): Promise<void> {
	const answer = await fetch("/api/v1/push/key");
	if (!answer.ok) return;
	const { key } = (await answer.json()) as { key: string };
	const subscription = await worker.registration.pushManager.subscribe({
		userVisibleOnly: true,
		applicationServerKey: key,
	});
	await fetch("/api/v1/me/push", {
		method: "PUT",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(await deviceOf(subscription, worker.navigator.userAgent)),
	});
}
