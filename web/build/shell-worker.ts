import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin, ResolvedConfig } from "vite";
import { oneScript } from "./one-script.ts";

const SOURCE = "src/app/service-worker.ts";

/** Fonts for rarer scripts are kept when they are first used, not before. */
const LATER = /inter-(?:latin-ext|vietnamese)/;

/** Builds `src/app/service-worker.ts` to `/sw.js` with the list of the files of this version. */
export function shellWorker(): Plugin {
	let config: ResolvedConfig;
	return {
		name: "meridian:shell-worker",
		apply: "build",
		enforce: "post",
		configResolved(resolved) {
			config = resolved;
		},
		generateBundle: {
			order: "post",
			async handler(_options, bundle) {
				const built = Object.entries(bundle)
					.filter(([name]) => !name.endsWith(".map") && !name.startsWith(".vite/") && !LATER.test(name))
					.map(([name, file]): [string, string | Uint8Array] => [
						`/${name}`,
						file.type === "chunk" ? file.code : file.source,
					]);
				const copied = await publicFiles(config.publicDir);
				const shell = describeShell([...built, ...copied]);
				// One script: browsers that know no modules in workers read it as well.
				const code = await oneScript(config.root, SOURCE);
				this.emitFile({ type: "asset", fileName: "sw.js", source: `const SHELL = ${JSON.stringify(shell)};\n${code}` });
			},
		},
	};
}

/** The paths of a version's files and a name that changes when any of them does. */
export function describeShell(files: readonly (readonly [path: string, content: string | Uint8Array])[]): {
	version: string;
	files: string[];
} {
	const hash = createHash("sha256");
	const sorted = files.toSorted(([a], [b]) => (a < b ? -1 : 1));
	for (const [path, content] of sorted) hash.update(path).update("\0").update(content).update("\0");
	return { version: hash.digest("hex").slice(0, 16), files: sorted.map(([path]) => path) };
}

async function publicFiles(folder: string): Promise<[string, Uint8Array][]> {
	const names = await readdir(folder);
	return Promise.all(
		names.map(async (name): Promise<[string, Uint8Array]> => [`/${name}`, await readFile(join(folder, name))]),
	);
}
