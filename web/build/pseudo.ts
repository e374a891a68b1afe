import type { Plugin } from "vite";

const MESSAGES = /\/paraglide\/messages\/(?!_index)[\w-]+\.js$/;
const RUNTIME = "virtual:meridian-pseudo";

/**
 * For test builds alone (`MERIDIAN_PSEUDO=1 vite build`): with `?locale=pseudo` every English message is shown 40 %
 * longer and with accents, so that a test sees which layouts a longer language breaks and which words no translator
 * can reach. It holds for the tab.
 */
export function pseudo(): Plugin {
	return {
		name: "meridian:pseudo",
		enforce: "post",
		resolveId: (id) => (id === RUNTIME ? `\0${RUNTIME}` : undefined),
		load: (id) => (id === `\0${RUNTIME}` ? runtime() : undefined),
		transform: (code, id) => (MESSAGES.test(id) ? lengthened(code) : undefined),
	};
}

/** The module of a message, its English passed through `longer`. */
export function lengthened(code: string): string {
	const changed = code.replaceAll(/return (en_\w+\((inputs)?\))/g, (_, call: string, inputs?: string) =>
		inputs ? `return longer(${call}, inputs)` : `return longer(${call}, {})`,
	);
	return `import { longer } from "${RUNTIME}";\n${changed}`;
}

/** The text 40 % longer and with accents; what was put into it stays as it is. */
export function longer(text: string, inputs: Record<string, unknown> = {}): string {
	const marks: Record<string, string> = {
		a: "á",
		e: "é",
		i: "í",
		o: "ö",
		u: "ü",
		n: "ñ",
		c: "ç",
		s: "š",
		A: "Å",
		E: "É",
		O: "Ø",
		U: "Û",
	};
	const values = Object.values(inputs ?? {})
		.map(String)
		.filter((value) => value !== "")
		.sort((a, b) => b.length - a.length)
		.map((value) => value.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
	const parts = values.length > 0 ? text.split(new RegExp(`(${values.join("|")})`)) : [text];
	const own = parts.filter((_, n) => n % 2 === 0).join("").length;
	const accented = parts.map((part, n) =>
		n % 2 === 0 ? [...part].map((letter) => marks[letter] ?? letter).join("") : part,
	);
	// Words, not one long line of signs: a translation breaks where words end.
	const more = "löñger wörds heré tóo ".repeat(Math.ceil(own / 40)).slice(0, Math.ceil(own * 0.4));
	return own === 0 ? text : `${accented.join("")} ${more.trimEnd()}`;
}

function runtime(): string {
	return `
${longer.toString().replace(/^function longer/, "function lengthen")}
const KEY = "meridian.pseudo";
if (new URLSearchParams(location.search).get("locale") === "pseudo") sessionStorage.setItem(KEY, "on");
const on = sessionStorage.getItem(KEY) === "on";
export const longer = (text, inputs) => (on ? lengthen(text, inputs) : text);
`;
}
