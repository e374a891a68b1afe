/**
 * The words of an address that are worth a search: "/thread/k3qf7-route-without-signal" gives "route without signal". Of a space
 * they are its name and not that of a tab, of a board the key of the project that was asked for.
 */
export function wordsOfAddress(address: string): string {
	const [path = "", query = ""] = address.split("#")[0]?.split("?") ?? [];
	const project = new URLSearchParams(query).get("project");
	if (project) return project;
	const parts = path.split("/").filter(Boolean);
	const part = (parts[0] === "s" ? parts[1] : parts.at(-1)) ?? "";
	return part
		.replace(/^[2-9a-hjkmnp-z]{5}-/, "")
		.split(/[-_+\s]+/)
		.filter((word) => /\p{Letter}{2}/u.test(word))
		.join(" ");
}
