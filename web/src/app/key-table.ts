import { m } from "$paraglide/messages";

/** A key that a person may change. */
export interface TableKey {
	/** The product's own. */
	keys: string;
	label: () => string;
}

/** The keys of the product (ui.md 1.5), in the order in which they are listed. Which of them work depends on the screen. */
export const KEY_TABLE: readonly TableKey[] = [
	{ keys: "j", label: m.app_key_next },
	{ keys: "k", label: m.app_key_previous },
	{ keys: "o", label: m.app_open },
	{ keys: "u", label: m.app_key_back },
	{ keys: "e", label: m.app_key_done },
	{ keys: "s", label: m.app_key_later },
	{ keys: "r", label: m.app_key_reply },
	{ keys: "a", label: m.app_key_ask },
	{ keys: "p", label: m.app_key_pass },
	{ keys: "y", label: m.app_key_accept },
	{ keys: "m", label: m.app_move },
	{ keys: "x", label: m.app_key_select },
	{ keys: "shift+x", label: m.app_key_range },
	{ keys: "shift+u", label: m.app_key_new },
	{ keys: "[", label: m.app_key_previous_item },
	{ keys: "]", label: m.app_key_next_item },
	{ keys: "t", label: m.app_key_their_times },
	{ keys: "l", label: m.app_key_link },
	{ keys: "z", label: m.app_undo },
	{ keys: "c", label: m.app_new_thread },
	{ keys: "/", label: m.app_search_here },
	{ keys: "?", label: m.app_all_keys },
	{ keys: "g i", label: m.app_inbox },
	{ keys: "g w", label: m.app_work },
	{ keys: "g p", label: m.app_people },
	{ keys: "g t", label: m.app_team_time },
	{ keys: "g s", label: m.app_spaces },
	{ keys: "g o", label: m.app_sign_off },
];

/** Keys that move and confirm in every program, and those of the browser, cannot be chosen. */
export function mayBeChosen(chord: string): boolean {
	return /^(?:shift\+)?(?:[^\s+]|\+)$/u.test(chord);
}

/** What the table has on that key already, under the person's changes. */
export function takenBy(
	chord: string,
	except: string,
	changes: Readonly<Record<string, string>>,
): TableKey | undefined {
	return KEY_TABLE.find(({ keys }) => keys !== except && (changes[keys] ?? keys) === chord);
}

/** The changes with one more; the product's own key is no change. */
export function withKey(
	changes: Readonly<Record<string, string>>,
	keys: string,
	chord: string | null,
): Record<string, string> {
	const { [keys]: _, ...others } = changes;
	return chord === null || chord === keys ? others : { ...others, [keys]: chord };
}
