/**
 * Whether the client has drawn for the first time. What stands beside the content and moves nothing (the rail, the day's
 * card) comes in the next frame: it was a quarter of the drawing.
 */
class FirstPicture {
	shown = $state(false);

	/** Call once, when the client is on the page. A key pressed meanwhile goes first. */
	follow(): void {
		const show = () => {
			this.shown = true;
		};
		requestAnimationFrame(() => {
			if ("requestIdleCallback" in globalThis) requestIdleCallback(show, { timeout: 100 });
			else setTimeout(show);
		});
	}
}

export const firstPicture = new FirstPicture();
