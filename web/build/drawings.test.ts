import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { drawing } from "./drawings";

it("draws what Lucide draws", async () => {
	const users = await readFile(
		new URL("../node_modules/@lucide/svelte/dist/icons/users.svelte", import.meta.url),
		"utf8",
	);
	const made = drawing(users, "users.svelte");
	expect(made).toContain('<circle cx="9" cy="7" r="4" />');
	expect(made.match(/<path /g)).toHaveLength(3);
	expect(made).toContain('viewBox="0 0 24 24"');
});

it("says so where there is no drawing", () => {
	expect(() => drawing("<script></script>", "other.svelte")).toThrow("other.svelte");
});
