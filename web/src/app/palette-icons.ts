/** The icons of commands that come from the first screen: they are loaded with the palette, not with that screen. */
import AlarmClock from "@lucide/svelte/icons/alarm-clock";
import ArrowRight from "@lucide/svelte/icons/arrow-right";
import Check from "@lucide/svelte/icons/check";
import CircleQuestionMark from "@lucide/svelte/icons/circle-question-mark";
import Hand from "@lucide/svelte/icons/hand";
import Mail from "@lucide/svelte/icons/mail";
import Reply from "@lucide/svelte/icons/reply";
import type { IconType } from "$design/Icon.svelte";
import type { Command } from "./palette.svelte";

const ICONS: Readonly<Record<string, IconType>> = {
	"inbox open": ArrowRight,
	"inbox reply": Reply,
	"inbox done": Check,
	"inbox later": AlarmClock,
	"inbox new": Mail,
	"inbox why": CircleQuestionMark,
	"inbox take": Hand,
};

/** The command's own icon, else one that is known by its id. */
export function iconOf({ id, icon }: Pick<Command, "id" | "icon">): IconType | undefined {
	return icon ?? (Object.hasOwn(ICONS, id) ? ICONS[id] : undefined);
}
