import type { FileCard } from "$data/types";

/** How a file on its way stands. `waiting`: there is no network; it is sent when there is one. */
export type UploadState = "waiting" | "sending" | "done" | "refused";

/** One file that was picked, dropped or pasted. */
export class Upload {
	state = $state<UploadState>("waiting");
	/** 0 to 1. */
	progress = $state(0);
	card = $state.raw<FileCard | null>(null);
	/** Why the server would not take it. */
	problem = $state<string | null>(null);
	/** An address of the file on this device, for images. */
	readonly preview: string | null;
	#request: XMLHttpRequest | null = null;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#tries = 0;

	constructor(
		readonly key: string,
		readonly file: File,
		private readonly changed: (upload: Upload) => void,
	) {
		this.preview = file.type.startsWith("image/") && file.type !== "image/svg+xml" ? URL.createObjectURL(file) : null;
	}

	get settled(): boolean {
		return this.state === "done";
	}

	/** Sends it, or tries again. */
	send = (): void => {
		clearTimeout(this.#retry);
		if (this.state === "done" || this.state === "sending") return;
		if (this.file.size > LARGEST) {
			this.#refuse(null);
			return;
		}
		this.problem = null;
		this.progress = 0;
		this.state = "sending";
		const request = new XMLHttpRequest();
		this.#request = request;
		request.open("POST", `/api/v1/files?name=${encodeURIComponent(this.file.name)}`);
		request.setRequestHeader("content-type", this.file.type || "application/octet-stream");
		request.upload.onprogress = (event) => {
			if (event.lengthComputable) this.progress = event.loaded / event.total;
		};
		request.onload = () => this.#answered(request);
		request.onerror = () => this.#later();
		request.ontimeout = () => this.#later();
		request.send(this.file);
	};

	/** Stops it and lets go of what it holds. */
	stop(): void {
		clearTimeout(this.#retry);
		this.#request?.abort();
		if (this.preview) URL.revokeObjectURL(this.preview);
	}

	#answered(request: XMLHttpRequest): void {
		const answer = parsed(request.responseText);
		if (request.status === 201 || request.status === 200) {
			this.card = answer as FileCard;
			this.state = "done";
			this.changed(this);
		} else if (
			request.status === 413 ||
			(request.status >= 400 && request.status < 500 && ![401, 408, 429].includes(request.status))
		)
			this.#refuse(titleOf(answer));
		else this.#later();
	}

	#refuse(problem: string | null): void {
		this.problem = problem;
		this.state = "refused";
	}

	#later(): void {
		this.state = "waiting";
		this.#tries += 1;
		this.#retry = setTimeout(this.send, Math.min(30_000, 1_000 * 2 ** this.#tries));
	}
}

/** The server takes no larger ones. Bytes. */
export const LARGEST = 100 * 1024 * 1024;

/** The files of one composer. */
export class Uploads {
	items = $state.raw<readonly Upload[]>([]);
	/** Files that came with a draft and are on the server already. */
	kept = $state.raw<readonly FileCard[]>([]);
	#last = 0;

	constructor(private readonly arrived: (upload: Upload) => void) {
		$effect(() => {
			const wake = () => {
				for (const upload of this.items) if (upload.state === "waiting") upload.send();
			};
			addEventListener("online", wake);
			return () => removeEventListener("online", wake);
		});
		$effect(() => () => {
			for (const upload of this.items) upload.stop();
		});
	}

	/** Begins to send files; answers the uploads. */
	add(files: Iterable<File>): Upload[] {
		const added = [...files].map((file) => new Upload(`u${++this.#last}`, named(file), this.arrived));
		this.items = [...this.items, ...added];
		for (const upload of added) upload.send();
		return added;
	}

	remove(upload: Upload): void {
		upload.stop();
		this.items = this.items.filter((other) => other !== upload);
	}

	removeKept(card: FileCard): void {
		this.kept = this.kept.filter((other) => other.id !== card.id);
	}

	/** Lets go of everything; what was sent stays on the server with its post. */
	clear(): void {
		for (const upload of this.items) upload.stop();
		this.items = [];
		this.kept = [];
	}

	get cards(): FileCard[] {
		return [...this.kept, ...this.items.flatMap((upload) => upload.card ?? [])];
	}

	/** Something is not on the server yet. */
	get unfinished(): boolean {
		return this.items.some((upload) => !upload.settled);
	}
}

/** Pasted screenshots are all called image.png: they get the time in their name. */
function named(file: File): File {
	if (!/^image\.(png|jpe?g)$/i.test(file.name)) return file;
	const at = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
	return new File([file], `${at}.${file.name.split(".").at(-1)}`, { type: file.type });
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function titleOf(problem: unknown): string | null {
	const { detail, title } = (problem ?? {}) as { detail?: unknown; title?: unknown };
	if (typeof detail === "string") return detail;
	return typeof title === "string" ? title : null;
}
