/** Moves the focus to the next or previous link of a list: those that `selector` finds, in the order of the page. */
export function moveFocus(selector: string, step: 1 | -1): void {
	const links = [...document.querySelectorAll<HTMLElement>(selector)];
	const at = links.findIndex(
		(link) => link === document.activeElement || link.parentElement?.contains(document.activeElement),
	);
	const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
	const link = links[next];
	link?.focus();
	link?.scrollIntoView({ block: "nearest" });
}
