/** A number of bytes in words: "12.4 MB". Steps of 1000, as disks are sold. */
export function sizeText(bytes: number, language: string): string {
	const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
	const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
	const format = {
		style: "unit",
		unit: units[step],
		unitDisplay: step === 0 ? "long" : "short",
		maximumSignificantDigits: 3,
	} as const;
	return new Intl.NumberFormat(language, format).format(bytes / 1000 ** step);
}
