/**
 * Stands in the page itself and runs before any file of it has arrived (`build/start.ts`). Over a far network each
 * round trip is a quarter of a second: what the first screen needs is asked for at once, not one thing after the other.
 * The build puts `PARTS` before this text.
 */

import type { DeviceAhead } from "$data/ahead";
import { channelOf, readClosed } from "$data/kept";

/** Files of this build, as addresses. */
declare const PARTS: {
	/** What is asked for besides the shell, by the beginning of the path. */
	screens: readonly (readonly [path: string, files: readonly string[]])[];
	/** The file of each language that the screens do not bring along. */
	languages: Partial<Record<string, string>>;
};

/** Where people are who are not signed in. */
const OPEN = /^\/(?:sign-in|setup|invite)/;
const TIMEOUT = 30_000;

const path = location.pathname === "/" ? "/inbox" : location.pathname;
// Where storage cannot be read, what the system says holds.
const kept = ((): { theme?: unknown; language?: unknown } => {
	try {
		return JSON.parse(localStorage.getItem("meridian.preferences") ?? "{}");
	} catch {
		return {};
	}
})();

// The chosen theme before the first paint, so that nothing flashes. The rest of the choices wait for the script.
if (kept.theme === "light" || kept.theme === "dark") document.documentElement.dataset.theme = kept.theme;

const screen = PARTS.screens.find(([start]) => path.startsWith(start));
for (const file of screen?.[1] ?? []) fetchFile(file);
const language = PARTS.languages[chosenLanguage()];
if (language) fetchFile(language);
if (!OPEN.test(path)) askAhead(path.startsWith("/inbox") ? ["/me", "/inbox?place=today"] : ["/me"]);
// The first use of the language data costs its time here, where the files are waited for.
Intl.DateTimeFormat();

function fetchFile(file: string): void {
	const link = document.createElement("link");
	if (file.endsWith(".css")) {
		link.rel = "preload";
		link.as = "style";
	} else link.rel = "modulepreload";
	link.crossOrigin = "";
	link.href = file;
	document.head.append(link);
}

/** As `preferences.svelte.ts` chooses it. */
function chosenLanguage(): string {
	if (typeof kept.language === "string") return kept.language;
	const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
	return wanted.find((tag) => tag === "en" || tag in PARTS.languages) ?? "en";
}

function askAhead(paths: readonly string[]): void {
	const init = {
		headers: { accept: "application/json" },
		cache: "no-store",
		signal: AbortSignal.timeout(TIMEOUT),
	} satisfies RequestInit;
	const ask = (one: string) => [one, fetch(`/api/v1${one}`, init).catch(() => undefined)] as const;
	const who = remembered();
	const member = who?.split(" ")[0];
	globalThis.meridianAhead = {
		who,
		at: Date.now(),
		answers: Object.fromEntries(paths.map(ask)),
		...(member ? { device: readAhead(member) } : {}),
	};
}

/** Other tabs may write while this reads: their messages are kept from before on. */
function readAhead(member: string): DeviceAhead {
	const heard: DeviceAhead["heard"] = [];
	const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(channelOf(member)) : undefined;
	if (channel) channel.onmessage = (event) => heard.push(event.data);
	return { kept: readClosed(member).catch(() => undefined), channel, heard };
}

function remembered(): string | null {
	try {
		return localStorage.getItem("meridian.member");
	} catch {
		return null;
	}
}
