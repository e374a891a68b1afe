/**
 * The languages of the product that are files of their own: all but English, which every screen brings along. The build
 * lets each message ask here (`build/languages.ts`).
 */

import loaders from "virtual:meridian-languages";
import { getLocale, type Locale } from "$paraglide/runtime";

type Text = (inputs?: unknown) => string;

/** The texts of the languages that were fetched, in the order of the build. */
let fetched = $state.raw<Partial<Record<Locale, readonly Text[]>>>({});

/** Fetches a language; what is on the page is drawn in it as soon as it is there. Until then, and without it, English. */
export async function fetchLanguage(language: Locale): Promise<void> {
	const load = loaders[language];
	if (!load || fetched[language]) return;
	const { default: texts } = await load();
	fetched = { ...fetched, [language]: texts };
}

/** A message in the chosen language; `base` is its English. */
export function say(place: number, base: Text, inputs?: unknown): string {
	return (fetched[getLocale()]?.[place] ?? base)(inputs);
}
