/** How long a title may be, and what is said of one that nears it. */
import { m } from "$paraglide/messages";

/** The most characters that the title of a task has. */
export const LONGEST_TITLE = 200;
/** From so few left on, the field counts them. */
const FEW_LEFT = 20;

/** Characters that may still be written; less than 0: so many are too many. Spaces at both ends are not kept. */
export const lettersLeft = (title: string): number => LONGEST_TITLE - [...title.trim()].length;

export const isTooLong = (title: string): boolean => lettersLeft(title) < 0;

/** What is wrong with its length; undefined when it may be saved. */
export function tooLongText(title: string): string | undefined {
	const left = lettersLeft(title);
	return left < 0 ? m.work_title_over({ count: -left, limit: LONGEST_TITLE }) : undefined;
}

/** How many characters are left, once they are few; undefined before, and when there are too many. */
export function leftText(title: string): string | undefined {
	const left = lettersLeft(title);
	return left >= 0 && left <= FEW_LEFT ? m.work_title_left({ count: left, limit: LONGEST_TITLE }) : undefined;
}
