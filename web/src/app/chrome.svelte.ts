/** What the open screen tells the shell about its frame on a phone. */
class Chrome {
	/** The screen shows its own bar (Reply, Done, Later), so the bar of places is not drawn. */
	itemBar = $state(false);
	/** The list of keys is open. */
	keysOpen = $state(false);
	/** The question before signing out while something is unsent. */
	signOutOpen = $state(false);
	/** The list of what waits to be sent. */
	waitingOpen = $state(false);
	/** The list of what the server did not take. */
	refusedOpen = $state(false);
	/** Said to screen readers. */
	announcement = $state("");
}

export const chrome = new Chrome();
