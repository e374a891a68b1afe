/** A rectangle in the viewport, in CSS pixels. */
export interface Box {
	left: number;
	top: number;
	width: number;
	height: number;
}

/** Distance between the anchor and what opens from it. */
const GAP = 6;

/** Nothing touches the edge of the window. */
const MARGIN = 8;

/**
 * Where a menu or popover of `size` opens beside `anchor`: below it, or above where there is more room;
 * aligned with its start or end edge, pushed back inside the window. `left` and `top` in CSS pixels.
 */
export function place(
	anchor: Box,
	size: Pick<Box, "width" | "height">,
	window: Pick<Box, "width" | "height">,
	align: "start" | "end" = "start",
	rightToLeft = false,
): { left: number; top: number; above: boolean } {
	const below = window.height - (anchor.top + anchor.height) - GAP - MARGIN;
	const over = anchor.top - GAP - MARGIN;
	const above = size.height > below && over > below;
	const wantedTop = above ? anchor.top - GAP - size.height : anchor.top + anchor.height + GAP;
	const fromLeft = (align === "start") !== rightToLeft;
	const wantedLeft = fromLeft ? anchor.left : anchor.left + anchor.width - size.width;
	return {
		left: within(wantedLeft, MARGIN, window.width - size.width - MARGIN),
		top: within(wantedTop, MARGIN, window.height - size.height - MARGIN),
		above,
	};
}

function within(value: number, least: number, most: number): number {
	return Math.max(least, Math.min(value, most));
}
