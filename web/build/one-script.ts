import { build } from "vite";

/** A file and all that it imports as one script that is no module, made small. `source` is a path below `root`. */
export async function oneScript(root: string, source: string): Promise<string> {
	const built = await build({
		root,
		configFile: false,
		logLevel: "warn",
		publicDir: false,
		build: {
			write: false,
			target: "es2022",
			lib: { entry: source, formats: ["iife"], name: "script", fileName: "script" },
		},
	});
	const outputs = Array.isArray(built) ? built : "output" in built ? [built] : [];
	const chunk = outputs.flatMap(({ output }) => output).find((file) => file.type === "chunk");
	if (!chunk) throw new Error(`${source} was not built.`);
	return chunk.code;
}
