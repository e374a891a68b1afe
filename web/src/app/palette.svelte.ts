import { untrack } from "svelte";
import type { Hue } from "$design/hue";
import type { IconType } from "$design/Icon.svelte";
import { rank } from "./ranking";

/** A line of the command palette. */
export interface Command {
	/** The same each time, for recent use: "go /inbox", "thread k3qf7". */
	id: string;
	label: string;
	/** Grey words after the label: "23:20 in Tokyo. Her day starts in 10 h 10". */
	detail?: string;
	/** At the end of the line: the space of a result, a local time. */
	aside?: string;
	/** The key that does the same; the palette teaches it. */
	keys?: string;
	icon?: IconType;
	/** Drawn instead of an icon. */
	person?: { id: string; name: string; picture: string | null };
	space?: { name: string; hue: Hue };
	/** Goes there; ⌘↵ opens it in a new tab. Otherwise `run`. */
	href?: string;
	run?: () => void;
}

/** Where commands come from. `here` is for the thing that is open or selected. */
export interface CommandSource {
	kind: "here" | "place" | "space" | "person" | "recent";
	/** Heading of the `here` section: "On this thread". */
	title?: string;
	commands: () => readonly Command[];
	/** The thread that this is about: people can be asked in it. `ask`: how, where its composer is on the page. */
	about?: () => { topic: string; title: string; ask?: (member: { id: string }) => void } | null;
}

/** Finds things on the server or in the store; titles first, then text. Rejects when it cannot search now. */
export type SearchProvider = (query: string, signal: AbortSignal) => Promise<readonly Command[]>;

/** Lines under one heading. */
export interface Section {
	kind: "here" | "go" | "found" | "keys";
	title: string;
	commands: readonly Command[];
}

/** What the first character of the text restricts the list to. */
type Only = "commands" | "people" | "spaces" | "keys" | null;

const PREFIXES: Record<string, Exclude<Only, null>> = { ">": "commands", "@": "people", "#": "spaces", "?": "keys" };

/** As many as fit without scrolling on a laptop. */
const MOST = 8;

const RECENT = "meridian.recent-commands";

class Palette {
	open = $state(false);
	#sources = $state.raw<readonly CommandSource[]>([]);
	#search: SearchProvider | null = null;
	#recent: string[] = keptRecent();

	/** Adds commands for as long as they make sense. Answers a function that takes them out. */
	add(source: CommandSource): () => void {
		// Sources are added by effects, which must not depend on what they change.
		this.#sources = [source, ...untrack(() => this.#sources)];
		return () => {
			this.#sources = untrack(() => this.#sources).filter((other) => other !== source);
		};
	}

	/** The one that finds things. */
	searchWith(provider: SearchProvider): void {
		this.#search = provider;
	}

	/** The lines that need no search, for a typed text with its prefix. */
	sections(typed: string, titles: { here: string; go: string }): Section[] {
		const { only, text } = readPrefix(typed);
		const here = only === null || only === "commands" ? this.#rank(text, ["here"]) : [];
		const go = only === "commands" || only === "keys" ? [] : this.#rank(text, goKinds(only, text));
		const title = this.#sources.find((source) => source.kind === "here" && source.title)?.title ?? titles.here;
		const all: Section[] = [
			{ kind: "here", title, commands: here },
			{ kind: "go", title: titles.go, commands: go },
		];
		return all.filter((section) => section.commands.length > 0);
	}

	/** The thread that is open or selected. */
	get about(): ReturnType<NonNullable<CommandSource["about"]>> {
		return this.#sources.find((source) => source.about)?.about?.() ?? null;
	}

	/** What the search finds; nothing where the text restricts the list to something else. */
	async find(typed: string, signal: AbortSignal): Promise<readonly Command[]> {
		const { only, text } = readPrefix(typed);
		if (only !== null || text.length === 0 || !this.#search) return [];
		return await this.#search(text, signal);
	}

	/** Remembers that a command was used, for ranking. */
	used(id: string): void {
		this.#recent = [id, ...this.#recent.filter((other) => other !== id)].slice(0, 30);
		try {
			localStorage.setItem(RECENT, JSON.stringify(this.#recent));
		} catch {
			// Without storage nothing is recent next time.
		}
	}

	#rank(text: string, kinds: readonly CommandSource["kind"][]): Command[] {
		const commands = this.#sources
			.filter((source) => kinds.includes(source.kind))
			.flatMap((source) => source.commands());
		const unique = [...new Map(commands.map((command) => [command.id, command])).values()];
		// Without a text the order is that of the source: places first.
		return (text ? rank(text, unique, this.#recent) : unique).slice(0, MOST);
	}
}

/** Splits a typed text into its restriction and the rest. */
export function readPrefix(typed: string): { only: Only; text: string } {
	const only = PREFIXES[typed.charAt(0)] ?? null;
	return { only, text: (only ? typed.slice(1) : typed).trim() };
}

function goKinds(only: Only, text: string): CommandSource["kind"][] {
	if (only === "people") return ["person"];
	if (only === "spaces") return ["space"];
	return text ? ["place", "space", "person", "recent"] : ["place", "recent", "space"];
}

function keptRecent(): string[] {
	try {
		const found: unknown = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
		return Array.isArray(found) ? found.filter((id) => typeof id === "string") : [];
	} catch {
		return [];
	}
}

/** The command palette. Screens add commands with `useCommands`. */
export const palette = new Palette();

/** Gives the palette a component's commands for as long as it is on the page. Call it while the component is set up. */
export function useCommands(source: CommandSource): void {
	$effect(() => palette.add(source));
}
