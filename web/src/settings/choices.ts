/** The choices of this device as the server keeps them for a member. */
import type { Choices } from "$app/preferences.svelte";
import type { Settings } from "$data/index";

const FIRST_DAYS: Partial<Record<Choices["firstWeekday"], Settings["first_weekday"]>> = {
	1: "mon",
	7: "sun",
	6: "sat",
};

/** Only what the server keeps; less motion is a matter of the device. */
export function choicesToSettings(changes: Partial<Choices>): Partial<Settings> {
	const { theme, density, textSize, singleKeys, language, hour12, firstWeekday } = changes;
	const first = firstWeekday && FIRST_DAYS[firstWeekday];
	return {
		...(theme && { theme }),
		...(density && { density }),
		...(textSize && { text_size: textSize as unknown as Settings["text_size"] }),
		...(singleKeys !== undefined && { single_keys: singleKeys }),
		...(language && { language }),
		...(hour12 !== undefined && { clock: hour12 ? ("12" as const) : ("24" as const) }),
		...(first && { first_weekday: first }),
	};
}
