/**
 * Which modules share a file. At 250 ms a round trip a file costs more than its bytes, and a browser asks a server
 * without a proxy for six at a time. So everything that every address needs is one file, with what the inbox shares
 * with other screens; the rest the bundler divides by screen.
 */
import { fileURLToPath } from "node:url";

/** What the bundler knows about modules, as far as it is needed here. */
export interface Modules {
	getModuleInfo(id: string): Module | null;
}
interface Module {
	code: string | null;
	importedIds: readonly string[];
	dynamicallyImportedIds: readonly string[];
}

const source = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url));

const MAIN = source("app/main.ts");
const INBOX = source("inbox/InboxScreen.svelte");
const SIGN_IN = source("people/SignInScreen.svelte");
const MESSAGES = source("paraglide/messages/");
/** It names every message; who uses which is seen in the code. */
const ALL_MESSAGES = [source("paraglide/messages.js"), `${MESSAGES}_index.js`];

/** What the bundler itself adds. */
const RUNTIME = "\0rolldown/runtime.js";

/** What so many screens use is a file of its own, however little each of them uses of it. */
const COMMON = 3;

/** Names the file of a module; null where the bundler decides. Asked when all modules are known. */
export function chunks(): (id: string, modules: Modules) => string | null {
	let files: Map<string, string> | undefined;
	return (id, modules) => {
		files ??= sharedFiles(modules);
		return files.get(id) ?? null;
	};
}

/**
 * `shell`: what is fetched for every address, with what the inbox shares with anything else. `entry`: what signing in
 * shares with other screens. `common`: what several of the rest share.
 */
export function sharedFiles(modules: Modules): Map<string, string> {
	const shell = reach(MAIN, modules);
	const inbox = reach(INBOX, modules);
	const signIn = reach(SIGN_IN, modules);
	const others = [...shell.later, ...inbox.later].filter((entry) => entry !== INBOX && !shell.reached.has(entry));
	const uses = new Map<string, number>();
	for (const entry of new Set(others))
		for (const id of reach(entry, modules).reached) uses.set(id, (uses.get(id) ?? 0) + 1);
	const files = new Map<string, string>();
	for (const [id, count] of uses) {
		if (inbox.reached.has(id)) files.set(id, "shell");
		else if (signIn.reached.has(id) && count > 1) files.set(id, "entry");
		else if (count >= COMMON) files.set(id, "common");
	}
	for (const id of [RUNTIME, ...shell.reached]) files.set(id, "shell");
	return files;
}

/** What is fetched at once with a module, and what may be fetched later. */
function reach(entry: string, modules: Modules): { reached: Set<string>; later: Set<string> } {
	const reached = new Set<string>();
	const later = new Set<string>();
	const open = [entry];
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		if (reached.has(id)) continue;
		reached.add(id);
		const module = modules.getModuleInfo(id);
		if (!module) continue;
		for (const other of module.dynamicallyImportedIds) later.add(other);
		open.push(...(ALL_MESSAGES.includes(id) ? [] : module.importedIds), ...messagesIn(module));
	}
	return { reached, later };
}

function messagesIn({ code, importedIds }: Module): string[] {
	if (!importedIds.some((id) => ALL_MESSAGES.includes(id))) return [];
	return [...(code ?? "").matchAll(/\bm\.(\w+)/g)].map(([, key]) => `${MESSAGES}${key}.js`);
}
