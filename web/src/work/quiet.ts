/** For how long nothing has changed, in words that do not pretend to be exact where nobody cares. */
import { m } from "$paraglide/messages";

const MONTH = 365.25 / 12;

/** Days up to two months, then months, then years. */
export function quietText(days: number): string {
	const months = Math.floor(days / MONTH);
	if (months < 2) return m.work_quiet({ count: days });
	if (months < 12) return m.work_quiet_months({ count: months });
	return m.work_quiet_years({ count: Math.floor(months / 12) });
}
