import type { Plugin } from "vite";

const LAYERS = "@layer reset, tokens, base, layout, components, screens, utilities;";

/** Lets every file of styles begin with the order of the layers: the first one to arrive decides, and any may be it. */
export function layers(): Plugin {
	return {
		name: "meridian:layers",
		enforce: "post",
		transformIndexHtml: (_page, { bundle }) => (bundle ? [] : [{ tag: "style", children: LAYERS }]),
		generateBundle(_options, bundle) {
			for (const file of Object.values(bundle))
				if (file.type === "asset" && file.fileName.endsWith(".css")) file.source = `${LAYERS}${file.source}`;
		},
	};
}
