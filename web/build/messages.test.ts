/** What holds for the words of the product in all languages. The compiler says when a screen uses a message that is not there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const WEB = process.cwd();
const LANGUAGES = ["en", "es", "pt"] as const;
type Language = (typeof LANGUAGES)[number];

interface Variants {
	declarations?: string[];
	selectors?: string[];
	match: Record<string, string>;
}
type Message = string | Variants[];

const trades = readdirSync(join(WEB, "messages"));
const read = (trade: string, language: Language) =>
	JSON.parse(readFileSync(join(WEB, "messages", trade, `${language}.json`), "utf8")) as Record<string, Message>;
const all = trades.map((trade) => ({
	trade,
	en: read(trade, "en"),
	es: read(trade, "es"),
	pt: read(trade, "pt"),
}));

const textsOf = (message: Message): string[] =>
	typeof message === "string" ? [message] : message.flatMap(({ match }) => Object.values(match));
/** The names in braces, of the texts; of variants also what they declare. */
function inputsOf(message: Message): string[] {
	const named = textsOf(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ""));
	const declared =
		typeof message === "string"
			? []
			: message.flatMap(({ declarations = [] }) =>
					declarations.flatMap((line) => /^input (\w+)/.exec(line)?.[1] ?? []),
				);
	return [...new Set([...named, ...declared])].sort();
}

function source(): string {
	const folder = (path: string): string[] =>
		readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
			if (entry.isDirectory()) return entry.name === "paraglide" ? [] : folder(join(path, entry.name));
			return /\.(svelte|ts)$/.test(entry.name) && !entry.name.includes(".test.") ? [join(path, entry.name)] : [];
		});
	return folder(join(WEB, "src"))
		.map((file) => readFileSync(file, "utf8"))
		.join("\n");
}

describe.each(all)("$trade", ({ trade, ...languages }) => {
	const keys = Object.keys(languages.en);

	it("has the same messages in every language, each beginning with the trade", () => {
		for (const language of LANGUAGES) expect(Object.keys(languages[language]).sort()).toEqual([...keys].sort());
		expect(keys.filter((key) => !key.startsWith(`${trade}_`))).toEqual([]);
	});

	it("puts the same things into each of them", () => {
		const wrong = keys.filter((key) => {
			const [first, ...others] = LANGUAGES.map((language) => inputsOf(languages[language][key] ?? "").join());
			return others.some((inputs) => inputs !== first);
		});
		expect(wrong).toEqual([]);
	});

	it("says something for every case: one, many, and whatever else may come", () => {
		for (const language of LANGUAGES)
			for (const [key, message] of Object.entries(languages[language])) {
				const where = `${language} ${key}`;
				expect(
					textsOf(message).every((text) => text.trim() !== ""),
					where,
				).toBe(true);
				if (typeof message === "string") continue;
				for (const { declarations = [], selectors = [], match } of message) {
					const cases = Object.keys(match);
					const names = declarations.map((line) => /^(?:input|local) (\w+)/.exec(line)?.[1]);
					const used = declarations.flatMap((line) => /= (\w+): /.exec(line)?.[1] ?? []);
					expect(
						selectors.filter((name) => !names.includes(name)),
						where,
					).toEqual([]);
					expect(
						used.filter((name) => !names.includes(name)),
						where,
					).toEqual([]);
					// Each case answers every selector, and one of them answers to anything.
					for (const one of cases)
						expect(
							one.split(",").map((part) => part.trim().split("=")[0]),
							where,
						).toEqual(selectors);
					expect(
						cases.some((one) => one.split(",").every((part) => part.trim().endsWith("=*"))),
						where,
					).toBe(true);
					for (const { name } of pluralsOf(declarations))
						expect(
							cases.some((one) => one.includes(`${name}=one`)),
							where,
						).toBe(true);
				}
			}
	});

	it("is translated: no sentence stands in another language as it does in English", () => {
		const same = keys.filter((key) => {
			const english = textsOf(languages.en[key] ?? "").join();
			const words = english.replaceAll(/\{\w+\}/g, "").match(/\p{Letter}{2,}/gu) ?? [];
			return (
				words.length >= 3 && [languages.es, languages.pt].some((other) => textsOf(other[key] ?? "").join() === english)
			);
		});
		expect(same).toEqual([]);
	});

	it("is calm English: no contractions and no exclamation marks", () => {
		const loud = keys.filter((key) =>
			textsOf(languages.en[key] ?? "").some((text) =>
				/!|\w['’](t|re|ve|ll|m)\b|\b(it|that|what|there|here|who|let|he|she)['’](s|d)\b/i.test(text),
			),
		);
		expect(loud).toEqual([]);
	});
});

/** Words that blame, hurry or are hard to understand (ui.md 3.10). */
const UNKIND =
	/\b(ping|nudge|circle back|sync|fyi|eod|asap|overdue|finally|you missed|do not forget|still waiting|oops|please note)\b/i;

it("no word blames, hurries or is an idiom", () => {
	const unkind = all.flatMap(({ en }) =>
		Object.entries(en).flatMap(([key, message]) => (textsOf(message).some((text) => UNKIND.test(text)) ? [key] : [])),
	);
	expect(unkind).toEqual([]);
});

function pluralsOf(declarations: readonly string[]): { name: string }[] {
	return declarations.flatMap((line) => {
		const name = /^local (\w+) = \w+: plural/.exec(line)?.[1];
		return name ? [{ name }] : [];
	});
}

it("every message is used", () => {
	const code = source();
	const used = new Set([...code.matchAll(/\bm\.(\w+)/g)].map(([, key]) => key));
	const unused = all.flatMap(({ en }) => Object.keys(en)).filter((key) => !used.has(key));
	expect(unused).toEqual([]);
});

it("no two trades say the same key", () => {
	const keys = all.flatMap(({ en }) => Object.keys(en));
	expect(keys.filter((key, n) => keys.indexOf(key) !== n)).toEqual([]);
});

it("every trade is compiled", () => {
	const settings = JSON.parse(readFileSync(join(WEB, "project.inlang/settings.json"), "utf8")) as {
		"plugin.inlang.messageFormat": { pathPattern: string[] };
	};
	const compiled = settings["plugin.inlang.messageFormat"].pathPattern.map((path) => path.split("/")[2]);
	expect([...compiled].sort()).toEqual([...trades].sort());
});
