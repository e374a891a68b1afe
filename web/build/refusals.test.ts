import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const client = join(import.meta.dirname, "..");
const crates = join(client, "../crates");

/** The words by which the server names its rules. */
function codesOfServer(): Set<string> {
	const sources = readdirSync(crates, { recursive: true, encoding: "utf8" })
		.filter((path) => /^[^/]+\/src\/.*\.rs$/.test(path))
		.map((path) => readFileSync(join(crates, path), "utf8"))
		.filter((source) => /Refusal|meanwhile/.test(source));
	return new Set(
		sources.flatMap((source) => [
			...[...source.matchAll(/\.named\("([a-z_]+)"\)/g)].map(([, code]) => code ?? ""),
			// Those that say how it is now.
			...[...source.matchAll(/meanwhile\(\w+, "([a-z_]+)"/g)].map(([, code]) => code ?? ""),
		]),
	);
}

test("every rule of the server is said in words of the client, and no other", () => {
	const source = readFileSync(join(client, "src/app/refusals.ts"), "utf8");
	const rules = source.slice(source.indexOf("const RULES"), source.indexOf("\n};"));
	const known = [...rules.matchAll(/^\t([a-z_]+): /gm)].map(([, code]) => code ?? "");
	const codes = codesOfServer();
	expect(codes.size).toBeGreaterThan(40);
	expect([...codes].filter((code) => !known.includes(code)).sort()).toEqual([]);
	// That the server is busy is no rule of anybody.
	expect(known.filter((code) => !codes.has(code))).toEqual(["busy"]);
});
