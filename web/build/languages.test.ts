import { expect, it } from "vitest";
import { inBase, textOf } from "./languages";

const CODE = `import { getLocale } from '../runtime.js';
const en_app_x = /** @type {(i: X) => string} */ (i) => { return \`Until \${i?.time}\` };
const es_app_x = (i) => { const n = registry.plural("es", i?.n, {}); return n === "one" ? \`a\` : \`b\` };
export const app_x = ((inputs, options = {}) => getLocale() === "es" ? es_app_x(inputs) : en_app_x(inputs));`;

it("finds the text of a language", () => {
	expect(textOf(CODE, "en_app_x")).toMatch(/^\(i\) => \{ return `Until/);
	expect(textOf(CODE, "es_app_x")).toContain("registry.plural");
	expect(() => textOf(CODE, "pt_app_x")).toThrow("pt_app_x");
});

it("leaves a message with English and its place in the other languages", () => {
	const left = inBase(CODE, "app_x", 7);
	expect(left).toContain("export const app_x = (inputs) => say(7, base, inputs);");
	expect(left).not.toContain("registry");
	expect(left).not.toContain("es_app_x");
});
