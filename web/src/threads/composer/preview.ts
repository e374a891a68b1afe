import { DOMSerializer } from "@tiptap/pm/model";
import { fromMarkdown, postSchema } from "./markdown";

/**
 * The HTML of a post that the server has not rendered yet. It comes from the editor's schema, which has no place for
 * scripts, handlers or foreign addresses.
 */
export function htmlOf(source: string): string {
	const page = document.createElement("div");
	page.append(DOMSerializer.fromSchema(postSchema).serializeFragment(fromMarkdown(source).content));
	return page.innerHTML;
}
