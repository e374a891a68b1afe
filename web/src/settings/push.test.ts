import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { idOfEndpoint } from "$app/push-device";
import { api } from "$data/index";
import { Push } from "./push.svelte";

const ENDPOINT = "https://push.example/abc";

/** A browser with the parts that pushes need; `subscribe` may be replaced by a test. */
function browser(permission: NotificationPermission, asked: NotificationPermission = permission) {
	const state = { subscription: null as object | null };
	const subscription = {
		endpoint: ENDPOINT,
		toJSON: () => ({ keys: { p256dh: "key", auth: "auth" } }),
		unsubscribe: async () => {
			state.subscription = null;
			return true;
		},
	};
	const subscribe = vi.fn(async () => {
		state.subscription = subscription;
		return subscription;
	});
	const pushManager = { subscribe, getSubscription: async () => state.subscription };
	const registration = { pushManager };
	vi.stubGlobal("isSecureContext", true);
	vi.stubGlobal("PushManager", class {});
	vi.stubGlobal("Notification", { permission, requestPermission: async () => asked });
	vi.stubGlobal("navigator", {
		userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		serviceWorker: { ready: Promise.resolve(registration), getRegistration: async () => registration },
	});
	return { state, subscription, subscribe };
}

const device = (id: string, created_at = "2026-11-20T10:00:00Z") => ({
	id,
	label: "Firefox, Linux",
	created_at,
	last_ok_at: null,
	problem: null,
});

let kept: ReturnType<typeof device>[] = [];

beforeEach(() => {
	kept = [device("psh_other", "2026-11-24T10:00:00Z")];
	vi.spyOn(api, "get").mockImplementation(
		async (path) => (path === "/push/key" ? { key: "server" } : { items: kept }) as never,
	);
	vi.spyOn(api, "put").mockImplementation(async (_path, body) => {
		kept = [...kept, device((body as { id: string }).id)];
		return undefined as never;
	});
	vi.spyOn(api, "delete").mockImplementation(async (path) => {
		kept = kept.filter(({ id }) => !path.endsWith(id));
		return undefined as never;
	});
});
afterEach(() => {
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

describe("a browser", () => {
	it("is turned on: asked, subscribed with the server's key, told to the server", async () => {
		const { subscribe } = browser("default", "granted");
		const push = new Push();
		await push.look();
		expect(push.state).toBe("off");
		expect(await push.enable()).toBeNull();
		expect(subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: "server" });
		expect(api.put).toHaveBeenCalledWith("/me/push", {
			id: await idOfEndpoint(ENDPOINT),
			endpoint: ENDPOINT,
			p256dh: "key",
			auth: "auth",
			label: "Firefox, Linux",
		});
		expect(push.state).toBe("on");
		expect(push.devices.map(({ id }) => id)).toEqual([push.here, "psh_other"]);
	});

	it("is turned off, also when the server cannot be told", async () => {
		const { state } = browser("granted");
		const push = new Push();
		await push.enable();
		vi.mocked(api.delete).mockRejectedValue(new Error("offline"));
		await expect(push.disable()).rejects.toThrow();
		expect(state.subscription).toBeNull();
		expect(push.state).toBe("off");
	});

	it("makes a new subscription when the server has another key", async () => {
		const { state, subscription, subscribe } = browser("granted");
		state.subscription = subscription;
		subscribe.mockRejectedValueOnce(new DOMException("other key", "InvalidStateError"));
		const push = new Push();
		expect(await push.enable()).toBeNull();
		expect(push.state).toBe("on");
	});

	it("is off when the server has forgotten it", async () => {
		const { state, subscription } = browser("granted");
		state.subscription = subscription;
		const push = new Push();
		await push.look();
		expect(push.state).toBe("off");
		expect(push.here).toBeNull();
	});

	it("says why it is not on", async () => {
		const blocked = browser("denied");
		const push = new Push();
		await push.look();
		expect(push.state).toBe("blocked");
		expect(blocked.subscribe).not.toHaveBeenCalled();

		browser("default");
		expect(await new Push().enable()).toBe("dismissed");

		const broken = browser("granted");
		broken.subscribe.mockRejectedValue(new DOMException("no service", "AbortError"));
		expect(await new Push().enable()).toBe("failed");
	});

	it("says what it cannot do", async () => {
		browser("default");
		vi.stubGlobal("isSecureContext", false);
		const push = new Push();
		await push.look();
		expect(push.state).toBe("insecure");

		vi.stubGlobal("isSecureContext", true);
		vi.stubGlobal("navigator", { userAgent: "iPhone" });
		await push.look();
		expect(push.state).toBe("install");
	});
});
