/** The subscription of this browser to pushes, if it has one. */
export async function subscriptionHere(): Promise<PushSubscription | null> {
	const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
	return (await registration?.pushManager?.getSubscription()) ?? null;
}

/** Nobody is signed in here: whoever comes next must not see notifications for somebody else. The server learns it at its next try. */
export async function silence(): Promise<void> {
	const subscription = await subscriptionHere().catch(() => null);
	await subscription?.unsubscribe().catch(() => false);
}
