/** The words of an address that are worth a search: "/thread/k3qf7-route-without-signal" gives "route without signal". */
export function wordsOfAddress(address: string): string {
	const last = address.split(/[?#]/)[0]?.split("/").filter(Boolean).at(-1) ?? "";
	return last
		.replace(/^[2-9a-hjkmnp-z]{5}-/, "")
		.split(/[-_+\s]+/)
		.filter((word) => /\p{Letter}{2}/u.test(word))
		.join(" ");
}
