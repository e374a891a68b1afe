/** What lies over the page, the newest last. The browser's way back closes it before it leaves the page. */
const layers: (() => void)[] = [];

/** Something opened that `close` closes. Answers what to call once it is closed. */
export function openLayer(close: () => void): () => void {
	layers.push(close);
	return () => {
		const at = layers.lastIndexOf(close);
		if (at >= 0) layers.splice(at, 1);
	};
}

/** Closes what was opened last; false when nothing is open. */
export function closeLayer(): boolean {
	const close = layers.at(-1);
	close?.();
	return close !== undefined;
}
