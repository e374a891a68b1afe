import { expect, it } from "vitest";
import { choicesToSettings } from "./choices";

it("tells the server only what it keeps", () => {
	expect(choicesToSettings({ hour12: true, firstWeekday: 7, textSize: 110 })).toEqual({
		clock: "12",
		first_weekday: "sun",
		text_size: 110,
	});
	expect(choicesToSettings({ hour12: false, singleKeys: false, theme: "dark" })).toEqual({
		clock: "24",
		single_keys: false,
		theme: "dark",
	});
	expect(choicesToSettings({ lessMotion: true, firstWeekday: 3 })).toEqual({});
});
