/** The rich editor. This file and what it imports are loaded when a composer first gets the focus. */
import { Editor } from "@tiptap/core";
import { Placeholder } from "@tiptap/extensions";
import { AllSelection, Selection } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import type { SuggestionProps } from "@tiptap/suggestion";
import { fromMarkdown, toMarkdown } from "./markdown";
import { cleanPasted, hasWords } from "./pasted";
import { isAllowedAddress, PlainMention, postExtensions } from "./schema";
import type { Upload } from "./uploads.svelte";

/** A person to be named. */
export interface Mentioned {
	id: string;
	label: string;
}

/** The list of people that opens at an "@". */
export interface MentionList {
	find: (query: string) => Mentioned[];
	/** Shows people at a place of the window; `choose` puts one into the text. */
	show: (shown: { found: Mentioned[]; query: string; at: DOMRect; choose: (person: Mentioned) => void }) => void;
	hide: () => void;
	/** True when the list used the key. */
	press: (event: KeyboardEvent) => boolean;
}

export interface EditorOptions {
	element: HTMLElement;
	/** Markdown. */
	source: string;
	label: string;
	placeholder: string;
	changed: () => void;
	/** Something that the toolbar shows may have changed. */
	moved: () => void;
	/** Files that were pasted or dropped at the caret. */
	files?: (files: File[]) => void;
	mentions?: MentionList;
	/** The key is used up when it answers true. */
	press: (event: KeyboardEvent) => boolean;
}

/** What a post editor can do. */
export class PostEditor {
	readonly #editor: Editor;

	constructor(options: EditorOptions) {
		this.#editor = new Editor({
			element: options.element,
			// The content security policy forbids styles made by scripts: RichText.svelte has them.
			injectCSS: false,
			extensions: [
				...postExtensions().filter((extension) => extension.name !== "mention"),
				mentionsWith(options.mentions),
				Placeholder.configure({ placeholder: options.placeholder }),
			],
			content: fromMarkdown(options.source).toJSON(),
			editorProps: {
				attributes: {
					class: "prose",
					role: "textbox",
					"aria-multiline": "true",
					"aria-label": options.label,
					"data-composer": "",
				},
				handleKeyDown: (_view, event) => !event.isComposing && options.press(event),
				handlePaste: (view, event) => pasteFiles(event, options.files) || pasteAddress(view, event),
				handleDrop: (_view, event, _slice, moved) => !moved && dropFiles(event, options.files),
				transformPastedHTML: cleanPasted,
			},
			onUpdate: options.changed,
			onTransaction: options.moved,
		});
	}

	/** The text as Markdown. */
	get source(): string {
		return toMarkdown(this.#editor.state.doc);
	}

	/** The words alone. */
	get text(): string {
		return this.#editor.state.doc.textBetween(0, this.#editor.state.doc.content.size, "\n", (node) =>
			node.type.name === "mention" ? `@${node.attrs.label}` : " ",
		);
	}

	get isEmpty(): boolean {
		return this.#editor.isEmpty;
	}

	/** Who is named in the text. */
	get mentioned(): string[] {
		const ids = new Set<string>();
		this.#editor.state.doc.descendants((node) => {
			if (node.type.name === "mention") ids.add(node.attrs.id);
		});
		return [...ids];
	}

	/**
	 * At once and only now: the library's command gives the focus in the next frame, so that what is typed until then would
	 * be lost, and somebody who has gone on by Tab meanwhile would be taken back.
	 */
	focus(where: "start" | "end" | "all" | null = null): void {
		const { view } = this.#editor;
		const { doc, tr } = view.state;
		if (where === "start") view.dispatch(tr.setSelection(Selection.atStart(doc)));
		if (where === "end") view.dispatch(tr.setSelection(Selection.atEnd(doc)));
		if (where === "all") view.dispatch(tr.setSelection(new AllSelection(doc)));
		view.focus();
	}

	/** Puts characters at the caret. */
	type(text: string): void {
		const { view } = this.#editor;
		view.dispatch(view.state.tr.insertText(text));
	}

	/** Replaces everything. */
	replace(source: string): void {
		this.#editor.commands.setContent(fromMarkdown(source).toJSON(), { emitUpdate: true });
	}

	/** Whether the caret is in something: "bold", "bulletList". */
	is(name: string): boolean {
		return this.#editor.isActive(name);
	}

	do(command: Command): void {
		this.focus();
		const chain = this.#editor.chain();
		switch (command) {
			case "bold":
				return void chain.toggleBold().run();
			case "italic":
				return void chain.toggleItalic().run();
			case "strike":
				return void chain.toggleStrike().run();
			case "code":
				return void chain.toggleCode().run();
			case "codeBlock":
				return void chain.toggleCodeBlock().run();
			case "bulletList":
				return void chain.toggleBulletList().run();
			case "orderedList":
				return void chain.toggleOrderedList().run();
			case "taskList":
				return void chain.toggleTaskList().run();
			case "blockquote":
				return void chain.toggleBlockquote().run();
			case "table":
				return void chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run();
			case "addRow":
				return void chain.addRowAfter().run();
			case "addColumn":
				return void chain.addColumnAfter().run();
			case "deleteRow":
				return void chain.deleteRow().run();
			case "deleteColumn":
				return void chain.deleteColumn().run();
			case "deleteTable":
				return void chain.deleteTable().run();
			case "mention":
				return void chain.insertContent(this.#needsSpace ? " @" : "@").run();
		}
	}

	/** The address of the link at the caret. */
	get link(): string {
		return this.#editor.getAttributes("link").href ?? "";
	}

	/** Links the selected words, or puts the address in as a link; an empty address takes the link away. */
	setLink(address: string): void {
		const href = withScheme(address.trim());
		this.focus();
		const chain = this.#editor.chain();
		if (!href) return void chain.extendMarkRange("link").unsetLink().run();
		if (!isAllowedAddress(href)) return;
		if (this.#editor.state.selection.empty && !this.is("link"))
			chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
		else chain.extendMarkRange("link").setLink({ href }).run();
	}

	/** Shows an image at the caret while it is on its way. */
	insertPreview(upload: Upload): void {
		if (!upload.preview) return;
		const attrs = { src: upload.preview, alt: upload.file.name, upload: upload.key };
		this.#editor
			.chain()
			.insertContent([
				{ type: "image", attrs },
				{ type: "text", text: " " },
			])
			.run();
	}

	/** The image is on the server: its address takes the place of the preview. */
	settlePreview(upload: Upload): void {
		if (upload.card) this.#previews(upload, { src: upload.card.url, upload: null });
	}

	/** The image will not be sent. */
	removePreview(upload: Upload): void {
		this.#previews(upload, null);
	}

	destroy(): void {
		this.#editor.destroy();
	}

	get #needsSpace(): boolean {
		const { $from } = this.#editor.state.selection;
		return /\S$/.test($from.parent.textBetween(0, $from.parentOffset, " ", " "));
	}

	#previews(upload: Upload, change: Record<string, unknown> | null): void {
		const { state, view } = this.#editor;
		const transaction = state.tr;
		state.doc.descendants((node, at) => {
			if (node.type.name !== "image" || node.attrs.upload !== upload.key) return;
			const mapped = transaction.mapping.map(at);
			if (change) transaction.setNodeMarkup(mapped, null, { ...node.attrs, ...change });
			else transaction.delete(mapped, mapped + node.nodeSize);
		});
		if (transaction.docChanged) view.dispatch(transaction);
	}
}

export type Command =
	| "bold"
	| "italic"
	| "strike"
	| "code"
	| "codeBlock"
	| "bulletList"
	| "orderedList"
	| "taskList"
	| "blockquote"
	| "table"
	| "addRow"
	| "addColumn"
	| "deleteRow"
	| "deleteColumn"
	| "deleteTable"
	| "mention";

function mentionsWith(list: MentionList | undefined) {
	if (!list) return PlainMention;
	const show = (props: SuggestionProps<Mentioned, Mentioned>) => {
		const at = props.clientRect?.();
		if (at) list.show({ found: props.items, query: props.query, at, choose: props.command });
	};
	return PlainMention.configure({
		suggestion: {
			char: "@",
			allowedPrefixes: [" ", "(", "\u00a0"],
			items: ({ query }) => list.find(query),
			render: () => ({
				onStart: show,
				onUpdate: show,
				onExit: () => list.hide(),
				onKeyDown: ({ event }) => list.press(event),
			}),
		},
	});
}

/** Files win over the words beside them only when those are the wrapping of an image. */
function pasteFiles(event: ClipboardEvent, take?: (files: File[]) => void): boolean {
	const files = [...(event.clipboardData?.files ?? [])];
	if (!take || files.length === 0 || hasWords(event.clipboardData?.getData("text/html") ?? "")) return false;
	event.preventDefault();
	take(files);
	return true;
}

/** An address pasted over selected words becomes their link. */
function pasteAddress(view: EditorView, event: ClipboardEvent): boolean {
	const address = event.clipboardData?.getData("text/plain").trim() ?? "";
	const { selection, schema } = view.state;
	if (selection.empty || !/^https?:\/\/\S+$/i.test(address) || !schema.marks.link) return false;
	view.dispatch(view.state.tr.addMark(selection.from, selection.to, schema.marks.link.create({ href: address })));
	return true;
}

function dropFiles(event: DragEvent, take?: (files: File[]) => void): boolean {
	const files = [...(event.dataTransfer?.files ?? [])];
	if (!take || files.length === 0) return false;
	event.preventDefault();
	take(files);
	return true;
}

function withScheme(address: string): string {
	if (!address || /^[a-z][a-z0-9+.-]*:/i.test(address) || address.startsWith("/")) return address;
	return address.includes("@") && !address.includes("/") ? `mailto:${address}` : `https://${address}`;
}
