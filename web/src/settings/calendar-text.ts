/** The text of a calendar file: UTF-8 as the standard says, or the letters of Western Europe that old programs write. */
export function calendarText(bytes: ArrayBuffer): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder("windows-1252").decode(bytes);
	}
}
