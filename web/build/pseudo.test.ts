import { expect, test } from "vitest";
import { lengthened, longer } from "./pseudo";

test("a text is 40 % longer and has accents", () => {
	const text = "Waiting for your reply";
	const shown = longer(text);
	expect(shown.startsWith("Wáítíñg för yöür réply ")).toBe(true);
	expect(shown.length).toBeGreaterThanOrEqual(Math.floor(text.length * 1.4));
});

test("what was put into it stays as it is", () => {
	expect(longer("Ask Ana (a.b) again", { name: "Ana", place: "(a.b)" })).toContain(" Ana (a.b) ágáíñ");
	expect(longer("7", { count: 7 })).toBe("7");
});

test("only the English of a message is lengthened", () => {
	const code = "if (locale === 'es') return es_app_x(inputs)\n\treturn en_app_x(inputs)\n\treturn en_app_y()";
	expect(lengthened(code)).toContain("return es_app_x(inputs)");
	expect(lengthened(code)).toContain("return longer(en_app_x(inputs), inputs)");
	expect(lengthened(code)).toContain("return longer(en_app_y(), {})");
});
