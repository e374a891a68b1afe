import { FILE_NAME, SHARED, SHARED_FILE, SHARED_WORDS, type SharedWords } from "./shared-place";

/** What another program shared with the installed client. */
export interface Shared {
	title: string;
	/** Text and address, as Markdown. */
	source: string;
	files: File[];
}

/** Takes what was shared, once; null when there is nothing. */
export async function takeShared(): Promise<Shared | null> {
	if (!("caches" in globalThis)) return null;
	const cache = await caches.open(SHARED);
	const answer = await cache.match(SHARED_WORDS);
	if (!answer) return null;
	const words = (await answer.json()) as SharedWords;
	const requests = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(SHARED_FILE));
	const files = await Promise.all(requests.map(async (request) => fileOf(await cache.match(request))));
	await caches.delete(SHARED);
	return { title: words.title.trim(), source: sourceOf(words), files: files.filter((file) => file !== null) };
}

/** Some programs put the address into the text, and some share nothing but it. */
export function sourceOf({ text, url }: SharedWords): string {
	const parts = [text.trim(), url.trim()].filter(Boolean);
	return parts.filter((part, n) => n === 0 || !parts[0]?.includes(part)).join("\n\n");
}

async function fileOf(answer: Response | undefined): Promise<File | null> {
	if (!answer) return null;
	const name = decodeURIComponent(answer.headers.get(FILE_NAME) ?? "");
	return new File([await answer.blob()], name || "file", { type: answer.headers.get("content-type") ?? "" });
}
