import type { Plugin } from "vite";

/** An icon of Lucide. */
const ICON = /\/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/;
const DATA = /const iconData = (\{.*\});?$/m;

type Node = readonly [tag: string, attributes: Readonly<Record<string, string>>];

/**
 * Lucide's own component puts every icon together attribute by attribute when it is drawn: that was an eighth of the
 * time of a warm start. In a build each icon is a drawing that the browser copies.
 */
export function drawings(): Plugin {
	return {
		name: "meridian:drawings",
		apply: "build",
		enforce: "pre",
		transform: { filter: { id: ICON }, handler: (code, id) => ({ code: drawing(code, id), map: null }) },
	};
}

/** The component of an icon, from Lucide's: the same props as far as `design/Icon.svelte` gives them. */
export function drawing(code: string, id: string): string {
	const data = DATA.exec(code)?.[1];
	if (!data) throw new Error(`There is no drawing in ${id}.`);
	const { size, node } = JSON.parse(data) as { size: number; node: readonly Node[] };
	return `<script>const { size = ${size}, strokeWidth = 2 } = $props();</script>
<svg width={size} height={size} viewBox="0 0 ${size} ${size}" fill="none" stroke="currentColor" stroke-width={strokeWidth} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${node.map(element).join("")}</svg>`;
}

function element([tag, attributes]: Node): string {
	return `<${tag} ${Object.entries(attributes)
		.map(([name, value]) => `${name}="${value}"`)
		.join(" ")} />`;
}
