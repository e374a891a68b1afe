import { pathToOpen } from "./push-message";
import { router } from "./router.svelte";

/** Goes where a pressed notification leads, in this page: what is half written stays. */
export function followNotifications(): void {
	navigator.serviceWorker?.addEventListener("message", (event) => {
		const path = pathToOpen(event.data);
		if (path) router.go(path);
	});
}
