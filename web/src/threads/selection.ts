/** What the person has selected in a post. */

export interface Selected {
	/** The id of the post. */
	post: string;
	text: string;
	range: Range;
}

/** Text of one post; nothing where nothing is selected, or more than one post, or what somebody writes. */
export function selectedIn(): Selected | undefined {
	const selection = document.getSelection();
	if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
	const range = selection.getRangeAt(0);
	const text = selection.toString().trim();
	const body = elementOf(range.commonAncestorContainer)?.closest<HTMLElement>("main [data-post] .prose");
	const post = body?.closest<HTMLElement>("[data-post]")?.dataset.post;
	return body && !body.isContentEditable && post && text ? { post, text, range } : undefined;
}

function elementOf(node: Node): Element | null {
	return node instanceof Element ? node : node.parentElement;
}
