import { expect, test } from "vitest";
import { fromPost, titleOf } from "./make-task";

test("the first line is the title", () => {
	expect(titleOf("\n  Save the   route \nfor tunnels")).toBe("Save the route");
	expect(titleOf("")).toBe("");
});

test("a long line is cut between words and fits", () => {
	const title = titleOf("tunnel ".repeat(60));
	expect([...title].length).toBeLessThanOrEqual(200);
	expect(title.endsWith("tunnel…")).toBe(true);
	expect([...titleOf("運".repeat(300))].length).toBe(200);
});

test("what is selected is quoted", () => {
	const post = { id: "pst_1", topic: "top_1", source: "# A plan\n\nSave it. Then tell drivers." };
	const made = fromPost(post, "spc_1", "Save it.\nThen tell drivers.");
	expect(made.line).toBe("Save it.");
	expect(made.why).toBe("> Save it.\n> Then tell drivers.");
	expect(made.from).toEqual({ topic: "top_1", post: "pst_1", ask: null });
	expect(fromPost(post, null)).toMatchObject({ line: "A plan", why: "" });
	const said = { ...post, source: "> **Save** it, @[Yuki](mem_1), as in [the plan](https://example.org)" };
	expect(fromPost(said, null).line).toBe("Save it, Yuki, as in the plan");
});
