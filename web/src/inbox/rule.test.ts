import { describe, expect, test } from "vitest";
import cases from "../../../crates/topics/tests/vectors/inbox.json";
import { arrivedNo, isNew, type Seen, standing, unread } from "./rule";

describe("inbox rule: the vectors shared with the server", () => {
	for (const vector of cases) {
		test(vector.name, () => {
			const seen = vector as unknown as Seen;
			const { place, section, reason } = vector.expect;
			expect(standing(seen)).toEqual({ place, section, reason });
			const posts = vector.authors.map((author, index) => ({ no: index + 1, author }));
			expect(unread(vector.topic, vector.mark, vector.me, posts)).toBe(vector.expect.unread);
			if (place === "none") return;
			// What of it has arrived, where that is less.
			const shown = unread({ last_no: arrivedNo(seen) }, vector.mark, vector.me, posts);
			expect(shown).toBe("shown" in vector.expect ? vector.expect.shown : vector.expect.unread);
		});
	}
});

test("posts that are not at hand count as unread by others", () => {
	expect(unread({ last_no: 9 }, { read_no: 4 }, "me", [{ no: 9, author: "me" }])).toBe(4);
});

test("new in a space: unread and within 30 days", () => {
	const now = Date.parse("2026-11-25T14:00:00Z");
	expect(isNew({ last_at: "2026-10-26T15:00:00Z" }, 1, now)).toBe(true);
	expect(isNew({ last_at: "2026-10-26T13:00:00Z" }, 1, now)).toBe(false);
	expect(isNew({ last_at: "2026-11-25T13:00:00Z" }, 0, now)).toBe(false);
});

test("own posts are not unread", () => {
	const posts = ["ana", "me", "ben", "me"].map((author, index) => ({ no: index + 1, author }));
	expect(unread({ last_no: 4 }, { read_no: 1 }, "me", posts)).toBe(1);
	expect(unread({ last_no: 4 }, null, "me", posts)).toBe(2);
});
