/**
 * Keeps the client itself (never anything of the API) so that it opens without a network.
 * The build puts `SHELL` before this text: the files of this version and a name made from their hashes.
 */
import { listenForPushes } from "./push-worker";
import { isShare, receiveShare } from "./share-worker";

declare const SHELL: { version: string; files: string[] };
const worker = self as unknown as ServiceWorkerGlobalScope;

listenForPushes(worker);

const PREFIX = "meridian-shell-";
const CACHE = PREFIX + SHELL.version;
const PAGE = "/index.html";

worker.addEventListener("install", (event) => {
	event.waitUntil(keepShell());
});

worker.addEventListener("activate", (event) => {
	event.waitUntil(forgetOldVersions().then(() => worker.clients.claim()));
});

worker.addEventListener("message", (event) => {
	if (event.data === "take over") worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (isShare(request, url)) return event.respondWith(receiveShare(request));
	if (request.method !== "GET" || url.origin !== worker.location.origin || url.pathname.startsWith("/api/")) return;
	if (request.mode === "navigate") event.respondWith(page(request));
	else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
	else if (SHELL.files.includes(url.pathname)) event.respondWith(asset(request));
});

/** All or nothing: a version that is not whole must not take over. Files that an older version kept are copied, not fetched again. */
async function keepShell(): Promise<void> {
	const cache = await caches.open(CACHE);
	await Promise.all(
		SHELL.files.map(async (file) => {
			const known = file.startsWith("/assets/") ? await caches.match(file, { ignoreVary: true }) : undefined;
			const answer = known ?? (await fetch(file, { cache: "no-cache" }));
			if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
			await cache.put(file, answer);
		}),
	);
}

async function forgetOldVersions(): Promise<void> {
	const names = await caches.keys();
	await Promise.all(
		names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
	);
}

/** The page of this version, from the cache: the network is only asked when it is not there. */
async function page(request: Request): Promise<Response> {
	const cache = await caches.open(CACHE);
	return (await cache.match(PAGE, { ignoreVary: true })) ?? fetch(request);
}

/** Files with a hash in their name never change. One that was not kept (a font for a rare script) is kept when first used. */
async function asset(request: Request): Promise<Response> {
	const cache = await caches.open(CACHE);
	// A module is asked for with an Origin header and was kept without one: the path alone decides.
	const known = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
	if (known) return known;
	const answer = await fetch(request);
	if (answer.ok && new URL(request.url).pathname.startsWith("/assets/")) await cache.put(request, answer.clone());
	return answer;
}
