/** When the page for coming back opens by itself: once for each time off, when the work begins again. */
import type { Delivery, MemberTime } from "$data/index";
import { timeAt } from "../time/member-time";

const PLACE = "meridian.away-opened";

/** Whether it is to open now; asked again for the same time off, the answer is no. */
export function openedAway(back: NonNullable<Delivery["came_back"]>, time: MemberTime, now: number): boolean {
	if (timeAt(time, now).kind !== "working") return false;
	try {
		if (localStorage.getItem(PLACE) === back.from) return false;
		localStorage.setItem(PLACE, back.from);
		return true;
	} catch {
		// A device that remembers nothing would open it again and again; the line in the inbox leads there.
		return false;
	}
}
