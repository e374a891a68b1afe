import type { Attachment } from "svelte/attachments";
import { mutate, row } from "$data/index";

/** How long a post must have been in view before the mark moves, so that scrolling past sends one request. Milliseconds. */
const PATIENCE = 700;

/** Moves the read mark of a topic as the ends of its posts come into view, while the page is visible. */
export class ReadMark {
	#observer: IntersectionObserver;
	#highest = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** The person said "new from here": what is in view no longer counts. */
	#held = false;

	constructor(private readonly topic: string) {
		this.#observer = new IntersectionObserver((entries) => {
			for (const entry of entries)
				if (entry.isIntersecting) this.#saw(Number((entry.target as HTMLElement).dataset.end));
		});
		$effect(() => {
			const visible = () => document.visibilityState === "visible" && this.#plan();
			document.addEventListener("visibilitychange", visible);
			return () => {
				document.removeEventListener("visibilitychange", visible);
				clearTimeout(this.#timer);
				this.#send();
				this.#observer.disconnect();
			};
		});
	}

	/** For the end of each post. */
	ends: Attachment<HTMLElement> = (element) => {
		this.#observer.observe(element);
		return () => this.#observer.unobserve(element);
	};

	/** What was seen counts as read at once: who answers has read what they answer. */
	now(): void {
		clearTimeout(this.#timer);
		this.#send();
	}

	/** Posts from `no` on count as new again. */
	unreadFrom(no: number): () => void {
		this.#held = true;
		clearTimeout(this.#timer);
		const to = Math.max(0, no - 1);
		const done = mutate("mark.set", { topic: this.topic, read_no: to, done_no: to, unread: true });
		return () => {
			this.#held = false;
			done.undo?.();
		};
	}

	#saw(no: number): void {
		if (no > this.#highest) this.#highest = no;
		this.#plan();
	}

	#plan(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#send(), PATIENCE);
	}

	#send(): void {
		if (this.#held || document.visibilityState !== "visible") return;
		// A post that is not sent yet has no number on the server.
		const topic = row("topics", this.topic);
		const last = topic && !topic.pending ? topic.last_no : 0;
		const read = Math.min(this.#highest, last);
		if (read > (row("marks", this.topic)?.read_no ?? 0)) mutate("mark.set", { topic: this.topic, read_no: read });
	}
}
