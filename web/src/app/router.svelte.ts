import { closeLayer } from "$design/layers";
import { addressOf, parseRoute, placeKey, type Route } from "./routes";

/** What this client keeps with each entry of the browser's history. */
interface Entry {
	/** Names the entry, for its scroll position. */
	key: string;
	/** The address of the link that led away from it: the row to return to. */
	left?: string;
	/** How many entries of this site are before it. */
	depth?: number;
}

type Leaving = () => boolean;

/** The items of the list from which the person opened one of them. */
interface Trail {
	/** The list's entry in the history. */
	list: string;
	/** Addresses in the order of the list. */
	items: readonly string[];
	/** The one that is open. */
	at: string;
}

/** Places that are items of lists. */
const ITEMS: ReadonlySet<Route["name"]> = new Set(["thread", "person"]);

class Router {
	/** Where the person is. */
	route = $state.raw<Route>({ name: "inbox", view: "today" });
	/** The part of the address after `#`, without it: "post-9". */
	anchor = $state.raw("");
	/** Counts arrivals, also at the same address. */
	visit = $state.raw(0);
	/** Why the present route was reached: only a return restores the scroll position. */
	arrival: "first" | "link" | "return" = "first";

	#key = "";
	#depth = 0;
	#goingBack = false;
	#left: string | undefined;
	#scroll = new Map<string, number>();
	#leaving = new Set<Leaving>();
	#trail: Trail | null = null;

	/** Begins to follow the address bar and the links of the page. Answers a function that stops it. */
	start(): () => void {
		history.scrollRestoration = "manual";
		this.#adopt(entryOf(history.state), "first");
		const stop = new AbortController();
		addEventListener("popstate", (event) => this.#returned(event), { signal: stop.signal });
		document.addEventListener("click", (event) => this.#clicked(event), { signal: stop.signal });
		addEventListener("pagehide", () => this.#keepScroll(), { signal: stop.signal });
		return () => stop.abort();
	}

	/** Goes to a place or to an address of this site. `replace` leaves no step back. */
	go(to: Route | string, { replace = false, from }: { replace?: boolean; from?: string } = {}): void {
		const address = typeof to === "string" ? to : addressOf(to);
		if (![...this.#leaving].every((mayLeave) => mayLeave())) return;
		this.#keepScroll();
		if (replace) {
			const here: Entry = { key: this.#key, depth: this.#depth };
			history.replaceState(here, "", address);
			this.#adopt(here, "link");
			return;
		}
		this.#trail = this.#trailTo(address) ?? this.#trail;
		history.replaceState({ key: this.#key, left: from ?? address, depth: this.#depth } satisfies Entry, "");
		const next: Entry = { key: crypto.randomUUID(), depth: this.#depth + 1 };
		history.pushState(next, "", address);
		this.#adopt(next, "link");
	}

	/** Corrects the address of the present place (a new tail after renaming) without an arrival. */
	correct(to: Route): void {
		const address = addressOf(to) + location.hash;
		history.replaceState(history.state, "", address);
		this.route = to;
	}

	/** Back to where the person came from, or to `otherwise` when they came from outside. */
	back(otherwise: Route | string = "/inbox"): void {
		// The old screen hears keys until the other one is there: a second press is not a second step.
		if (this.#goingBack) return;
		this.#goingBack = true;
		if (this.#depth === 0) this.go(otherwise);
		else history.back();
	}

	/** The screen of the present place is on the page. */
	arrived(): void {
		this.#goingBack = false;
	}

	/** The address of the next (1) or previous (-1) item in the list that the person came from; null at its end. */
	neighbour(step: 1 | -1): string | null {
		const place = this.place;
		const items = this.#trail?.items ?? [];
		const at = items.findIndex((address) => placeAt(address) === place);
		return at < 0 ? null : (items[at + step] ?? null);
	}

	/** Goes to the neighbour in the list; the way back leads to the list, to the row of what was seen last. */
	step(step: 1 | -1): boolean {
		const address = this.neighbour(step);
		if (address === null || !this.#trail) return false;
		this.#trail = { ...this.#trail, at: address };
		this.go(address, { replace: true });
		return true;
	}

	/** Asks before a link leads away. Answers a function that takes the question back. */
	beforeLeaving(mayLeave: Leaving): () => void {
		this.#leaving.add(mayLeave);
		return () => this.#leaving.delete(mayLeave);
	}

	/** Where the page was scrolled to when the person left this entry. */
	get scroll(): number {
		return this.#scroll.get(this.#key) ?? 0;
	}

	/** The address that was followed from here; after a return, the row that the person left. */
	get left(): string | undefined {
		return this.#left;
	}

	/** Names what is shown; a screen lives as long as it stays the same. */
	get place(): string {
		return placeKey(this.route);
	}

	#adopt(entry: Entry, arrival: Router["arrival"]): void {
		this.#key = entry.key;
		this.#left = entry.left;
		this.#depth = entry.depth ?? 0;
		this.arrival = arrival;
		this.route = parseRoute(new URL(location.href));
		this.anchor = decodeURIComponent(location.hash.slice(1));
		this.visit += 1;
	}

	#returned(event: PopStateEvent): void {
		const entry = entryOf(event.state);
		// Returned to where it was after a way back that closed a dialog.
		if (entry.key === this.#key) return;
		const steps = event.state ? this.#depth - (entry.depth ?? 0) : 0;
		if (steps > 0 && closeLayer()) {
			history.go(steps);
			return;
		}
		this.#keepScroll();
		const seen = this.#trail?.list === entry.key ? this.#trail.at : entry.left;
		// A fragment that the browser followed itself has no state.
		this.#adopt({ ...entry, left: seen }, event.state ? "return" : "link");
	}

	/** What the present list holds of the same sort as `address`; null where this is no list. */
	#trailTo(address: string): Trail | null {
		const { name } = routeAt(address);
		if (!ITEMS.has(name) || this.route.name === name) return null;
		const links = [...document.querySelectorAll<HTMLAnchorElement>("main a[href^='/']")];
		const items = new Map(
			links
				.map((link) => link.getAttribute("href") ?? "")
				.filter((href) => routeAt(href).name === name)
				.map((href) => [placeAt(href), href]),
		);
		return { list: this.#key, items: [...items.values()], at: address };
	}

	#keepScroll(): void {
		this.#scroll.set(this.#key, window.scrollY);
	}

	#clicked(event: MouseEvent): void {
		const link = linkToFollow(event);
		if (!link) return;
		event.preventDefault();
		const { pathname, search, hash } = new URL(link.href);
		const address = pathname + search + hash;
		const same = address === location.pathname + location.search + location.hash;
		this.go(address, { replace: same });
	}
}

/** The link that a click means to follow inside this client, or null: then the browser does what it does. */
export function linkToFollow(event: MouseEvent): HTMLAnchorElement | null {
	if (event.defaultPrevented || event.button !== 0) return null;
	if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
	const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
	if (!link || link.origin !== location.origin || link.hasAttribute("download")) return null;
	if (link.target && link.target !== "_self") return null;
	return link.pathname.startsWith("/api/") || link.getAttribute("href")?.startsWith("#") ? null : link;
}

const routeAt = (address: string) => parseRoute(new URL(address, location.origin));
const placeAt = (address: string) => placeKey(routeAt(address));

function entryOf(state: unknown): Entry {
	if (typeof state === "object" && state !== null && "key" in state) return state as Entry;
	const made: Entry = { key: crypto.randomUUID() };
	history.replaceState(made, "");
	return made;
}

/** The address of the client. */
export const router = new Router();
