import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Plugin, parseAst } from "vite";

/** The language that is part of every screen: the one to fall back on. */
const BASE = "en";
const OTHERS = ["es", "pt"];

const MESSAGES = "src/paraglide/messages/";
/** `virtual:meridian-languages` lists the others, `virtual:meridian-language-es` is one. */
const LANGUAGE = /virtual:meridian-language-(\w+)$/;
const MESSAGE = /\/src\/paraglide\/messages\/(?!_index)(\w+)\.js$/;

/**
 * Nobody reads three languages at a time. In a build, the modules of the messages say the base language themselves;
 * each of the others is one file, fetched when it is chosen (`app/languages.svelte.ts`). Without `apart` (development,
 * tests) the modules stay as they are, with all languages in them.
 */
export function languages({ apart }: { apart: boolean }): Plugin {
	let root = "";
	let keys: readonly string[] = [];
	return {
		name: "meridian:languages",
		enforce: "pre",
		configResolved(config) {
			root = config.root;
		},
		resolveId: { filter: { id: /^virtual:meridian-language/ }, handler: (id) => `\0${id}` },
		load: {
			filter: { id: /^\0virtual:meridian-language/ },
			async handler(id) {
				const language = LANGUAGE.exec(id)?.[1];
				if (!language) return `export default {${apart ? OTHERS.map(loader).join() : ""}}`;
				keys = await keysIn(root);
				return tableOf(root, keys, language);
			},
		},
		transform: {
			filter: { id: MESSAGE },
			async handler(code, id) {
				const key = MESSAGE.exec(id)?.[1];
				if (!apart || !key) return undefined;
				if (keys.length === 0) keys = await keysIn(root);
				return { code: inBase(code, key, keys.indexOf(key)), map: null };
			},
		},
	};
}

const loader = (language: string) => `${language}: () => import("virtual:meridian-language-${language}")`;

async function keysIn(root: string): Promise<string[]> {
	const index = await readFile(join(root, MESSAGES, "_index.js"), "utf8");
	return [...index.matchAll(/export \* from '\.\/(\w+)\.js'/g)].map(([, key]) => key ?? "").sort();
}

/** The texts of a language as a list in the order of the keys. */
async function tableOf(root: string, keys: readonly string[], language: string): Promise<string> {
	const texts = await Promise.all(
		keys.map(async (key) => textOf(await readFile(join(root, MESSAGES, `${key}.js`), "utf8"), `${language}_${key}`)),
	);
	return `import * as registry from "/src/paraglide/registry.js";\nexport default [${texts.join(",\n")}];`;
}

/** The module of a message with the base language alone; `place` is where the others have it. */
export function inBase(code: string, key: string, place: number): string {
	const text = textOf(code, `${BASE}_${key}`);
	const registry = text.includes("registry.") ? 'import * as registry from "../registry.js";\n' : "";
	return `${registry}import { say } from "$app/languages.svelte";
const base = ${text};
export const ${key} = (inputs) => say(${place}, base, inputs);
`;
}

/** The function that the compiler wrote for one language of a message. */
export function textOf(code: string, name: string): string {
	for (const statement of parseAst(code).body) {
		if (statement.type !== "VariableDeclaration") continue;
		for (const { id, init } of statement.declarations)
			if (id.type === "Identifier" && id.name === name && init) return code.slice(init.start, init.end);
	}
	throw new Error(`There is no ${name} in a message.`);
}
