// @vitest-environment jsdom
import { DOMParser as Reader } from "@tiptap/pm/model";
import { describe, expect, it } from "vitest";
import { postSchema, toMarkdown } from "./markdown";
import { cleanPasted, hasWords } from "./pasted";

/** What the editor makes of pasted HTML, as Markdown. */
function pasted(html: string): string {
	const page = document.createElement("div");
	page.innerHTML = cleanPasted(html);
	return toMarkdown(Reader.fromSchema(postSchema).parse(page));
}

const wordItem = (text: string, level: number, bullet: string) =>
	`<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>${bullet}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>${text}<o:p></o:p></p>`;

describe("pasted from Word", () => {
	it("makes lists of its list paragraphs", () => {
		const html = `<html><head><style>p{color:red}</style><!--[if gte mso 9]><xml><o:x/></xml><![endif]--></head><body><p class=MsoNormal>Before <b>bold</b><o:p></o:p></p>${wordItem("One", 1, "·")}${wordItem("Nested", 2, "o")}${wordItem("Two", 1, "·")}<p class=MsoNormal>After</p></body></html>`;
		expect(pasted(html)).toBe("Before **bold**\n\n- One\n  - Nested\n- Two\n\nAfter");
	});

	it("keeps numbers", () => {
		expect(pasted(wordItem("One", 1, "1.") + wordItem("Two", 1, "2."))).toBe("1. One\n2. Two");
	});
});

describe("pasted from Google Docs", () => {
	it("does not make everything bold", () => {
		const html = `<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400">Plain </span><span style="font-weight:700">bold</span><span style="font-style:italic"> and italic</span></p><br><ul><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>One</span></p></li></ul></b>`;
		expect(pasted(html)).toBe("Plain **bold** *and italic*\n\n- One");
	});

	it("keeps its check lists", () => {
		const html = `<ul><li role="checkbox" aria-checked="true"><img src="data:image/png;base64,AA"><p>Done</p></li><li role="checkbox" aria-checked="false"><p>To do</p></li></ul>`;
		expect(pasted(html)).toBe("- [x] Done\n- [ ] To do");
	});
});

describe("pasted from a page", () => {
	it("keeps tasks, tables, code and links", () => {
		const html = `<ul><li class="task-list-item"><input type="checkbox" checked> Done</li></ul><table><tr><th>A</th><th>B</th></tr><tr><td><ul><li>1</li><li>2</li></ul></td><td>3|4</td></tr></table><pre><code class="language-ts">let a = 1;\nlet b;</code></pre><p><a href="https://example.org" onclick="x()">link</a></p>`;
		expect(pasted(html)).toBe(
			"- [x] Done\n\n| A | B |\n| --- | --- |\n| 1 2 | 3\\|4 |\n\n```ts\nlet a = 1;\nlet b;\n```\n\n[link](https://example.org)",
		);
	});

	it("keeps mentions and images of posts", () => {
		const html = `<p><span class="mention" data-member="mem_01jb3v6q2m8kz5t7x9c4n0p1r2">@Yuki</span> see <img src="/api/v1/files/fil_1/content" alt="map"></p>`;
		expect(pasted(html)).toBe("@[Yuki](mem_01jb3v6q2m8kz5t7x9c4n0p1r2) see ![map](/api/v1/files/fil_1/content)");
	});

	it("fetches nothing from elsewhere", () => {
		const cleaned = cleanPasted(
			`<p>a<img src="https://example.org/x.png" alt="chart"><img src="file:///c/x.png"><script>alert(1)</script><iframe src="//x"></iframe></p>`,
		);
		expect(cleaned).not.toMatch(/<img|<script|<iframe/);
		expect(cleaned).toContain('<a href="https://example.org/x.png">chart</a>');
	});

	it("does not make links of dangerous addresses", () => {
		expect(pasted(`<p><a href="javascript:alert(1)">x</a></p>`)).toBe("x");
	});
});

it("knows HTML that only wraps an image", () => {
	expect(hasWords(`<meta charset="utf-8"><img src="blob:x">`)).toBe(false);
	expect(hasWords("<p>words</p>")).toBe(true);
});
