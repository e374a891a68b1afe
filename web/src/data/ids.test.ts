import { expect, test } from "vitest";
import { isId, newId, PREFIX } from "./ids";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const bitsOf = (id: string) =>
	[...id.slice(id.indexOf("_") + 1)].reduce((sum, digit) => sum * 32n + BigInt(ALPHABET.indexOf(digit)), 0n);

test("an id is its prefix and a UUIDv7 in 26 digits", () => {
	const now = Date.now() + 1000;
	const id = newId("topic", now);
	expect(id).toMatch(/^top_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
	const bits = bitsOf(id);
	expect(Number(bits >> 80n)).toBe(now);
	expect((bits >> 76n) & 0xfn).toBe(7n);
	expect((bits >> 62n) & 3n).toBe(2n);
});

test("ids ascend within a millisecond and when the clock is set back", () => {
	const now = Date.now() + 60_000;
	const ids = Array.from({ length: 10_000 }, (_, index) => newId("post", now - (index % 3)));
	expect([...ids].sort()).toEqual(ids);
	expect(new Set(ids).size).toBe(ids.length);
	for (const id of ids) expect((bitsOf(id) >> 76n) & 0xfn).toBe(7n);
});

test("an id of one kind is not an id of another", () => {
	for (const kind of Object.keys(PREFIX) as (keyof typeof PREFIX)[]) expect(isId(newId(kind), kind)).toBe(true);
	expect(isId(newId("post"), "topic")).toBe(false);
	expect(isId("top_short", "topic")).toBe(false);
	expect(isId(`${newId("topic")}0`, "topic")).toBe(false);
	expect(isId(newId("topic").toUpperCase(), "topic")).toBe(false);
});
