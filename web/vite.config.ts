import { fileURLToPath } from "node:url";
import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { chunks } from "./build/chunks.ts";
import { compressed } from "./build/compressed.ts";
import { drawings } from "./build/drawings.ts";
import { languages } from "./build/languages.ts";
import { layers } from "./build/layers.ts";
import { pseudo } from "./build/pseudo.ts";
import { shellWorker } from "./build/shell-worker.ts";
import { start } from "./build/start.ts";

const src = (folder: string) => fileURLToPath(new URL(`./src/${folder}`, import.meta.url));

/** Where `npm run dev` finds the server. */
const server = process.env.MERIDIAN_DEV_SERVER ?? "http://127.0.0.1:7600";

export default defineConfig(({ mode, command }) => ({
	plugins: [
		// Tests read what `npm run i18n` compiled: the plugin would keep their process alive.
		mode !== "test" &&
			paraglideVitePlugin({
				project: "./project.inlang",
				outdir: "./src/paraglide",
				// The language is one of the person's choices; app/preferences.svelte.ts answers for it.
				strategy: ["globalVariable", "baseLocale"],
				emitReadme: false,
			}),
		process.env.MERIDIAN_PSEUDO ? pseudo() : false,
		languages({ apart: command === "build" && !process.env.MERIDIAN_PSEUDO }),
		drawings(),
		svelte(),
		layers(),
		start(),
		shellWorker(),
		compressed(),
	],
	resolve: {
		alias: {
			$app: src("app"),
			$design: src("design"),
			$data: src("data"),
			$paraglide: src("paraglide"),
		},
		// Component tests need the browser build of Svelte, not the server one.
		...(mode === "test" ? { conditions: ["browser"] } : {}),
	},
	build: {
		outDir: "dist",
		emptyOutDir: true,
		manifest: true,
		// Browsers that know light-dark(), popover and nesting. Lower targets would rewrite tokens.css.
		target: ["chrome125", "firefox128", "safari18"],
		modulePreload: { polyfill: false },
		assetsInlineLimit: 0,
		rolldownOptions: {
			output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: chunks() }] } },
		},
	},
	server: { host: "127.0.0.1", proxy: { "/api": { target: server, changeOrigin: false } } },
	test: {
		include: ["src/**/*.test.ts", "build/**/*.test.ts"],
		environment: "node",
		// The contrast test reads tokens.css as text.
		css: true,
	},
}));
