// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isTooLong, leftText, lettersLeft, tooLongText } from "./titles";

test.each([
	[0, undefined, undefined],
	[179, undefined, undefined],
	[180, "20 of 200 characters left.", undefined],
	[199, "1 of 200 characters left.", undefined],
	[200, "0 of 200 characters left.", undefined],
	[201, undefined, "1 character too many: a title has at most 200. It is saved once it is shorter."],
	[214, undefined, "14 characters too many: a title has at most 200. It is saved once it is shorter."],
])("a title of %i characters", (length, left, wrong) => {
	const title = "a".repeat(length);
	expect(leftText(title)).toBe(left);
	expect(tooLongText(title)).toBe(wrong);
	expect(isTooLong(title)).toBe(length > 200);
});

test("what people see as one character counts as the server counts it, and spaces around do not", () => {
	expect(lettersLeft(`  ${"🚚".repeat(200)} `)).toBe(0);
	expect(isTooLong(`${"é".repeat(200)}x`)).toBe(true);
});
