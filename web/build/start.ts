import { resolve } from "node:path";
import type { Plugin, ResolvedConfig, Rolldown } from "vite";
import { oneScript } from "./one-script.ts";

const SOURCE = "src/app/start.ts";

/** The screens that people open from outside, by the beginning of their paths; the first that fits counts. */
const SCREENS: readonly (readonly [path: string, file: string])[] = [
	["/inbox", "src/inbox/InboxScreen.svelte"],
	["/thread/", "src/threads/ThreadScreen.svelte"],
	["/s/", "src/spaces/SpaceScreen.svelte"],
	["/work", "src/asks/WorkScreen.svelte"],
	["/sign-in", "src/people/SignInScreen.svelte"],
];

/**
 * Puts `src/app/start.ts` into the page, with the files that the screens need besides the shell. The server allows
 * exactly this text: its policy has its hash.
 */
export function start(): Plugin {
	let config: ResolvedConfig;
	return {
		name: "meridian:start",
		configResolved(resolved) {
			config = resolved;
		},
		transformIndexHtml: {
			order: "post",
			async handler(page, { bundle }) {
				const parts = bundle ? partsOf(config.root, bundle) : { screens: [], languages: {} };
				const code = await oneScript(config.root, SOURCE);
				const script = `<script>{const PARTS=${JSON.stringify(parts)};${code.trim()}}</script>`;
				return page.replace("<title>", (title) => `${script}\n\t\t${title}`);
			},
		},
	};
}

type Bundle = Rolldown.OutputBundle;

function partsOf(root: string, bundle: Bundle) {
	const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
	const shell = new Set(chunks.filter(({ isEntry }) => isEntry).flatMap((chunk) => filesOf(chunk, bundle)));
	const screens = SCREENS.map(([path, file]) => {
		const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId === resolve(root, file));
		if (!chunk) throw new Error(`${file} has no file of its own.`);
		return [path, filesOf(chunk, bundle).filter((one) => !shell.has(one))] as const;
	});
	const languages = chunks.flatMap(({ facadeModuleId, fileName }) => {
		const language = /virtual:meridian-language-(\w+)$/.exec(facadeModuleId ?? "")?.[1];
		return language ? [[language, `/${fileName}`] as const] : [];
	});
	return { screens, languages: Object.fromEntries(languages) };
}

/** The addresses of what is fetched with a chunk: itself, its styles, and the same of all that it imports at once. */
function filesOf(chunk: Rolldown.OutputChunk, bundle: Bundle, seen = new Set<string>()): string[] {
	if (seen.has(chunk.fileName)) return [];
	seen.add(chunk.fileName);
	const imported = chunk.imports.flatMap((name) => {
		const other = bundle[name];
		return other?.type === "chunk" ? filesOf(other, bundle, seen) : [];
	});
	return [`/${chunk.fileName}`, ...[...(chunk.viteMetadata?.importedCss ?? [])].map((file) => `/${file}`), ...imported];
}
