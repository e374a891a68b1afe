/** Rules of RFC 5545 about days, in words. */
import { clock, type TimeStyle } from "$design/time";
import { m } from "$paraglide/messages";

const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
const WORKING = "MO,TU,WE,TH,FR";

/** The parts of a rule by name. */
export function partsOf(rule: string): Record<string, string> {
	const pairs = rule
		.toUpperCase()
		.replace(/^RRULE:/, "")
		.split(";")
		.map((part) => part.split("=", 2));
	return Object.fromEntries(pairs.filter(([name, value]) => name && value)) as Record<string, string>;
}

/** What is offered for a task of that date: the common rules. */
export function commonRules(date: string): string[] {
	const at = new Date(`${date}T00:00:00Z`);
	const day = DAYS[(at.getUTCDay() + 6) % 7] ?? "MO";
	const inMonth = at.getUTCDate();
	const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
	const week = Math.ceil(inMonth / 7);
	return [
		"FREQ=DAILY",
		`FREQ=WEEKLY;BYDAY=${WORKING}`,
		`FREQ=WEEKLY;BYDAY=${day}`,
		`FREQ=WEEKLY;INTERVAL=2;BYDAY=${day}`,
		inMonth === last ? "FREQ=MONTHLY;BYMONTHDAY=-1" : `FREQ=MONTHLY;BYMONTHDAY=${inMonth}`,
		`FREQ=MONTHLY;BYDAY=${week > 4 ? -1 : week}${day}`,
		`FREQ=MONTHLY;BYDAY=${WORKING};BYSETPOS=-1`,
		"FREQ=YEARLY",
	];
}

/** "Every second Monday at 15:00", "On the last working day of every month". `date`: the day on which it begins. */
export function repeatText(
	{ rule, time, begins_on: date }: { rule: string; time: string | null; begins_on: string },
	style: TimeStyle,
): string {
	const parts = partsOf(rule);
	const base = baseText(rule, parts, date, style);
	const timed = time ? m.work_repeat_at({ what: base, time: clock(`2025-01-01T${time}:00Z`, utc(style)) }) : base;
	if (parts.UNTIL) {
		const { UNTIL: until } = parts;
		const end = `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`;
		return m.work_repeat_until({ what: timed, day: dayText(end, style, true) });
	}
	return parts.COUNT ? m.work_repeat_times({ what: timed, count: Number(parts.COUNT) }) : timed;
}

function baseText(rule: string, parts: Record<string, string>, date: string, style: TimeStyle): string {
	const count = Number(parts.INTERVAL ?? 1);
	const own = DAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] ?? "MO";
	const days = (parts.BYDAY ?? "").split(",").filter(Boolean);
	const plain = days.every((day) => (DAYS as readonly string[]).includes(day));
	const extra = ["BYYEARDAY", "BYWEEKNO"].some((name) => parts[name]) || (parts.FREQ !== "YEARLY" && parts.BYMONTH);
	const odd = m.work_repeat_by_rule({ rule });
	if (extra) return odd;
	switch (parts.FREQ) {
		case "DAILY":
			return days.length > 0 || parts.BYMONTHDAY
				? odd
				: count === 1
					? m.work_repeat_daily()
					: m.work_repeat_days({ count });
		case "WEEKLY": {
			if (!plain || parts.BYMONTHDAY || parts.BYSETPOS) return odd;
			if (days.join() === WORKING && count === 1) return m.work_repeat_working_days();
			const names = namesOf(days.length > 0 ? days : [own], style);
			if (count === 1) return m.work_repeat_weekly({ days: names });
			if (count === 2 && days.length < 2) return m.work_repeat_second({ day: names });
			return m.work_repeat_weeks({ days: names, count });
		}
		case "MONTHLY": {
			const words = monthText(parts, days, date, style);
			if (!words) return odd;
			return count === 1 ? m.work_repeat_monthly({ what: words }) : m.work_repeat_months({ what: words, count });
		}
		case "YEARLY": {
			if (days.length > 0 || parts.BYSETPOS) return odd;
			const month = parts.BYMONTH?.padStart(2, "0") ?? date.slice(5, 7);
			const on = parts.BYMONTHDAY?.padStart(2, "0") ?? date.slice(8, 10);
			if (month.length > 2 || on.length > 2 || on.startsWith("-")) return odd;
			const day = dayText(`2028-${month}-${on}`, style, false);
			return count === 1 ? m.work_repeat_yearly({ day }) : m.work_repeat_years({ day, count });
		}
		default:
			return odd;
	}
}

/** Which day of a month. */
function monthText(parts: Record<string, string>, days: string[], date: string, style: TimeStyle): string | null {
	if (parts.BYSETPOS) {
		if (parts.BYDAY !== WORKING || !["1", "-1"].includes(parts.BYSETPOS)) return null;
		return parts.BYSETPOS === "1" ? m.work_repeat_first_working_day() : m.work_repeat_last_working_day();
	}
	const [only, ...more] = days;
	if (only) {
		const found = /^([1-4]|-1)(MO|TU|WE|TH|FR|SA|SU)$/.exec(only);
		if (!found || more.length > 0 || parts.BYMONTHDAY) return null;
		return m.work_repeat_nth({
			place: found[1] === "-1" ? "last" : (found[1] ?? ""),
			day: namesOf([found[2] ?? ""], style),
		});
	}
	const day = parts.BYMONTHDAY ?? String(Number(date.slice(8, 10)));
	if (day === "-1") return m.work_repeat_last_day();
	return /^\d+$/.test(day) ? m.work_repeat_day({ day }) : null;
}

function namesOf(days: string[], style: TimeStyle): string {
	const locale = style.language === "en" ? "en-GB" : style.language;
	const name = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
	// 2024-01-01 was a Monday.
	const names = days.map((day) => name.format(Date.UTC(2024, 0, 1 + (DAYS as readonly string[]).indexOf(day))));
	return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}

function dayText(date: string, style: TimeStyle, year: boolean): string {
	const locale = style.language === "en" ? "en-GB" : style.language;
	const whole = year ? ({ year: "numeric" } as const) : {};
	return new Intl.DateTimeFormat(locale, { timeZone: "UTC", day: "numeric", month: "long", ...whole }).format(
		Date.parse(date),
	);
}

const utc = (style: TimeStyle): TimeStyle => ({ ...style, zone: "UTC" });
