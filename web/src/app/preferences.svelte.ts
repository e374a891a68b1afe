import { keyMap } from "$design/key-map.svelte";
import type { Weekday } from "$design/time";
import { timeStyle } from "$design/time-style.svelte";
import { type Locale, locales, overwriteGetLocale } from "$paraglide/runtime";
import { mayBeChosen } from "./key-table";
import { fetchLanguage } from "./languages.svelte";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

/** How this device shows things. Kept on the device; settings may also keep it with the member. */
export interface Choices {
	theme: Theme;
	density: Density;
	/** Per cent, 90 to 130. */
	textSize: number;
	/** Single keys such as E and J. Chords with ⌘ or Ctrl always work. */
	singleKeys: boolean;
	language: Locale;
	hour12: boolean;
	firstWeekday: Weekday;
	/** Keys that the person has chosen in place of the product's own, by the product's. */
	keys: Readonly<Record<string, string>>;
	/** Less motion than the system asks for. */
	lessMotion: boolean;
}

const PLACE = "meridian.preferences";

class Preferences {
	#choices = $state<Choices>(defaults());

	/** Reads what this device kept, and begins to apply it to the page. Call once, before the first paint. */
	start(): void {
		this.#choices = { ...defaults(), ...kept() };
		overwriteGetLocale(() => this.#choices.language);
		$effect.root(() => {
			$effect.pre(() => this.#apply());
		});
		// Another tab changed them.
		addEventListener("storage", (event) => {
			if (event.key === PLACE) this.#choices = { ...defaults(), ...kept() };
		});
	}

	get current(): Readonly<Choices> {
		return this.#choices;
	}

	/** Changes some choices and keeps them. */
	set(changes: Partial<Choices>): void {
		this.#choices = { ...this.#choices, ...changes };
		try {
			localStorage.setItem(PLACE, JSON.stringify(this.#choices));
		} catch {
			// Storage is full or forbidden: the choice holds until the page is closed.
		}
	}

	/** The zone of the signed-in person; null means that of the browser. */
	setZone(zone: string | null): void {
		timeStyle.zone = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
	}

	#apply(): void {
		const { theme, density, textSize, language, hour12, firstWeekday, lessMotion, keys } = this.#choices;
		const root = document.documentElement;
		if (theme === "system") delete root.dataset.theme;
		else root.dataset.theme = theme;
		root.dataset.density = density;
		root.style.setProperty("--text-size", String(textSize / 100));
		if (lessMotion) root.dataset.motion = "less";
		else delete root.dataset.motion;
		root.lang = language;
		fetchLanguage(language).catch(() => {});
		keyMap.changes = keys;
		timeStyle.language = language;
		timeStyle.hour12 = hour12;
		timeStyle.firstWeekday = firstWeekday;
	}
}

function defaults(): Choices {
	return {
		theme: "system",
		density: "comfortable",
		textSize: 100,
		singleKeys: true,
		language: browserLanguage(),
		hour12: Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12 === true,
		firstWeekday: browserFirstWeekday(),
		keys: {},
		lessMotion: false,
	};
}

/** Only values that are still possible: the text may come from an older version. */
function kept(): Partial<Choices> {
	let found: unknown;
	try {
		found = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
	} catch {
		return {};
	}
	return possible(found);
}

/** The known choices in a value of any form; everything else is left out. */
export function possible(found: unknown): Partial<Choices> {
	if (typeof found !== "object" || found === null) return {};
	const value = found as Record<string, unknown>;
	const choices: Partial<Choices> = {};
	if (oneOf(value.theme, ["system", "light", "dark"])) choices.theme = value.theme;
	if (oneOf(value.density, ["comfortable", "compact"])) choices.density = value.density;
	if (oneOf(value.language, locales)) choices.language = value.language;
	if (oneOf(value.firstWeekday, [1, 2, 3, 4, 5, 6, 7])) choices.firstWeekday = value.firstWeekday;
	if (typeof value.textSize === "number" && value.textSize >= 90 && value.textSize <= 130)
		choices.textSize = value.textSize;
	if (typeof value.singleKeys === "boolean") choices.singleKeys = value.singleKeys;
	if (typeof value.hour12 === "boolean") choices.hour12 = value.hour12;
	if (isKeys(value.keys)) choices.keys = value.keys;
	if (typeof value.lessMotion === "boolean") choices.lessMotion = value.lessMotion;
	return choices;
}

function isKeys(value: unknown): value is Record<string, string> {
	return (
		typeof value === "object" &&
		value !== null &&
		Object.values(value).every((chord) => typeof chord === "string" && mayBeChosen(chord))
	);
}

function oneOf<const T>(value: unknown, values: readonly T[]): value is T {
	return (values as readonly unknown[]).includes(value);
}

function browserLanguage(): Locale {
	const wanted = navigator.languages.map((language) => language.slice(0, 2).toLowerCase());
	return (
		wanted.map((language) => locales.find((known) => known === language)).find((known) => known !== undefined) ?? "en"
	);
}

function browserFirstWeekday(): Weekday {
	const locale = new Intl.Locale(navigator.language) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } };
	return (locale.getWeekInfo?.().firstDay ?? 1) as Weekday;
}

/** The choices of this device. */
export const preferences = new Preferences();
