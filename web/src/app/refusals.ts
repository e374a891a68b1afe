/**
 * Why the server did not accept something, in the reader's language. The server speaks in English sentences for
 * programs and logs; here are the ones that people meet. What is not known keeps the server's sentence in English and
 * is told by its sort in other languages.
 */
import { m } from "$paraglide/messages";
import { preferences } from "./preferences.svelte";

/** What of a problem decides: a `Problem` of the data layer, or one that was kept. */
export interface Refusal {
	status: number;
	title: string;
	detail?: string | null;
	field?: string | null;
}

type Words = (found: RegExpExecArray) => string;

/** By the server's sentence; of an input that was refused, the sentence begins with the name of its field. */
const SENTENCES: readonly (readonly [RegExp, Words])[] = [
	[/^(.+) is archived: it can be read, not written\.$/, ([, name = ""]) => m.app_no_archived({ name })],
	[/^This thread is closed\./, () => m.app_no_closed()],
	[/^This thread is open\.$/, () => m.app_no_open()],
	[/^This post was removed/, () => m.app_no_post_removed()],
	[/^This post was edited meanwhile\./, () => m.app_no_post_edited()],
	[/^Somebody else has changed where this stands\.$/, () => m.app_no_summary()],
	[/^Only its author can edit a post\.$/, () => m.app_no_author_edits()],
	[/^Only its author or an admin can remove a post\.$/, () => m.app_no_author_removes()],
	[/^Only the person who asked can do this\.$/, () => m.app_no_asker()],
	[/^Only the person who was asked can do this\.$/, () => m.app_no_asked()],
	[/^Somebody else has taken this\.$/, () => m.app_no_taken()],
	[/^Only members of the group can take this\.$/, () => m.app_no_group()],
	[/^This ask is \w+( on)?\.$/, () => m.app_no_ask_over()],
	[/^Nobody covers for this person now\.$/, () => m.app_no_cover()],
	[/^This space has no lead\.$/, () => m.app_no_lead()],
	[/^Guests cannot /, () => m.app_no_guests()],
	[/^Only (an owner|admins|its members and admins) /, () => m.app_no_admins()],
	[/^A workspace needs an owner\./, () => m.app_no_last_owner()],
	[/^A private space needs a member\./, () => m.app_no_last_member()],
	[/^Only the member can set their own hours\.$/, () => m.app_no_own_hours()],
	[/^Set your (hours|time zone) first:/, () => m.app_no_hours_first()],
	[/^[\w.[\]]+: is empty\.$/, () => m.app_no_empty()],
	[/^[\w.[\]]+: is too long\.$/, () => m.app_no_too_long()],
	[/^[\w.[\]]+: (are too many|has too many entries)\.$/, () => m.app_no_too_many_entries()],
	[
		/^[\w.[\]]+: (is nobody here|is not an active member|names somebody who is not here|is no group here)\.$/,
		() => m.app_no_not_here(),
	],
	[/^[\w.[\]]+: (.+) cannot read this thread\.$/, ([, name = ""]) => m.app_no_cannot_read({ name })],
	[
		/^[\w.[\]]+: (is out of range|is not after the beginning|is not a local date and time|is not later|is not in the coming year|is not a day to come)\.$/,
		() => m.app_no_time(),
	],
];

/** One sentence for the person. */
export function refusalWords({ status, title, detail, field }: Refusal): string {
	const sentence = detail ?? title;
	for (const [form, words] of SENTENCES) {
		const found = form.exec(sentence);
		if (found) return words(found);
	}
	// The name of a field is for programs.
	const plain = field ? m.app_no_wrong() : sentence;
	return preferences.current.language === "en" && status >= 400 && status < 500 && status !== 404
		? plain
		: bySort(status);
}

function bySort(status: number): string {
	if (status < 400) return m.app_no_answer();
	if (status === 404) return m.app_no_gone();
	if (status === 403) return m.app_no_forbidden();
	if (status === 409) return m.app_no_meanwhile();
	if (status === 429) return m.app_no_too_many();
	return status >= 500 ? m.app_no_ours() : m.app_no_wrong();
}
