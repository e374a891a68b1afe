import type { Health } from "$data/index";
import { m } from "$paraglide/messages";

/** How a project goes, from as planned to not. */
export const HEALTHS: readonly Health[] = ["on_track", "at_risk", "off_track"];

const WORDS: Record<Health, () => string> = {
	on_track: m.work_health_on_track,
	at_risk: m.work_health_at_risk,
	off_track: m.work_health_off_track,
};

/** How a project goes, in words. */
export const healthWords = (health: Health): string => WORDS[health]();
