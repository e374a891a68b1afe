import { expect, it } from "vitest";
import { sizeText } from "./size";

it.each([
	[0, "0 bytes"],
	[999, "999 bytes"],
	[1_000, "1 kB"],
	[12_400_000, "12.4 MB"],
	[4e15, "4,000 TB"],
])("%i bytes is %s", (bytes, text) => {
	expect(sizeText(bytes, "en")).toBe(text);
});
