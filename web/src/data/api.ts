import { OnTheirWay } from "./ahead";

/** Why a request did not succeed. */
export class Problem extends Error {
	override readonly name = "Problem";

	constructor(
		/** HTTP status; 0 when no answer of the server arrived. */
		readonly status: number,
		/** One sentence for people. */
		readonly title: string,
		readonly extra: {
			detail?: string;
			/** The field of the request that was at fault. */
			field?: string;
			type?: string;
			code?: string;
			/** What the server's log has about it. */
			id?: string;
			/** Everything the server sent. */
			body?: Record<string, unknown>;
			/** Milliseconds to wait before the next try, when the server said so. */
			retryAfter?: number;
		} = {},
	) {
		super(title);
	}

	get field(): string | undefined {
		return this.extra.field;
	}
	/** The rule that said no, in a word that stays as it is. */
	get code(): string | undefined {
		return this.extra.code;
	}
	get detail(): string | undefined {
		return this.extra.detail;
	}

	/** The request may well succeed later, unchanged. What is not a problem that our server wrote is one of these. */
	get passing(): boolean {
		const { status } = this;
		return status < 400 || status >= 500 || status === 408 || status === 425 || status === 429;
	}

	/** Nobody is signed in any more. */
	get signedOut(): boolean {
		return this.status === 401;
	}

	/** What can be kept and shown later. */
	toJSON(): PlainProblem {
		const { status, title, detail = null, field = null, code = null } = this;
		return { status, title, detail, field, code };
	}
}

export interface PlainProblem {
	status: number;
	title: string;
	detail: string | null;
	field: string | null;
	/** Absent in what an older version kept. */
	code?: string | null;
}

export interface RequestOptions {
	query?: Record<string, string | number | boolean | null | undefined>;
	/** Sent as JSON, or as it is when it is a `Blob`. */
	body?: unknown;
	/** Idempotency-Key. */
	key?: string;
	signal?: AbortSignal;
	/** Milliseconds. */
	timeout?: number;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The public API of the server that served this page. Paths are below `/api/v1`. */
export class Api {
	/** Called when an answer says that nobody is signed in. */
	onSignedOut: () => void = () => {};
	/** Called with the time that an answer says it is at the server, and when it was asked for by this device's clock. */
	onTime: (server: string | null, sent: number) => void = () => {};

	constructor(
		private readonly base = "/api/v1",
		private readonly send: typeof fetch = (input, init) => fetch(input, init),
		/** What the page asked for already. */
		readonly ahead = new OnTheirWay(),
	) {}

	get<T>(path: string, query?: RequestOptions["query"], options?: RequestOptions): Promise<T> {
		return this.request("GET", path, { ...options, query });
	}
	post<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> {
		return this.request("POST", path, { ...options, body });
	}
	put<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> {
		return this.request("PUT", path, { ...options, body });
	}
	patch<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> {
		return this.request("PATCH", path, { ...options, body });
	}
	delete<T = void>(path: string, options?: RequestOptions): Promise<T> {
		return this.request("DELETE", path, options);
	}

	/** The answer's JSON, or `undefined` for an answer without content. Throws `Problem` and nothing else. */
	async request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
		const response = await this.#fetch(method, path, options);
		if (response.ok) return await answer<T>(response);
		const problem = await problemOf(response);
		if (problem.signedOut) this.ahead.drop();
		// A wrong password is answered 401 as well; that ends no session.
		if (problem.signedOut && !(method === "POST" && path === "/sessions")) this.onSignedOut();
		throw problem;
	}

	async #fetch(method: Method, path: string, options: RequestOptions): Promise<Response> {
		const { body, key, signal, timeout = 30_000 } = options;
		const headers = new Headers({ accept: "application/json" });
		if (key) headers.set("idempotency-key", key);
		const raw = body instanceof Blob;
		if (body !== undefined)
			headers.set("content-type", raw ? body.type || "application/octet-stream" : "application/json");
		const signals = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
		const init: RequestInit = { method, headers, signal: AbortSignal.any(signals), cache: "no-store" };
		if (body !== undefined) init.body = raw ? body : JSON.stringify(body);
		const where = `${path}${queryOf(options.query)}`;
		if (method !== "GET") this.ahead.drop();
		const ahead = this.ahead.take(where);
		const sent = ahead?.sent ?? Date.now();
		try {
			const response = await (ahead ? present(ahead.response) : this.send(`${this.base}${where}`, init));
			this.onTime(response.headers.get("meridian-now"), sent);
			return response;
		} catch {
			throw unreachable();
		}
	}
}

async function present(answer: Promise<Response | undefined>): Promise<Response> {
	return (await answer) ?? Promise.reject(unreachable());
}

function queryOf(query: RequestOptions["query"]): string {
	const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
	const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
	return text && `?${text}`;
}

/** A network's sign-in page answers 200 with HTML: that is not an answer of the server. */
async function answer<T>(response: Response): Promise<T> {
	if (response.status === 204) return undefined as T;
	if (!typeOf(response).includes("json")) throw unreachable();
	try {
		return (await response.json()) as T;
	} catch {
		throw unreachable();
	}
}

async function problemOf(response: Response): Promise<Problem> {
	const retryAfter = waitOf(response.headers.get("retry-after"));
	const body = typeOf(response).includes("problem+json") ? await json(response) : undefined;
	if (!body) {
		// Something between us and the server answered. Only "too large" is a verdict on the request itself.
		const status = response.status === 413 || response.status >= 500 || response.status === 429 ? response.status : 0;
		return new Problem(status, `The server could not be reached (${response.status}).`, { retryAfter });
	}
	const text = (name: string) => (typeof body[name] === "string" ? (body[name] as string) : undefined);
	return new Problem(response.status, text("title") ?? `The server answered ${response.status}.`, {
		detail: text("detail"),
		field: text("field"),
		type: text("type"),
		code: text("code"),
		id: text("id"),
		body,
		retryAfter,
	});
}

async function json(response: Response): Promise<Record<string, unknown> | undefined> {
	try {
		const body: unknown = await response.json();
		return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}

const typeOf = (response: Response) => response.headers.get("content-type") ?? "";
const unreachable = () => new Problem(0, "The server could not be reached.");

/** Retry-After, in seconds or as a date, in milliseconds. */
function waitOf(header: string | null): number | undefined {
	if (!header) return undefined;
	const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
	return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
