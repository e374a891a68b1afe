/** Settings that are not kept offline: sent at once, told at once, and said plainly when that fails. */
import { api } from "$data/index";

/** One write, known to the server by a key of its own. */
export function write<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body: unknown = {}): Promise<T> {
	return api.request<T>(method, path, { body, key: crypto.randomUUID() });
}
