/** One browser that gets pushes, as the server keeps it. For the page and for the service worker. */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** The body of `PUT /me/push`. */
export interface PushDevice {
	id: string;
	endpoint: string;
	p256dh: string;
	auth: string;
	/** How a person knows it again: "Firefox, Linux". */
	label: string;
}

/** What a browser's subscription says of itself. */
interface Subscription {
	endpoint: string;
	toJSON(): { keys?: Record<string, string> };
}

/** A browser's subscription as the server wants it. Throws where the browser gave no keys. */
export async function deviceOf(subscription: Subscription, userAgent: string): Promise<PushDevice> {
	const { p256dh, auth } = subscription.toJSON().keys ?? {};
	if (!p256dh || !auth) throw new Error("The browser gave no keys.");
	return {
		id: await idOfEndpoint(subscription.endpoint),
		endpoint: subscription.endpoint,
		p256dh,
		auth,
		label: labelOf(userAgent),
	};
}

/**
 * The id of a subscription, made from its endpoint: page and service worker name the same one without keeping anything.
 */
export async function idOfEndpoint(endpoint: string): Promise<string> {
	const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
	const view = new DataView(hash);
	const bits = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
	let id = "psh_";
	for (let digit = 25n; digit >= 0n; digit--) id += ALPHABET[Number((bits >> (5n * digit)) & 31n)];
	return id;
}

/** The first name in a user agent that fits, the special before the general: every browser also says that it is another. */
const BROWSERS: readonly [RegExp, string][] = [
	[/Edg(?:A|iOS)?\//, "Edge"],
	[/OPR\//, "Opera"],
	[/SamsungBrowser\//, "Samsung Internet"],
	[/Firefox\/|FxiOS\//, "Firefox"],
	[/Chrome\/|CriOS\//, "Chrome"],
	[/Safari\//, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
	[/iPhone/, "iPhone"],
	[/iPad/, "iPad"],
	[/Android/, "Android"],
	[/CrOS/, "ChromeOS"],
	[/Mac OS X/, "macOS"],
	[/Windows/, "Windows"],
	[/Linux/, "Linux"],
];

/** "Firefox, Linux": names only, so that it reads in every language. */
export function labelOf(userAgent: string): string {
	const named = (names: readonly [RegExp, string][]) => names.find(([form]) => form.test(userAgent))?.[1];
	return [named(BROWSERS), named(SYSTEMS)].filter(Boolean).join(", ") || "Browser";
}
