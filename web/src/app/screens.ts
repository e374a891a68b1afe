import type { Component } from "svelte";
import type { Route, RouteName, RouteOf } from "./routes";

/** What the router gives to every screen. */
export interface ScreenProps<Name extends RouteName = RouteName> {
	route: RouteOf<Name>;
}

type ScreenModule = { default: Component<{ route: Route }> };

/** Every screen is a file `src/{trade}/{Name}Screen.svelte`, loaded when it is first opened. */
const files = import.meta.glob<ScreenModule>(["../*/*Screen.svelte", "!../app/*"]);

const SCREENS: Record<Exclude<RouteName, "not-found">, string> = {
	inbox: "../inbox/InboxScreen.svelte",
	work: "../asks/WorkScreen.svelte",
	spaces: "../spaces/SpacesScreen.svelte",
	space: "../spaces/SpaceScreen.svelte",
	away: "../away/AwayScreen.svelte",
	direct: "../spaces/DirectScreen.svelte",
	"new-thread": "../threads/NewThreadScreen.svelte",
	thread: "../threads/ThreadScreen.svelte",
	task: "../work/TaskScreen.svelte",
	results: "../work/ResultsScreen.svelte",
	queue: "../work/QueueScreen.svelte",
	"sign-off": "../work/SignOffScreen.svelte",
	people: "../people/PeopleScreen.svelte",
	person: "../people/PersonScreen.svelte",
	"team-time": "../time/TeamTimeScreen.svelte",
	search: "../search/SearchScreen.svelte",
	settings: "../settings/SettingsScreen.svelte",
	admin: "../settings/AdminScreen.svelte",
	setup: "../people/SetupScreen.svelte",
	"sign-in": "../people/SignInScreen.svelte",
	invite: "../people/InviteScreen.svelte",
};

/** The screens that were fetched. */
const here = new Map<RouteName, ScreenModule["default"]>();

/** The screen of a route; null where the product has none. Rejects when its file cannot be fetched. */
export async function loadScreen(name: RouteName): Promise<ScreenModule["default"] | null> {
	const load = name === "not-found" ? undefined : files[SCREENS[name]];
	if (!load) return null;
	const Screen = (await load()).default;
	here.set(name, Screen);
	return Screen;
}

/** The screen of a route where its file is here already. */
export function screenHere(name: RouteName): ScreenModule["default"] | undefined {
	return here.get(name);
}

/** Fetches a screen before it is asked for: on hover, or when the network is idle. Failing is of no consequence. */
export function prefetchScreen(name: RouteName): void {
	loadScreen(name).catch(() => {});
}
