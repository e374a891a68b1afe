/** The keys that the person has chosen in place of the product's own. */
class KeyMap {
	/** By the product's key: "e" gives "d". */
	changes = $state.raw<Readonly<Record<string, string>>>({});

	/** The key that does it for this person. */
	of(keys: string): string {
		return this.changes[keys] ?? keys;
	}
}

export const keyMap = new KeyMap();
