import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { sharedFiles } from "./chunks";

const at = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url));
const MESSAGES = at("paraglide/messages.js");

/** Each module with what it imports, what it imports later, and its code. */
function modules(graph: Record<string, { now?: string[]; later?: string[]; code?: string }>) {
	return {
		getModuleInfo(id: string) {
			const found = Object.entries(graph).find(([file]) => at(file) === id)?.[1];
			if (!found) return null;
			const { now = [], later = [], code = "" } = found;
			return { code, importedIds: now.map(at), dynamicallyImportedIds: later.map(at) };
		},
	};
}

it("puts together what every address needs and what the inbox shares; the inbox's own stays with it", () => {
	const files = sharedFiles(
		modules({
			"app/main.ts": {
				now: ["data/index.ts"],
				later: ["inbox/InboxScreen.svelte", "people/SignInScreen.svelte", "a.ts", "b.ts", "c.ts"],
			},
			"inbox/InboxScreen.svelte": { now: ["design/Chip.svelte", "inbox/row.ts"] },
			"people/SignInScreen.svelte": { now: ["people/Password.svelte"] },
			"a.ts": { now: ["design/Chip.svelte", "time/zones.ts", "people/Password.svelte"] },
			"b.ts": { now: ["time/zones.ts", "asks/one.ts"] },
			"c.ts": { now: ["time/zones.ts", "asks/one.ts"] },
		}),
	);
	expect(files.get(at("data/index.ts"))).toBe("shell");
	expect(files.get(at("design/Chip.svelte"))).toBe("shell");
	expect(files.get(at("inbox/row.ts"))).toBeUndefined();
	expect(files.get(at("people/Password.svelte"))).toBe("entry");
	expect(files.get(at("time/zones.ts"))).toBe("common");
	expect(files.get(at("asks/one.ts"))).toBeUndefined();
});

it("counts a message where it is said, not where all of them are named", () => {
	const files = sharedFiles(
		modules({
			"app/main.ts": { now: ["paraglide/messages.js"], later: ["inbox/InboxScreen.svelte"], code: "m.app_yes()" },
			"paraglide/messages.js": { now: ["paraglide/messages/_index.js"] },
			"paraglide/messages/_index.js": { now: ["paraglide/messages/app_yes.js", "paraglide/messages/inbox_no.js"] },
			"inbox/InboxScreen.svelte": { now: ["paraglide/messages.js"], code: "m.inbox_no()" },
		}),
	);
	expect(files.get(MESSAGES)).toBe("shell");
	expect(files.get(at("paraglide/messages/app_yes.js"))).toBe("shell");
	expect(files.get(at("paraglide/messages/inbox_no.js"))).toBeUndefined();
});
