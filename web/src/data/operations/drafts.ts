import type { DraftPlace, Id, Instant, SendWhen, ServerDraft } from "../types";
import type { ApiRequest, Definitions } from "./definition";

interface DraftText {
	id: Id;
	place: DraftPlace;
	title?: string | null;
	/** Markdown. */
	source: string;
	to?: Id[];
	/** The form of the ask, as it would be sent. */
	ask?: Record<string, unknown> | null;
	/** Uploaded already. */
	files?: Id[];
	/** Where it was written. */
	device: string;
	/** The version that this one was written over; 0 for a new draft. */
	version: number;
}

export interface DraftArguments {
	/** Keeps the text as it is now; an unsent one before it need not be sent any more. */
	"draft.put": DraftText;
	"draft.remove": { id: Id };
	/**
	 * Posts it later. The ids are of what will be made, so that it is made once. `expected`: the instant that the screen
	 * computed or was told, shown until the server confirms.
	 */
	"draft.send": { id: Id; when: SendWhen; post: Id; topic?: Id; ask?: Id; expected?: Instant };
	/** It stays a draft. */
	"draft.hold": { id: Id };
}

export const drafts: Definitions<DraftArguments> = {
	"draft.put": {
		request: put,
		lane: ({ id }) => id,
		creates: ({ id }) => [id],
		uses: ({ place }) => [place.kind === "topic" ? place.topic : undefined],
		replaces: () => "text",
		inherit: (args, { version }) => ({ ...args, version }),
		// The device's own word of before, whose answer was lost, is no other version.
		instead(args, current) {
			const there = current as ServerDraft | null;
			return there && there.device === args.device ? put({ ...args, version: there.version }) : undefined;
		},
		apply(rows, { title = null, to = [], ask = null, files = [], version, ...text }, { at }) {
			const had = rows.row("drafts", text.id);
			if (had && had.version > version) return;
			const sending = { send_at: had?.send_at ?? null, send_when: had?.send_when ?? null, problem: null };
			const written = { title, to, ask, files, version: version + 1, changed_at: at };
			rows.put("drafts", { ...text, ...written, ...sending });
		},
		// The text is on the device all the same, and the other version is shown beside it.
		quiet: true,
	},
	"draft.remove": {
		request: ({ id }) => ({ method: "DELETE", path: `/drafts/${id}` }),
		lane: ({ id }) => id,
		apply: (rows, { id }) => rows.remove("drafts", id),
		inverse(rows, { id }) {
			const draft = rows.row("drafts", id);
			return draft ? [{ name: "draft.put", args: { ...textOf(draft), version: 0 } }] : [];
		},
		quiet: true,
	},
	"draft.send": {
		request: ({ id, expected: _, ...what }) => ({ method: "POST", path: `/drafts/${id}/send`, body: what }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply(rows, { id, when, expected }) {
			const draft = rows.row("drafts", id);
			const send_at = when.kind === "at" ? when.at : (expected ?? null);
			if (draft) rows.put("drafts", { ...draft, send_at, send_when: when, problem: null });
		},
		inverse: (_rows, { id }) => [{ name: "draft.hold", args: { id } }],
	},
	"draft.hold": {
		request: ({ id }) => ({ method: "DELETE", path: `/drafts/${id}/send` }),
		lane: ({ id }) => id,
		uses: ({ id }) => [id],
		apply(rows, { id }) {
			const draft = rows.row("drafts", id);
			if (draft) rows.put("drafts", { ...draft, send_at: null, send_when: null });
		},
	},
};

function put({ id, ...text }: DraftText): ApiRequest {
	return { method: "PUT", path: `/drafts/${id}`, body: text };
}

function textOf({ id, place, title, source, to, ask, files, device }: ServerDraft): Omit<DraftText, "version"> {
	return { id, place, title, source, to, ask, files, device };
}
