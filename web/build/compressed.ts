import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin, ResolvedConfig } from "vite";

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** Formats that carry no compression of their own. */
const COMPRESSIBLE = /\.(?:css|html|ico|js|json|map|svg|txt|webmanifest)$/;

/** Below this size the headers cost more than compression saves. */
const SMALLEST = 512;

/** Writes a `.br` and a `.gz` file beside every compressible file of the finished build, for the server to embed. */
export function compressed(): Plugin {
	let config: ResolvedConfig;
	return {
		name: "meridian:compressed",
		apply: "build",
		enforce: "post",
		configResolved(resolved) {
			config = resolved;
		},
		closeBundle: {
			order: "post",
			sequential: true,
			async handler() {
				const folder = resolve(config.root, config.build.outDir);
				const files = await filesBelow(folder);
				await Promise.all(files.filter((file) => COMPRESSIBLE.test(file)).map(compress));
			},
		},
	};
}

async function filesBelow(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function compress(file: string): Promise<void> {
	if ((await stat(file)).size < SMALLEST) return;
	const bytes = await readFile(file);
	const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
	const [br, gz] = await Promise.all([brotli(bytes, { params }), deflate(bytes, { level: 9 })]);
	await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
}
