import { describe, expect, it } from "vitest";
import { partsOf, plainText } from "./excerpt";

describe("an excerpt", () => {
	it("is text with what was found marked", () => {
		expect(partsOf("The <mark>refund</mark> rule")).toEqual([
			{ text: "The ", hit: false },
			{ text: "refund", hit: true },
			{ text: " rule", hit: false },
		]);
	});

	it("keeps every other tag as text", () => {
		expect(partsOf("<b>x</b>&lt;script&gt; <mark>a&amp;b</mark>")).toEqual([
			{ text: "<b>x</b><script> ", hit: false },
			{ text: "a&b", hit: true },
		]);
	});

	it("decodes once", () => {
		expect(plainText("&amp;lt;mark&amp;gt; &quot;it&#39;s&quot;")).toBe('&lt;mark&gt; "it\'s"');
	});
});
