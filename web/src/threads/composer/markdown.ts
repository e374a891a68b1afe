import { getSchema } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import MarkdownIt, { type StateCore, type Token } from "markdown-it";
import {
	defaultMarkdownSerializer,
	MarkdownParser,
	MarkdownSerializer,
	type MarkdownSerializerState,
} from "prosemirror-markdown";
import { isAllowedAddress, postExtensions } from "./schema";

/** The schema of posts, for reading and writing Markdown without an editor. */
export const postSchema = getSchema(postExtensions());

/** Reads a post's source into a document. Anything that it does not know stays as text. */
export function fromMarkdown(source: string): Node {
	return parser.parse(source) ?? postSchema.topNodeType.createAndFill() ?? postSchema.node("doc");
}

/** Writes a document as a post's source. Characters that would mean something in Markdown are escaped. */
export function toMarkdown(doc: Node): string {
	// Only the names of the nodes matter: an editor has a schema of its own with the same ones.
	return serializer.serialize(doc, { tightLists: true }).trim();
}

/** Addresses that exist only in this page: previews of images that are still on their way. */
const isLocal = (address: string) => /^(?:blob|data):/i.test(address);

/** What the serializer knows about the line at hand. It keeps this to itself, but a text after a line break needs it. */
interface Line {
	out: string;
	atBlockStart: boolean;
	inAutolink: boolean | undefined;
}

type Write = (state: MarkdownSerializerState, node: Node, parent: Node, index: number) => void;

const { blockquote, horizontal_rule, list_item, paragraph, image } = defaultMarkdownSerializer.nodes as Record<
	"blockquote" | "horizontal_rule" | "list_item" | "paragraph" | "image",
	Write
>;
const { link, strong, em, code } = defaultMarkdownSerializer.marks;

const nodes: Record<string, Write> = {
	blockquote,
	horizontalRule: horizontal_rule,
	listItem: list_item,
	taskItem: list_item,
	paragraph,
	text(state, node, parent, index) {
		const line = state as MarkdownSerializerState & Line;
		if (line.inAutolink) return state.text(node.text ?? "", false);
		const afterBreak = index > 0 && parent.child(index - 1).type.name === "hardBreak";
		const first = line.atBlockStart || (afterBreak && line.out.endsWith("\n"));
		line.atBlockStart = first;
		const text = first ? (node.text ?? "").trimStart() : (node.text ?? "");
		// Under another line these would make a heading or a table of it.
		if (afterBreak && /^[=|]/.test(text)) state.text("\\", false);
		state.text(text);
	},
	heading(state, node) {
		state.write(`${"#".repeat(node.attrs.level)} `);
		state.renderInline(node, false);
		state.closeBlock(node);
	},
	codeBlock(state, node) {
		const runs = node.textContent.match(/`{3,}/g) ?? [];
		const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
		state.write(`${fence}${node.attrs.language ?? ""}\n`);
		state.text(node.textContent, false);
		state.write("\n");
		state.write(fence);
		state.closeBlock(node);
	},
	bulletList(state, node, parent, index) {
		const bullet = bulletAfter(parent, index);
		state.renderList(node, "  ", () => `${bullet} `);
	},
	taskList(state, node, parent, index) {
		const bullet = bulletAfter(parent, index);
		state.renderList(node, "  ", (at) => `${bullet} [${node.child(at).attrs.checked ? "x" : " "}] `);
	},
	orderedList(state, node, parent, index) {
		const first = node.attrs.start ?? 1;
		if (startsAnotherList(parent, index)) {
			state.renderList(node, "   ", (at) => `${first + at}) `);
			return;
		}
		const width = String(first + node.childCount - 1).length;
		state.renderList(node, " ".repeat(width + 2), (at) => `${first + at}. `.padEnd(width + 2));
	},
	hardBreak(state, _node, parent, index) {
		for (let after = index + 1; after < parent.childCount; after++)
			if (parent.child(after).type.name !== "hardBreak") return state.write("\n");
	},
	image(state, node, parent, index) {
		if (node.attrs.src && !isLocal(node.attrs.src)) image(state, node, parent, index);
	},
	mention(state, node) {
		state.write(`@[${state.esc(node.attrs.label)}](${node.attrs.id})`);
	},
	table(state, node) {
		const rows: string[][] = [];
		node.forEach((row) => {
			const cells: string[] = [];
			row.forEach((cell) => {
				cells.push(cellText(cell));
			});
			rows.push(cells);
		});
		const width = Math.max(...rows.map((row) => row.length));
		const line = (cells: string[]) => `| ${Array.from({ length: width }, (_, at) => cells[at] ?? "").join(" | ")} |`;
		const [head = [], ...body] = rows;
		for (const row of [line(head), line(Array(width).fill("---")), ...body.map(line)]) {
			state.ensureNewLine();
			state.write(row);
		}
		state.closeBlock(node);
	},
	// Both are written by their table.
	tableRow() {},
	tableCell() {},
	tableHeader() {},
};

const serializer = new MarkdownSerializer(
	nodes,
	{
		bold: strong as NonNullable<typeof strong>,
		italic: em as NonNullable<typeof em>,
		strike: { open: "~~", close: "~~", mixable: true, expelEnclosingWhitespace: true },
		link: link as NonNullable<typeof link>,
		code: code as NonNullable<typeof code>,
	},
	// What would begin a tag or an entity.
	{ hardBreakNodeName: "hardBreak", escapeExtraCharacters: /<(?=[a-z/!?])|&(?=#?\w+;)/gi },
);

/** Two lists side by side would become one; another sign keeps them apart. */
function bulletAfter(parent: Node, index: number): "-" | "*" {
	let before = 0;
	while (index - before > 0 && isBulleted(parent.child(index - before - 1))) before++;
	return before % 2 === 0 ? "-" : "*";
}
const isBulleted = (node: Node) => node.type.name === "bulletList" || node.type.name === "taskList";

function startsAnotherList(parent: Node, index: number): boolean {
	let before = 0;
	while (index - before > 0 && parent.child(index - before - 1).type.name === "orderedList") before++;
	return before % 2 === 1;
}

/** A cell is one line in Markdown: its paragraphs and line breaks become spaces. */
function cellText(cell: Node): string {
	const lines: string[] = [];
	cell.forEach((paragraph) => {
		lines.push(serializer.serialize(postSchema.node("doc", null, [postSchema.nodeFromJSON(paragraph.toJSON())])));
	});
	return lines.join(" ").replaceAll("\n", " ").replaceAll("|", "\\|").trim();
}

const reader = new MarkdownIt({ html: false, linkify: true, breaks: true });
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
reader.validateLink = (address) => isAllowedAddress(address) || MEMBER.test(address);
reader.core.ruler.push("meridian", (state) => {
	state.tokens = splitTaskLists(wrapCells(state, state.tokens));
	for (const token of state.tokens) if (token.children) token.children = readMentions(state, token.children);
});

/** Who can be named: a person or a group. */
const MEMBER = /^(?:mem|grp)_[0-9a-z]{26}$/;

const parser = new MarkdownParser(postSchema, reader, {
	blockquote: { block: "blockquote" },
	paragraph: { block: "paragraph" },
	list_item: { block: "listItem" },
	task_item: { block: "taskItem", getAttrs: (token) => ({ checked: token.attrGet("checked") === "true" }) },
	bullet_list: { block: "bulletList" },
	task_list: { block: "taskList" },
	ordered_list: { block: "orderedList", getAttrs: (token) => ({ start: Number(token.attrGet("start") ?? 1) }) },
	heading: { block: "heading", getAttrs: (token) => ({ level: Number(token.tag.slice(1)) }) },
	code_block: { block: "codeBlock", noCloseToken: true },
	fence: { block: "codeBlock", noCloseToken: true, getAttrs: (token) => ({ language: token.info.trim() || null }) },
	hr: { node: "horizontalRule" },
	image: {
		node: "image",
		getAttrs: (token) => ({ src: token.attrGet("src"), alt: token.content || null, title: token.attrGet("title") }),
	},
	hardbreak: { node: "hardBreak" },
	softbreak: { node: "hardBreak" },
	mention: { node: "mention", getAttrs: (token) => ({ id: token.attrGet("id"), label: token.content }) },
	table: { block: "table" },
	thead: { ignore: true },
	tbody: { ignore: true },
	tr: { block: "tableRow" },
	th: { block: "tableHeader" },
	td: { block: "tableCell" },
	em: { mark: "italic" },
	strong: { mark: "bold" },
	s: { mark: "strike" },
	link: { mark: "link", getAttrs: (token) => ({ href: token.attrGet("href") }) },
	code_inline: { mark: "code", noCloseToken: true },
});

/** `@[Name](mem_…)`, or a group in its place, is read as a link after an "@"; it becomes one token. */
function readMentions(state: StateCore, tokens: Token[]): Token[] {
	const read: Token[] = [];
	for (let at = 0; at < tokens.length; at++) {
		const [open, before] = [tokens[at], read.at(-1)];
		const id = open?.type === "link_open" ? String(open.attrGet("href") ?? "") : "";
		if (!open || !MEMBER.test(id)) {
			if (open) read.push(open);
			continue;
		}
		const end = tokens.findIndex((token, index) => index > at && token.type === "link_close");
		const label = tokens
			.slice(at + 1, end)
			.map((token) => token.content)
			.join("");
		if (before?.type === "text" && before.content.endsWith("@")) {
			before.content = before.content.slice(0, -1);
			const mention = new state.Token("mention", "", 0);
			mention.attrSet("id", id);
			mention.content = label;
			read.push(mention);
		} else {
			// An address that leads nowhere: its words stay.
			read.push(...tokens.slice(at + 1, end));
		}
		at = end;
	}
	return read;
}

/** Cells hold paragraphs in the editor. */
function wrapCells(state: StateCore, tokens: Token[]): Token[] {
	return tokens.flatMap((token) => {
		if (token.type === "th_open" || token.type === "td_open") return [token, new state.Token("paragraph_open", "p", 1)];
		if (token.type === "th_close" || token.type === "td_close")
			return [new state.Token("paragraph_close", "p", -1), token];
		return [token];
	});
}

const TASK = /^\[([ xX])\]\s+/;

/** Items that begin with `[ ]` or `[x]` are tasks; a list that mixes them with others becomes several lists. */
function splitTaskLists(tokens: Token[]): Token[] {
	const split: Token[] = [];
	/** For each list that is open: whether the part at hand has tasks; null before its first item or if it is numbered. */
	const lists: { task: boolean | null; open: Token }[] = [];
	tokens.forEach((token, at) => {
		const list = lists.at(-1);
		if (token.type === "bullet_list_open" || token.type === "ordered_list_open")
			lists.push({ task: null, open: token });
		if (list?.open.type.startsWith("bullet") || list?.open.type.startsWith("task")) {
			if (token.type === "list_item_open") {
				const task = takeTask(tokens, at);
				if (list.task !== null && list.task !== (task !== null)) split.push(...anotherList(list.open));
				list.task = task !== null;
				if (list.task) {
					const open = split.findLast(
						(each) => each.level === list.open.level && /^(?:bullet|task)_list_open$/.test(each.type),
					);
					if (open) open.type = "task_list_open";
					token.type = "task_item_open";
					token.attrSet("checked", String(task));
				}
			}
			if (token.type === "list_item_close" && list.task) token.type = "task_item_close";
		}
		if (/^(?:bullet|ordered)_list_close$/.test(token.type)) {
			const closed = lists.pop();
			if (closed?.task) token.type = "task_list_close";
		}
		split.push(token);
	});
	return split;
}

/** Ends a list and begins another. */
function anotherList(open: Token): Token[] {
	const end = Object.assign(Object.create(Object.getPrototypeOf(open)), open, {
		type: open.type.replace("_open", "_close"),
		nesting: -1,
	});
	const begin = Object.assign(Object.create(Object.getPrototypeOf(open)), open, { type: "bullet_list_open" });
	return [end, begin];
}

/** Takes the `[x]` out of the item that opens at `at`: whether it is done, or null when there is none. */
function takeTask(tokens: Token[], at: number): boolean | null {
	const inline = tokens[at + 2];
	const first =
		inline?.type === "inline" && tokens[at + 1]?.type === "paragraph_open" ? inline.children?.[0] : undefined;
	const found = first?.type === "text" ? TASK.exec(first.content) : null;
	if (!first || !found) return null;
	first.content = first.content.slice(found[0].length);
	return found[1] !== " ";
}
