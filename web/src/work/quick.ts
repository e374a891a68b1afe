/**
 * What one line says of a new task: "Save the route on the phone @yuki Fri 15:00 #map". Pure. Only what can mean one thing
 * is understood; everything else stays in the title, as it was written.
 */
import type { NewDue } from "$data/types";
import { dayAfter, dayIn } from "./due";

export interface QuickPerson {
	id: string;
	name: string;
	short_name: string;
	slug: string;
	/** Of their clock; null: not known. */
	zone: string | null;
}
export interface QuickWorld {
	/** Words of days are read in this language and in English. */
	language: "en" | "es" | "pt";
	now: number;
	/** The clock of the day when nobody is named. */
	zone: string;
	people: readonly QuickPerson[];
	labels: readonly { id: string; name: string }[];
}
export interface Understood {
	title: string;
	owner: string | null;
	due: NewDue | null;
	labels: string[];
	/** The clock on which the due time is. */
	zone: string;
}

/** A part of the line that means something. */
interface Part {
	from: number;
	to: number;
}

type Words = Record<string, number>;
interface Language {
	today: string[];
	tomorrow: string[];
	/** Monday is 1. */
	weekdays: Words;
	months: Words;
	/** Words before a day or time that go with it: "by", "at". */
	before: string[];
	/** Words that leave a day open: "next Friday". */
	open: string[];
	/** Between the day and the month: "4 de diciembre". */
	of: string[];
	/** "15h" is a time. */
	hourSign: boolean;
}

const LANGUAGES: Record<QuickWorld["language"], Language> = {
	en: {
		today: ["today"],
		tomorrow: ["tomorrow"],
		weekdays: days(
			"monday mon|tuesday tue tues|wednesday wed|thursday thu thur thurs|friday fri|saturday sat|sunday sun",
		),
		months: days(
			"january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sep sept|october oct|november nov|december dec",
		),
		before: ["by", "on", "at", "until", "before"],
		open: ["next", "last", "every", "this", "each"],
		of: ["of"],
		hourSign: false,
	},
	es: {
		today: ["hoy"],
		tomorrow: ["manana"],
		weekdays: days("lunes lun|martes mar|miercoles mie|jueves jue|viernes vie|sabado sab|domingo dom"),
		months: days(
			"enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago|septiembre setiembre sep|octubre oct|noviembre nov|diciembre dic",
		),
		before: ["para", "el", "a", "las", "la", "antes", "del", "hasta"],
		open: ["proximo", "pasado", "cada", "este", "todos", "los"],
		of: ["de"],
		hourSign: true,
	},
	pt: {
		today: ["hoje"],
		tomorrow: ["amanha"],
		weekdays: days(
			"segunda-feira segunda seg|terca-feira terca ter|quarta-feira quarta qua|quinta-feira quinta qui|sexta-feira sexta sex|sabado sab|domingo dom",
		),
		months: days(
			"janeiro jan|fevereiro fev|marco mar|abril abr|maio mai|junho jun|julho jul|agosto ago|setembro set|outubro out|novembro nov|dezembro dez",
		),
		before: ["para", "ate", "na", "no", "as", "a", "em", "antes", "da", "do"],
		open: ["proxima", "proximo", "passada", "passado", "cada", "esta", "este", "toda", "todo", "todas"],
		of: ["de"],
		hourSign: true,
	},
};

function days(text: string): Words {
	return Object.fromEntries(text.split("|").flatMap((words, at) => words.split(" ").map((word) => [word, at + 1])));
}

/** Reads a line. */
export function understand(line: string, world: QuickWorld): Understood {
	const owner = ownerIn(line, world.people);
	const labels = labelsIn(line, world.labels);
	const zone = (owner && world.people.find(({ id }) => id === owner.id)?.zone) || world.zone;
	const taken = [...(owner ? [owner.part] : []), ...labels.map((label) => label.part)];
	const due = dueIn(line, taken, zone, world);
	const parts = [...taken, ...(due ? [due.part] : [])];
	return {
		title: without(line, parts),
		owner: owner?.id ?? null,
		due: due?.due ?? null,
		labels: labels.map((label) => label.id),
		zone,
	};
}

/** Without capitals and marks, as long as the text itself. */
function plain(text: string): string {
	return [...text]
		.map((sign) => {
			const bare = sign
				.normalize("NFD")
				.replace(/\p{Mark}/gu, "")
				.toLowerCase();
			return bare.length === sign.length ? bare : sign.length === 1 ? sign.toLowerCase().slice(0, 1) : sign;
		})
		.join("");
}

const isWord = (sign: string | undefined) => sign !== undefined && /[\p{Letter}\p{Number}_-]/u.test(sign);

/** The first `@name` that is one person's. */
function ownerIn(line: string, people: readonly QuickPerson[]): { id: string; part: Part } | null {
	const text = plain(line);
	for (const { index } of text.matchAll(/(?<=^|\s)@(?=\S)/g)) {
		const rest = text.slice(index + 1);
		const whole = longest(
			people.flatMap((person) =>
				[person.short_name, person.name, person.slug].map((name) => ({ id: person.id, name })),
			),
			rest,
		);
		if (whole === "several") continue;
		const found = whole ?? beginning(people, rest);
		if (found) return { id: found.id, part: { from: index, to: index + 1 + found.length } };
	}
	return null;
}

/** The only person whose name begins with the word; at least two letters. */
function beginning(people: readonly QuickPerson[], rest: string): { id: string; length: number } | null {
	const word = /^[\p{Letter}\p{Number}_-]+/u.exec(rest)?.[0] ?? "";
	if (word.length < 2) return null;
	const found = people.filter(({ name, short_name, slug }) =>
		[short_name, name, slug].some((each) => plain(each).startsWith(word)),
	);
	return found.length === 1 && found[0] ? { id: found[0].id, length: word.length } : null;
}

/** The longest whole name with which the text begins. */
function longest(
	names: readonly { id: string; name: string }[],
	rest: string,
): { id: string; length: number } | "several" | null {
	let best: { id: string; length: number } | null = null;
	let several = false;
	for (const { id, name } of names) {
		const bare = plain(name);
		if (bare === "" || !rest.startsWith(bare) || isWord(rest[bare.length])) continue;
		if (best && bare.length < best.length) continue;
		several = best !== null && bare.length === best.length && id !== best.id;
		best = { id, length: bare.length };
	}
	return several ? "several" : best;
}

/** Each `#label` of the project; a space in its name may be a hyphen. */
function labelsIn(line: string, labels: QuickWorld["labels"]): { id: string; part: Part }[] {
	const text = plain(line);
	const names = labels.flatMap(({ id, name }) =>
		[name, name.replaceAll(/\s+/g, "-")].map((each) => ({ id, name: each })),
	);
	const found: { id: string; part: Part }[] = [];
	for (const { index } of text.matchAll(/(?<=^|\s)#(?=\S)/g)) {
		const label = longest(names, text.slice(index + 1));
		if (!label || label === "several" || found.some(({ id }) => id === label.id)) continue;
		found.push({ id: label.id, part: { from: index, to: index + 1 + label.length } });
	}
	return found;
}

interface Token extends Part {
	word: string;
}

/** The words that nothing has taken. */
function tokensOf(line: string, taken: readonly Part[]): Token[] {
	const text = plain(line);
	return [...text.matchAll(/\S+/g)]
		.map((match) => ({ word: match[0].replace(/[.,;]+$/, ""), from: match.index, to: match.index + match[0].length }))
		.filter((token) => !taken.some((part) => token.from < part.to && part.from < token.to));
}

/**
 * A day counts with a time beside it or at the end of the line: "Write the Friday report" is no date. A time alone counts
 * at the end of the line, today or, when it has passed, tomorrow.
 */
function dueIn(
	line: string,
	taken: readonly Part[],
	zone: string,
	{ language, now }: QuickWorld,
): { due: NewDue; part: Part } | null {
	const tokens = tokensOf(line, taken);
	return readDue(tokens, wordsOf(language), zone, now);
}

/** The words of a language, and the English ones that it has no other meaning for. */
function wordsOf(language: QuickWorld["language"]): Language {
	const { en } = LANGUAGES;
	const own = LANGUAGES[language];
	return {
		today: [...own.today, ...en.today],
		tomorrow: [...own.tomorrow, ...en.tomorrow],
		weekdays: { ...en.weekdays, ...own.weekdays },
		months: { ...en.months, ...own.months },
		before: [...own.before, ...en.before],
		open: [...own.open, ...en.open],
		of: [...own.of, ...en.of],
		hourSign: own.hourSign,
	};
}

function readDue(tokens: readonly Token[], words: Language, zone: string, now: number) {
	for (let at = tokens.length - 1; at >= 0; at--) {
		const day = dayAt(tokens, at, words, zone, now);
		const first = day ? null : timeAt(tokens, at, words);
		if (!day && !first) continue;
		const afterFirst = at + (day?.length ?? first?.length ?? 1);
		const time = first ?? timeAt(tokens, skip(tokens, afterFirst, words), words);
		const end = first ? afterFirst : time ? skip(tokens, afterFirst, words) + time.length : afterFirst;
		// The day may stand behind its time: "15:00 Fri".
		const before = first ? at - 1 : -1;
		if (first && before >= 0 && endsInDay(tokens, before, words, zone, now)) continue;
		const last = end >= tokens.length;
		if (!last && !(day && time)) continue;
		const earlier = day && !time ? timeBefore(tokens, at, words) : null;
		const clock = time ?? earlier;
		const from = backTo(tokens, earlier ? earlier.at : at, words);
		if (words.open.includes(tokens[from - 1]?.word ?? "")) return null;
		const date = day?.date(clock?.time ?? null) ?? timeOnly(clock?.time ?? "", zone, now);
		const part = { from: tokens[from]?.from ?? 0, to: tokens[end - 1]?.to ?? 0 };
		return { due: { date, time: clock?.time ?? null }, part };
	}
	return null;
}

/** Whether a day ends at that word: then the day, read further left, takes the time with it. */
function endsInDay(tokens: readonly Token[], at: number, words: Language, zone: string, now: number): boolean {
	for (let start = Math.max(0, at - 4); start <= at; start++) {
		const day = dayAt(tokens, start, words, zone, now);
		if (day && (start + day.length === at + 1 || skip(tokens, start + day.length, words) === at + 1)) return true;
	}
	return false;
}

function timeBefore(tokens: readonly Token[], at: number, words: Language): { at: number; time: string } | null {
	for (const start of [at - 1, at - 2]) {
		const time = start >= 0 ? timeAt(tokens, start, words) : null;
		if (time && start + time.length === at) return { at: start, time: time.time };
	}
	return null;
}

/** Over words such as "at". */
function skip(tokens: readonly Token[], from: number, words: Language): number {
	let at = from;
	while (words.before.includes(tokens[at]?.word ?? "") && at < from + 2) at++;
	return at;
}

/** Back over words such as "by". */
function backTo(tokens: readonly Token[], from: number, words: Language): number {
	let at = from;
	while (at > 0 && words.before.includes(tokens[at - 1]?.word ?? "") && at > from - 2) at--;
	return at;
}

/** A day that begins at that word. `date`: given the time, because today's may have passed. */
function dayAt(
	tokens: readonly Token[],
	at: number,
	words: Language,
	zone: string,
	now: number,
): { length: number; date: (time: string | null) => string } | null {
	const word = tokens[at]?.word ?? "";
	const today = dayIn(zone, now);
	if (words.today.includes(word)) return { length: 1, date: () => today };
	if (words.tomorrow.includes(word)) return { length: 1, date: () => dayAfter(today, 1) };
	const weekday = Object.hasOwn(words.weekdays, word) ? words.weekdays[word] : undefined;
	if (weekday !== undefined) return { length: 1, date: (time) => nextWeekday(weekday, time, zone, now) };
	if (/^\d{4}-\d{2}-\d{2}$/.test(word) && isDate(word)) return { length: 1, date: () => word };
	return monthDay(tokens, at, words, today);
}

/** "4 December", "4 de diciembre", "December 4", each with or without a year. */
function monthDay(tokens: readonly Token[], at: number, words: Language, today: string) {
	const word = (n: number) => tokens[at + n]?.word ?? "";
	const of = words.of.includes(word(1)) ? 1 : 0;
	const number = (text: string) => Number(/^(\d{1,2})(?:st|nd|rd|th|º|°)?$/.exec(text)?.[1] ?? 0);
	const month = (text: string) => (Object.hasOwn(words.months, text) ? (words.months[text] ?? 0) : 0);
	const forward =
		number(word(0)) && month(word(1 + of))
			? { day: number(word(0)), month: month(word(1 + of)), length: 2 + of }
			: null;
	const found =
		forward ?? (month(word(0)) && number(word(1)) ? { day: number(word(1)), month: month(word(0)), length: 2 } : null);
	if (!found) return null;
	const ofYear = words.of.includes(word(found.length)) ? 1 : 0;
	const year = /^\d{4}$/.exec(word(found.length + ofYear))?.[0];
	const date = (of: number) => `${of}-${String(found.month).padStart(2, "0")}-${String(found.day).padStart(2, "0")}`;
	const thisYear = date(Number(year ?? today.slice(0, 4)));
	const wanted = year || thisYear >= today ? thisYear : date(Number(today.slice(0, 4)) + 1);
	return isDate(wanted) ? { length: found.length + (year ? 1 + ofYear : 0), date: () => wanted } : null;
}

/** "15:00", "15h", "15h30", "3pm", "3:30 pm". Not "15.00", which is a number, nor "3". */
function timeAt(tokens: readonly Token[], at: number, words: Language): { length: number; time: string } | null {
	const word = tokens[at]?.word ?? "";
	const half = (text: string) => /^(?:a\.?m\.?|p\.?m\.?)$/.exec(text)?.[0]?.charAt(0);
	const [, hours, minutes, after = ""] = /^(\d{1,2})(?::(\d{2}))?(am|pm)?$/.exec(word) ?? [];
	if (hours !== undefined) {
		const next = after ? undefined : half(tokens[at + 1]?.word ?? "");
		const side = after.charAt(0) || next;
		if (side) return clockOf(Number(hours), Number(minutes ?? 0), side, next ? 2 : 1);
		if (minutes !== undefined) return clockOf(Number(hours), Number(minutes), undefined, 1);
	}
	const [, hour, rest] = /^(\d{1,2})h(\d{2})?$/.exec(word) ?? [];
	if (hour !== undefined && words.hourSign) return clockOf(Number(hour), Number(rest ?? 0), undefined, 1);
	return null;
}

function clockOf(hour: number, minute: number, side: string | undefined, length: number) {
	if (minute > 59 || hour > 23 || (side && (hour < 1 || hour > 12))) return null;
	const whole = side === "p" ? (hour % 12) + 12 : side === "a" ? hour % 12 : hour;
	return { length, time: `${String(whole).padStart(2, "0")}:${String(minute).padStart(2, "0")}` };
}

/** The next such day; today counts unless its time has passed. */
function nextWeekday(weekday: number, time: string | null, zone: string, now: number): string {
	const today = dayIn(zone, now);
	const ahead = (weekday - (new Date(Date.parse(today)).getUTCDay() || 7) + 7) % 7;
	return ahead === 0 && time !== null && hasPassed(time, zone, now) ? dayAfter(today, 7) : dayAfter(today, ahead);
}

function timeOnly(time: string, zone: string, now: number): string {
	const today = dayIn(zone, now);
	return hasPassed(time, zone, now) ? dayAfter(today, 1) : today;
}

function hasPassed(time: string, zone: string, now: number): boolean {
	const shown = new Intl.DateTimeFormat("en-GB", {
		timeZone: zone,
		hour: "2-digit",
		minute: "2-digit",
		hourCycle: "h23",
	});
	return time <= shown.format(now);
}

function isDate(text: string): boolean {
	const at = Date.parse(`${text}T00:00:00Z`);
	return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The line without the parts, its spaces in order. */
function without(line: string, parts: readonly Part[]): string {
	let text = "";
	let at = 0;
	for (const part of [...parts].sort((a, b) => a.from - b.from)) {
		text += `${line.slice(at, part.from)} `;
		at = part.to;
	}
	return (text + line.slice(at))
		.replaceAll(/\s+/g, " ")
		.replace(/^[\s,;]+|[\s,;]+$/g, "")
		.replaceAll(" ,", ",");
}
