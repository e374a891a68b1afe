import { addressOf } from "$app/routes";
import type { Topic } from "$data/index";

/** The address of a topic's page; with a number, of one of its posts. The tail is for people and may be wrong. */
export function threadAddress(
	topic: Pick<Topic, "code" | "title"> & Partial<Pick<Topic, "kind">>,
	post?: number,
): string {
	const address =
		topic.kind === "task"
			? addressOf({ name: "task", key: topic.code })
			: addressOf({ name: "thread", code: topic.code, tail: tailOf(topic.title) });
	return post === undefined ? address : `${address}#post-${post}`;
}

/** A title as the readable end of an address: letters and digits of any script, at most 60 characters, cut between words. */
export function tailOf(title: string): string {
	const words = title
		.normalize("NFKD")
		.replace(/\p{Mark}/gu, "")
		.toLowerCase()
		.split(/[^\p{Letter}\p{Number}]+/u)
		.filter(Boolean);
	let tail = "";
	for (const word of words) {
		if (tail && tail.length + word.length + 1 > 60) break;
		tail = tail ? `${tail}-${word}` : word.slice(0, 60);
	}
	return tail.normalize("NFC");
}

/** The number in the fragment of an address: "post-9" gives 9. */
export function postOf(anchor: string): number | null {
	const no = /^post-(\d{1,9})$/.exec(anchor)?.[1];
	return no ? Number(no) : null;
}
