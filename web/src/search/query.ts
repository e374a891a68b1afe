/** The filters of a search as they stand in its text: to show them as chips and to take one out. */

export type FilterName = "in" | "from" | "before" | "after";

export interface Filter {
	name: FilterName;
	value: string;
}

/** A filter as the server reads it: its name, a colon, and a word or a text in quotation marks. */
const FILTER = /(?<![^\s])(in|from|before|after):("[^"]*"?|\S+)/giu;

/** The filters of a query, in the order they were typed; of one that is there twice the last counts. */
export function filtersOf(query: string): Filter[] {
	const found = new Map<FilterName, Filter>();
	for (const [, name = "", value = ""] of query.matchAll(FILTER)) {
		const known = name.toLowerCase() as FilterName;
		found.delete(known);
		found.set(known, { name: known, value: value.replaceAll('"', "") });
	}
	return [...found.values()];
}

/** The query without one of its filters. */
export function without(query: string, name: FilterName): string {
	return tidy(query.replace(FILTER, (whole, found: string) => (found.toLowerCase() === name ? "" : whole)));
}

/** The query with one filter set; it replaces one of the same name. */
export function withFilter(query: string, { name, value }: Filter): string {
	const text = /\s/.test(value) ? `"${value}"` : value;
	return tidy(`${without(query, name)} ${name}:${text}`);
}

/** The words without any filter. */
export function wordsOf(query: string): string {
	return tidy(query.replace(FILTER, ""));
}

const tidy = (query: string) => query.replace(/\s+/g, " ").trim();
