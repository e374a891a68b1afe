/**
 * What another program shares with the installed client (manifest: `share_target`), in the service worker: kept on the
 * device, so that it works without a network, and opened in the composer as a draft. Nothing is sent by this.
 */
import { FILE_NAME, SHARED, SHARED_FILE, SHARED_WORDS, type SharedWords } from "./shared-place";

/** Whether a request is what the manifest names as the target. */
export function isShare(request: Request, url: URL): boolean {
	return request.method === "POST" && url.pathname === "/share";
}

/** Keeps it and leads to the composer. */
export async function receiveShare(request: Request): Promise<Response> {
	const form = await request.formData();
	const text = (name: keyof SharedWords) => String(form.get(name) ?? "");
	const words: SharedWords = { title: text("title"), text: text("text"), url: text("url") };
	const cache = await caches.open(SHARED);
	await cache.put(SHARED_WORDS, Response.json(words));
	const files = form.getAll("files").filter((file) => file instanceof File);
	await Promise.all(
		files.map((file, n) =>
			cache.put(
				`${SHARED_FILE}${n}`,
				new Response(file, {
					headers: { "content-type": file.type, [FILE_NAME]: encodeURIComponent(file.name) },
				}),
			),
		),
	);
	return Response.redirect("/new?shared", 303);
}
