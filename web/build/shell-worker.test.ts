import { expect, it } from "vitest";
import { describeShell } from "./shell-worker";

it("names a version by all of its files, in any order", () => {
	const page = ["/index.html", "<p>"] as const;
	const script = ["/assets/a.js", "1"] as const;
	const version = describeShell([page, script]);
	expect(version.files).toEqual(["/assets/a.js", "/index.html"]);
	expect(describeShell([script, page])).toEqual(version);
	expect(describeShell([page, ["/assets/a.js", "2"]]).version).not.toBe(version.version);
	expect(describeShell([page, ["/assets/b.js", "1"]]).version).not.toBe(version.version);
});
