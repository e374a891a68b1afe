/**
 * Pasted HTML of other programs, made into what the editor understands: lists of Word, the wrappers of Google Docs,
 * check boxes, and nothing that has to be fetched from elsewhere.
 */
export function cleanPasted(html: string): string {
	const page = new DOMParser().parseFromString(withoutConditions(html), "text/html");
	for (const junk of page.querySelectorAll("style, script, meta, link, title, xml, iframe, object, embed, svg"))
		junk.remove();
	removeOffice(page.body);
	wordLists(page.body);
	unwrapDocs(page.body);
	checkLists(page.body);
	images(page.body);
	flattenCells(page.body);
	return page.body.innerHTML;
}

/** Whether pasted HTML has words of its own, or is only the wrapping of an image file. */
export function hasWords(html: string): boolean {
	const page = new DOMParser().parseFromString(html, "text/html");
	return (page.body.textContent ?? "").trim() !== "";
}

/** Word marks parts for old browsers: `<![if !supportLists]>…<![endif]>`. */
function withoutConditions(html: string): string {
	return html.replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, "").replace(/<!\[(?:if [^\]]*|endif)\]>/gi, "");
}

function removeOffice(body: HTMLElement): void {
	for (const element of [...body.querySelectorAll("*")])
		if (/^(?:o|w|v|m|st1):/i.test(element.tagName)) element.replaceWith(...element.childNodes);
}

const LEVEL = /mso-list:\s*\S+\s+level(\d+)/i;
const NUMBER = /^\s*\(?(?:\d+|[a-z]|[ivxlc]+)[.)]/i;

interface WordItem {
	paragraph: HTMLElement;
	level: number;
	numbered: boolean;
}

/** Word writes list items as paragraphs with a level and a drawn bullet. */
function wordLists(body: HTMLElement): void {
	const paragraphs = [...body.querySelectorAll<HTMLElement>("p, h1, h2, h3, h4, h5, h6")];
	let run: WordItem[] = [];
	const end = () => {
		if (run.length > 0) makeList(run);
		run = [];
	};
	for (const paragraph of paragraphs) {
		const level = LEVEL.exec(paragraph.getAttribute("style") ?? "")?.[1];
		const last = run.at(-1)?.paragraph;
		if (last && last.nextElementSibling !== paragraph) end();
		if (level === undefined) end();
		else run.push({ paragraph, level: Number(level), numbered: takeBullet(paragraph) });
	}
	end();
}

/** Takes the drawn bullet out; answers whether it was a number or letter. */
function takeBullet(paragraph: HTMLElement): boolean {
	const drawn = [...paragraph.querySelectorAll<HTMLElement>("[style]")].find((element) =>
		/mso-list:\s*ignore/i.test(element.getAttribute("style") ?? ""),
	);
	const numbered = NUMBER.test(drawn?.textContent ?? "");
	drawn?.remove();
	return numbered;
}

function makeList(run: readonly WordItem[]): void {
	const first = run[0];
	if (!first) return;
	const page = first.paragraph.ownerDocument;
	const anchor = page.createComment("");
	first.paragraph.before(anchor);
	/** The open lists, outermost first. */
	const open: { level: number; list: HTMLElement }[] = [];
	for (const { paragraph, level, numbered } of run) {
		while (open.length > 1 && (open.at(-1)?.level ?? 0) > level) open.pop();
		let top = open.at(-1);
		if (!top || top.level < level) {
			const list = page.createElement(numbered ? "ol" : "ul");
			const parent = top?.list.lastElementChild;
			if (parent) parent.append(list);
			else anchor.before(list);
			top = { level, list };
			open.push(top);
		}
		const item = page.createElement("li");
		const text = page.createElement("p");
		text.append(...paragraph.childNodes);
		item.append(text);
		top.list.append(item);
		paragraph.remove();
	}
	anchor.remove();
}

/** Google Docs wraps everything in a `b` that is not bold. */
function unwrapDocs(body: HTMLElement): void {
	for (const wrapper of [...body.querySelectorAll<HTMLElement>("b[id^='docs-internal-guid']")])
		wrapper.replaceWith(...wrapper.childNodes);
	for (const line of [...body.querySelectorAll("br")])
		if (!line.closest("p, li, td, th, pre, h1, h2, h3, h4, h5, h6, div")) line.remove();
}

/** Items with a check box: those of Google Docs, of GitHub, and of posts. */
function checkLists(body: HTMLElement): void {
	for (const item of [...body.querySelectorAll<HTMLElement>("li")]) {
		const box = item.querySelector<HTMLInputElement>(
			":scope > input[type=checkbox], :scope > p:first-child > input[type=checkbox], :scope > label input[type=checkbox]",
		);
		const checked =
			item.getAttribute("role") === "checkbox"
				? item.getAttribute("aria-checked") === "true"
				: box?.hasAttribute("checked");
		if (checked === undefined || item.dataset.type === "taskItem") continue;
		box?.remove();
		for (const drawn of item.querySelectorAll(":scope > img")) drawn.remove();
		item.dataset.type = "taskItem";
		item.dataset.checked = String(checked);
		if (item.parentElement) item.parentElement.dataset.type = "taskList";
	}
	for (const list of body.querySelectorAll<HTMLElement>("[data-type=taskList]"))
		for (const item of list.querySelectorAll<HTMLElement>(":scope > li")) {
			item.dataset.type = "taskItem";
			item.dataset.checked ??= "false";
		}
}

/** Only images of this workspace can be shown; others become a link to where they are, or nothing. */
function images(body: HTMLElement): void {
	for (const image of [...body.querySelectorAll("img")]) {
		const address = image.getAttribute("src") ?? "";
		if (address.startsWith("/api/v1/files/")) continue;
		if (!/^https?:/i.test(address)) {
			image.remove();
			continue;
		}
		const link = body.ownerDocument.createElement("a");
		link.href = address;
		link.textContent = image.alt || address;
		image.replaceWith(link);
	}
}

/** A cell of a table holds lines, no lists or tables. */
function flattenCells(body: HTMLElement): void {
	for (const cell of body.querySelectorAll<HTMLElement>("td, th")) {
		const lines = [...cell.querySelectorAll<HTMLElement>("li, pre, h1, h2, h3, h4, h5, h6, blockquote")];
		for (const line of lines) {
			const paragraph = body.ownerDocument.createElement("p");
			paragraph.append(...line.childNodes);
			line.replaceWith(paragraph);
		}
		for (const list of [...cell.querySelectorAll("ul, ol")]) list.replaceWith(...list.childNodes);
	}
}
