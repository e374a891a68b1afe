const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** What an id names. The prefix makes a misplaced id visible, to people and to the server. */
export const PREFIX = {
	workspace: "wsp",
	member: "mem",
	space: "spc",
	topic: "top",
	post: "pst",
	ask: "ask",
	file: "fil",
	invitation: "inv",
	session: "ses",
	token: "tok",
	time_off: "off",
	group: "grp",
	draft: "drf",
	push: "psh",
	import: "imp",
	project: "prj",
	stage: "stg",
	label: "lbl",
	field: "fld",
	choice: "cho",
	view: "viw",
	series: "ser",
	rule: "rul",
	template: "tpl",
	form: "frm",
	step: "stp",
	wait: "wai",
	handoff: "han",
	goal: "goa",
	key_result: "krs",
	departure: "dep",
	operation: "op",
} as const;
export type Named = keyof typeof PREFIX;

/** Milliseconds and 12 bits below them: what orders the ids of this tab. */
let lastTick = 0n;

/**
 * A new id: a UUIDv7 in 26 digits of Crockford base32. Ids made in one tab ascend, also within a millisecond and when
 * the clock is set back.
 */
export function newId(named: Named, now = Date.now()): string {
	const random = crypto.getRandomValues(new BigUint64Array(2));
	const [high = 0n, low = 0n] = random;
	const tick = (BigInt(now) << 12n) | (high & 0xfffn);
	lastTick = tick > lastTick ? tick : lastTick + 1n;
	const version = 7n << 76n;
	const variant = 2n << 62n;
	const bits = ((lastTick >> 12n) << 80n) | version | ((lastTick & 0xfffn) << 64n) | variant | (low >> 2n);
	return `${PREFIX[named]}_${base32(bits)}`;
}

function base32(bits: bigint): string {
	let text = "";
	for (let digit = 25n; digit >= 0n; digit--) text += ALPHABET[Number((bits >> (5n * digit)) & 31n)];
	return text;
}

/** Whether `text` is an id of that kind. */
export function isId(text: string, named: Named): boolean {
	return new RegExp(`^${PREFIX[named]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`).test(text);
}
