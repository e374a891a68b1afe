import "$design/styles.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { preferences } from "./preferences.svelte";
import { router } from "./router.svelte";
import { update } from "./update.svelte";

/** The data layer fills `session` and begins to follow the server. */
const data = import.meta.glob<() => void>("../data/start.ts", { eager: true, import: "start" });

preferences.start();
router.start();
for (const start of Object.values(data)) start();

const target = document.querySelector("#app");
if (target) mount(App, { target });

if (import.meta.env.PROD) update.start().catch(() => {});
