import type { Extensions } from "@tiptap/core";
import { Image } from "@tiptap/extension-image";
import { TaskItem, TaskList } from "@tiptap/extension-list";
import { Mention } from "@tiptap/extension-mention";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { StarterKit } from "@tiptap/starter-kit";

/** What a post may contain. Markdown can express all of it, so nothing is lost on the way out. */
export function postExtensions(): Extensions {
	return [
		StarterKit.configure({
			underline: false,
			trailingNode: false,
			link: {
				openOnClick: false,
				autolink: true,
				defaultProtocol: "https",
				HTMLAttributes: { target: null, rel: null },
				isAllowedUri: (href) => isAllowedAddress(href),
			},
		}),
		TaskList,
		TaskItem.configure({ nested: true }),
		Table.configure({ resizable: false }),
		TableRow,
		TableHeader.extend({ content: "paragraph+" }),
		TableCell.extend({ content: "paragraph+" }),
		// `upload` ties an image to the upload that it is the preview of; see uploads.svelte.ts.
		Image.extend({
			addAttributes() {
				return { ...this.parent?.(), upload: { default: null, rendered: false } };
			},
		}).configure({ inline: true }),
		PlainMention,
	];
}

/** A person named in the text. What the picker does is added where the editor is made. */
export const PlainMention = Mention.extend({
	addAttributes() {
		return {
			id: {
				default: null,
				parseHTML: (element) => element.getAttribute("data-member"),
				renderHTML: ({ id }) => ({ "data-member": id }),
			},
			label: {
				default: "",
				parseHTML: (element) => (element.textContent ?? "").replace(/^@/, ""),
				renderHTML: () => ({}),
			},
		};
	},
	parseHTML: () => [{ tag: "span.mention[data-member]" }],
	renderHTML: ({ node, HTMLAttributes }) => ["span", { ...HTMLAttributes, class: "mention" }, `@${node.attrs.label}`],
	renderText: ({ node }) => `@${node.attrs.label}`,
});

/** The addresses that the server lets through in a link. */
export function isAllowedAddress(href: string): boolean {
	return /^(?:https?:|mailto:)/i.test(href) || /^\/(?![/\\])/.test(href);
}
