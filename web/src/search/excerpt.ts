/** An excerpt of the server is escaped text with `<mark>` around what was found. These read it without ever setting HTML. */

export interface Part {
	text: string;
	/** It was looked for. */
	hit: boolean;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };

/** The parts of an excerpt in order; anything but the two tags stays the text that it is. */
export function partsOf(excerpt: string): Part[] {
	const parts: Part[] = [];
	let hit = false;
	for (const piece of excerpt.split(/(<\/?mark>)/)) {
		if (piece === "<mark>") hit = true;
		else if (piece === "</mark>") hit = false;
		else if (piece) parts.push({ text: decoded(piece), hit });
	}
	return parts;
}

/** The words of an excerpt alone. */
export function plainText(excerpt: string): string {
	return partsOf(excerpt)
		.map((part) => part.text)
		.join("");
}

function decoded(text: string): string {
	return text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
