/** Where the service worker puts what another program shared, for the page to take. */
export const SHARED = "meridian-shared";
export const SHARED_WORDS = "/shared/words";
export const SHARED_FILE = "/shared/file/";
/** The header with a file's name, encoded. */
export const FILE_NAME = "meridian-file-name";

/** What another program may share, as the manifest names it. */
export interface SharedWords {
	title: string;
	text: string;
	url: string;
}
