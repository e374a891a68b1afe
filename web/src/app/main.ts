import "$design/styles.css";
import { mount } from "svelte";
import { remembered } from "$data/index";
import App from "./App.svelte";
import { firstPicture } from "./first-picture.svelte";
import { fetchLanguage } from "./languages.svelte";
import { fetchLaterParts, whenIdle } from "./later-parts";
import { followNotifications } from "./notification-clicks";
import { preferences } from "./preferences.svelte";
import { router } from "./router.svelte";
import { loadScreen, prefetchScreen } from "./screens";
import { update } from "./update.svelte";
import { wire } from "./wire.svelte";

preferences.start();
router.start();
const painted = wire();
followNotifications();
// The screen comes while this device is still looking up what it has.
prefetchScreen(router.route.name);

/** How long the first picture waits for what this device has, so that it is drawn once and whole. Milliseconds. */
const DEVICE = 100;

// In the right language from the first word on; in English where it cannot be fetched. No await: the language's file
// needs this one to have run. Where nobody is remembered everything comes over the network: the shell shows at once.
void Promise.allSettled([
	fetchLanguage(preferences.current.language),
	remembered() ? within(DEVICE, Promise.all([painted, loadScreen(router.route.name)])) : undefined,
]).then(show);

function within(milliseconds: number, work: Promise<unknown>): Promise<unknown> {
	return Promise.race([work, new Promise((done) => setTimeout(done, milliseconds))]);
}

function show(): void {
	const target = document.querySelector("#app");
	if (target) mount(App, { target });
	firstPicture.follow();
}

// What this keeps for times without a network must not stand in the way of what is to be seen now.
void painted.then(() =>
	whenIdle(() => {
		fetchLaterParts();
		if (import.meta.env.PROD) update.start().catch(() => {});
	}),
);
