import type { FileCard, Id } from "$data/index";

/** The cards of files that a draft names: what is not at hand is asked of the server, which answers for each without its content. */
export async function cardsOf(files: readonly Id[], known: readonly FileCard[]): Promise<FileCard[]> {
	const cards = await Promise.all(files.map((id) => known.find((card) => card.id === id) ?? cardOf(id)));
	return cards.flatMap((card) => card ?? []);
}

async function cardOf(id: Id): Promise<FileCard | null> {
	const url = `/api/v1/files/${id}/content`;
	const answer = await fetch(url, { method: "HEAD" }).catch(() => null);
	if (!answer?.ok) return null;
	const media_type = answer.headers.get("content-type") ?? "application/octet-stream";
	const size = Number(answer.headers.get("content-length") ?? 0);
	return {
		id,
		name: nameIn(answer.headers.get("content-disposition") ?? ""),
		media_type,
		size,
		url,
		width: null,
		height: null,
	};
}

/** The file's name in a `content-disposition`, the encoded form first. */
export function nameIn(disposition: string): string {
	const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
	if (encoded) {
		try {
			return decodeURIComponent(encoded);
		} catch {
			return encoded;
		}
	}
	return /filename="?([^";]+)"?/i.exec(disposition)?.[1] ?? "";
}
