/** One of the eight space colours (`--s1-soft` … `--s8-ink`). Identity only, never status. */
export type Hue = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The same number for the same text on every device: FNV-1a, 32 bits. */
export function hashOf(text: string): number {
	let hash = 0x811c9dc5;
	for (const unit of new TextEncoder().encode(text)) {
		hash = Math.imul(hash ^ unit, 0x01000193) >>> 0;
	}
	return hash;
}

/** The hue of an id that has no chosen one. */
export function hueOf(id: string): Hue {
	return ((hashOf(id) % 8) + 1) as Hue;
}
