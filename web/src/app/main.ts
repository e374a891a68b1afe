import "$design/styles.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { followNotifications } from "./notification-clicks";
import { preferences } from "./preferences.svelte";
import { router } from "./router.svelte";
import { update } from "./update.svelte";
import { wire } from "./wire.svelte";

preferences.start();
router.start();
wire();
followNotifications();

const target = document.querySelector("#app");
if (target) mount(App, { target });

if (import.meta.env.PROD) update.start().catch(() => {});
