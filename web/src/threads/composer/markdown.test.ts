import { describe, expect, it } from "vitest";
import { fromMarkdown, postSchema, toMarkdown } from "./markdown";

const ME = "mem_01jb3v6q2m8kz5t7x9c4n0p1r2";
const again = (source: string) => toMarkdown(fromMarkdown(source));
const same = (source: string) => expect(again(source)).toBe(source);
const paragraph = (text: string) =>
	postSchema.node("doc", null, [postSchema.node("paragraph", null, [postSchema.text(text)])]);

describe("a source that is read and written again", () => {
	it.each([
		["words", "I choose **A**. *Simple* is ~~not~~ `better`."],
		["two paragraphs", "One.\n\nTwo."],
		["a line break", "One\nTwo"],
		["bullets in bullets", "- one\n- two\n  - nested\n  - more\n- three"],
		["numbers from five", "5. five\n6. six"],
		["numbers over ten", "9.  nine\n10. ten"],
		["tasks", "- [ ] to do\n- [x] done\n  - [ ] nested"],
		["tasks after bullets", "- one\n\n* [ ] to do"],
		["a quote", "> One.\n>\n> Two."],
		["code", "```rust\nfn main() { let a = *b; }\n\n# not a heading\n```"],
		["code that shows a fence", "````\n```\ninside\n```\n````"],
		["code in a list", "- before\n\n  ```\n  code\n  ```"],
		["a table", "| A | B |\n| --- | --- |\n| 1 | **2** |\n|  | a \\| b |"],
		["a link", "[the notes](https://example.org/a_b?c=d)"],
		["an address", "<https://example.org/a_b>"],
		["a mention", `Hello @[Minh Anh](${ME}), can you look?`],
		["an image", "See ![the map](/api/v1/files/fil_1/content) here."],
		["headings and a rule", "# One\n\n## Two\n\n---\n\nThree"],
		["a link with emphasis", "[*a link*](https://example.org)"],
		["other scripts", "これは**重要**です。 مرحبا"],
	])("%s", (_name, source) => same(source));

	it("reads both ways of breaking a line", () => {
		expect(again("One\\\nTwo  \nThree")).toBe("One\nTwo\nThree");
	});

	it("keeps an empty text empty", () => {
		expect(again("")).toBe("");
		expect(fromMarkdown("").childCount).toBe(1);
	});

	it("separates tasks from other items", () => {
		expect(again("- [ ] task\n- other")).toBe("- [ ] task\n\n* other");
	});
});

describe("text that looks like Markdown", () => {
	it.each([
		"- no list",
		"1. no list",
		"# no heading",
		"> no quote",
		"*no emphasis* and _none_ here",
		"snake_case_name",
		"<b>no tag</b> &amp; no entity",
		"[no](link)",
		"![no](image)",
		"`no code`",
		"~~kept~~",
		"a \\ b",
		"| a | b |",
		"@[No](mention)",
		"5 < 6 & 7 > 3",
	])("%s stays text", (text) => {
		const read = fromMarkdown(toMarkdown(paragraph(text)));
		expect(read.childCount).toBe(1);
		expect(read.firstChild?.type.name).toBe("paragraph");
		expect(read.textContent).toBe(text);
		const marks = new Set<string>();
		read.descendants((node) => {
			for (const mark of node.marks) marks.add(mark.type.name);
		});
		expect([...marks]).toEqual([]);
	});

	it.each(["- a", "1. a", "# a", "===", "---", "| --- |", "    a"])("%s stays text after a line break", (text) => {
		const broken = postSchema.node("paragraph", null, [
			postSchema.text("| x |"),
			postSchema.node("hardBreak"),
			postSchema.text(text),
		]);
		const read = fromMarkdown(toMarkdown(postSchema.node("doc", null, [broken])));
		expect(read.childCount).toBe(1);
		expect(read.firstChild?.type.name).toBe("paragraph");
		expect(read.textContent).toBe(`| x |${text.trim()}`);
	});

	it("does not escape what needs none", () => {
		expect(toMarkdown(paragraph("snake_case, 5 < 6, R&D."))).toBe("snake_case, 5 < 6, R&D.");
	});
});

describe("what is not sent", () => {
	it("leaves out the preview of an image that is still on its way", () => {
		const image = postSchema.node("image", { src: "blob:http://localhost/1", upload: "u1" });
		const doc = postSchema.node("doc", null, [postSchema.node("paragraph", null, [postSchema.text("See "), image])]);
		expect(toMarkdown(doc)).toBe("See");
	});

	it("does not make links of dangerous addresses", () => {
		const read = fromMarkdown("[x](javascript:alert(1)) ![y](data:image/png;base64,AA) [z](//evil.example)");
		expect(read.textContent).toContain("javascript:alert(1)");
		read.descendants((node) => {
			expect(node.type.name).not.toBe("image");
			expect(node.marks).toHaveLength(0);
		});
	});

	it("does not read tags", () => {
		expect(fromMarkdown("<script>alert(1)</script>").textContent).toBe("<script>alert(1)</script>");
	});
});
