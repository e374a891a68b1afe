import "$design/styles.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { fetchLanguage } from "./languages.svelte";
import { fetchLaterParts, whenIdle } from "./later-parts";
import { followNotifications } from "./notification-clicks";
import { preferences } from "./preferences.svelte";
import { router } from "./router.svelte";
import { prefetchScreen } from "./screens";
import { update } from "./update.svelte";
import { wire } from "./wire.svelte";

preferences.start();
router.start();
const painted = wire();
followNotifications();
// The screen comes while this device is still looking up what it has.
prefetchScreen(router.route.name);
// In the right language from the first word on; in English where it cannot be fetched. No await: the language's file
// needs this one to have run.
void fetchLanguage(preferences.current.language)
	.catch(() => {})
	.then(show);

function show(): void {
	const target = document.querySelector("#app");
	if (target) mount(App, { target });
}

// What this keeps for times without a network must not stand in the way of what is to be seen now.
void painted.then(() =>
	whenIdle(() => {
		fetchLaterParts();
		if (import.meta.env.PROD) update.start().catch(() => {});
	}),
);
