/** Every primitive on one page, for the eye. Served by `npm run dev`, not part of the build. `?shell` shows the shell, `?theme=dark` the dark theme. */
import "$design/styles.css";
import { mount } from "svelte";
import { firstPicture } from "$app/first-picture.svelte";
import { preferences } from "$app/preferences.svelte";
import Gallery from "./Gallery.svelte";
import ShellView from "./ShellView.svelte";

const wanted = new URLSearchParams(location.search);
preferences.start();
const theme = wanted.get("theme");
if (theme === "light" || theme === "dark") preferences.set({ theme });
else preferences.set({ theme: "system" });
const language = wanted.get("language");
preferences.set({ language: language === "es" || language === "pt" ? language : "en", hour12: false, firstWeekday: 1 });

firstPicture.follow();

const target = document.querySelector("#app");
if (target) mount(wanted.has("shell") ? ShellView : Gallery, { target });
