import { timeStyle } from "$design/time-style.svelte";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** "830 kB", "2.4 MB": a number of bytes for people, in their language. */
export function fileSize(bytes: number): string {
	const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
	const value = bytes / 1000 ** step;
	return new Intl.NumberFormat(timeStyle.language, {
		style: "unit",
		unit: UNITS[step],
		unitDisplay: step === 0 ? "long" : "short",
		maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
	}).format(value);
}
