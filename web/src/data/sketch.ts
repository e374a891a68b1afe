/**
 * Markdown source as plain paragraphs, escaped: what a post looks like until the server has rendered it. Links, lists
 * and emphasis come with the server's answer.
 */
export function sketch(source: string): string {
	return source
		.split(/\n{2,}/)
		.map((paragraph) => paragraph.trim())
		.filter((paragraph) => paragraph !== "")
		.map((paragraph) => `<p>${escaped(paragraph).replaceAll("\n", "<br>")}</p>`)
		.join("");
}

/** The first 160 characters in one line. */
export function snippet(source: string): string {
	return [...source.replace(/\s+/g, " ").trim()].slice(0, 160).join("");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
