/** Notifications in this browser: whether it can, whether it may, whether it does. */
import { deviceOf, idOfEndpoint } from "$app/push-device";
import { subscriptionHere } from "$app/push-here";
import { api, type Id, type Instant } from "$data/index";

/** A browser that gets notifications. */
export interface PushDevice {
	id: Id;
	label: string;
	created_at: Instant;
	last_ok_at: Instant | null;
	/** Why the last one did not arrive. */
	problem: string | null;
}

/**
 * `insecure`: browsers want https. `install`: an iPhone allows it only to what stands on the home screen. `none`: it
 * cannot. `blocked`: the person, or somebody for them, forbade it.
 */
export type PushState = "looking" | "insecure" | "install" | "none" | "blocked" | "off" | "on";

/** Why turning it on did not work: the person said no, or the browser's own service gave no answer. */
export type PushFailure = "dismissed" | "failed";

export class Push {
	state = $state.raw<PushState>("looking");
	/** All of mine, this browser first. */
	devices = $state.raw<readonly PushDevice[]>([]);
	/** The id of this browser, where it gets notifications. */
	here = $state.raw<Id | null>(null);

	/** Looks at the browser and at the server. Rejects with the server's problem; the state of the browser is known even then. */
	async look(): Promise<void> {
		const subscription = await subscriptionHere();
		const id = subscription ? await idOfEndpoint(subscription.endpoint) : null;
		this.state = ability() ?? (subscription ? "on" : "off");
		const { items } = await api.get<{ items: PushDevice[] }>("/me/push");
		// The server forgets an address that no longer works: then this browser gets nothing, whatever it believes.
		this.here = items.some((device) => device.id === id) ? id : null;
		if (this.state === "on" && !this.here) this.state = "off";
		this.devices = items.toSorted(
			(a, b) => Number(b.id === id) - Number(a.id === id) || b.created_at.localeCompare(a.created_at),
		);
	}

	/** Asks the person, then the browser, then tells the server. Answers why it did not work; rejects with the server's problem. */
	async enable(): Promise<PushFailure | null> {
		const allowed = await Notification.requestPermission();
		if (allowed !== "granted") {
			this.state = ability() ?? "off";
			return allowed === "denied" ? null : "dismissed";
		}
		const { key } = await api.get<{ key: string }>("/push/key");
		const subscription = await subscribed(key).catch(() => null);
		if (!subscription) return "failed";
		await api.put("/me/push", await deviceOf(subscription, navigator.userAgent));
		await this.look();
		return null;
	}

	/** This browser gets nothing any more, also when the server cannot be told. */
	async disable(): Promise<void> {
		const { here } = this;
		await (await subscriptionHere())?.unsubscribe();
		this.here = null;
		this.state = ability() ?? "off";
		if (here) await this.remove(here);
	}

	async remove(id: Id): Promise<void> {
		await api.delete(`/me/push/${id}`);
		this.devices = this.devices.filter((device) => device.id !== id);
		if (id === this.here) await this.disable();
	}

	/** Sends one to all of my browsers. */
	test(): Promise<unknown> {
		return api.post("/me/push/test");
	}
}

/** What this browser cannot or may not; null when nothing stands in the way. */
function ability(): PushState | null {
	if (!isSecureContext) return "insecure";
	if (!("Notification" in globalThis) || !("PushManager" in globalThis) || !("serviceWorker" in navigator))
		return /iPhone|iPad/.test(navigator.userAgent) ? "install" : "none";
	return Notification.permission === "denied" ? "blocked" : null;
}

/** A subscription with the server's key. One that was made with another key is of no use and goes first. */
async function subscribed(key: string): Promise<PushSubscription> {
	const { pushManager } = await navigator.serviceWorker.ready;
	const options = { userVisibleOnly: true, applicationServerKey: key };
	try {
		return await pushManager.subscribe(options);
	} catch (problem) {
		const old = await pushManager.getSubscription();
		if (!old) throw problem;
		await old.unsubscribe();
		return await pushManager.subscribe(options);
	}
}
