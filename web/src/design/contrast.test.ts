import { describe, expect, it } from "vitest";
import css from "./tokens.css?raw";

/** Foreground, background, required ratio: Appendix A of the interface design. */
const PAIRS: readonly (readonly [string, string, number])[] = [
	...["bg", "surface", "raised", "sunken", "hover", "selected"].flatMap(
		(ground) =>
			[
				["ink", ground, 7],
				["ink-2", ground, 4.5],
				["ink-3", ground, 4.5],
				["accent-text", ground, 4.5],
				["sun-text", ground, 4.5],
				["danger-text", ground, 4.5],
			] as const,
	),
	["on-accent", "accent", 4.5],
	["on-accent", "accent-hover", 4.5],
	["accent-text", "accent-soft", 4.5],
	["ink", "accent-soft", 7],
	["ink-2", "accent-soft", 4.5],
	["sun-text", "sun-soft", 4.5],
	["ink", "sun-soft", 7],
	["ink-2", "sun-soft", 4.5],
	["ink-3", "sun-soft", 4.5],
	["danger-text", "danger-soft", 4.5],
	["on-danger", "danger", 4.5],
	...["surface", "bg", "raised", "selected", "sunken", "accent-soft", "sun-soft"].map(
		(ground) => ["focus", ground, 3] as const,
	),
	...["surface", "bg", "raised"].map((ground) => ["line-control", ground, 3] as const),
	...["surface", "night", "day", "bg"].map((ground) => ["now", ground, 3] as const),
	...["surface", "night", "bg"].map((ground) => ["day-edge", ground, 3] as const),
	["accent", "surface", 3],
	["accent", "raised", 3],
	["ink", "day", 7],
	["ink-2", "day", 4.5],
	["ink-2", "night", 4.5],
	["ink-3", "night", 4.5],
	["viz-1", "surface", 3],
	["viz-2", "surface", 3],
	["viz-3", "surface", 3],
	...[1, 2, 3, 4, 5, 6, 7, 8].map((hue) => [`s${hue}-ink`, `s${hue}-soft`, 4.5] as const),
];

type Rgb = readonly [red: number, green: number, blue: number];

const tokens = readTokens(css);

/** The opaque colours of tokens.css: name → [light, dark], in linear sRGB. */
function readTokens(text: string): Map<string, readonly [Rgb, Rgb]> {
	const number = "([\\d.]+)";
	const oklch = `oklch\\(${number} ${number} ${number}\\)|oklch\\(1 0 0\\)`;
	const line = new RegExp(`--([a-z0-9-]+):\\s*light-dark\\((${oklch}),\\s*(${oklch})\\)`, "g");
	return new Map(
		[...text.matchAll(line)].map((found) => {
			const [, name = "", light = "", , , , dark = ""] = found;
			return [name, [linear(light), linear(dark)]];
		}),
	);
}

/** OKLCH text to linear sRGB (Björn Ottosson's matrices). */
function linear(text: string): Rgb {
	const [l = 0, c = 0, h = 0] = (text.match(/[\d.]+/g) ?? []).map(Number);
	const a = c * Math.cos((h * Math.PI) / 180);
	const b = c * Math.sin((h * Math.PI) / 180);
	const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
	return [
		4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
		-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
		-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
	];
}

/** WCAG 2 relative luminance of the colour that a screen shows: eight bits for each channel. */
function luminance(colour: Rgb): number {
	const [red, green, blue] = colour.map(shown) as unknown as Rgb;
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function shown(channel: number): number {
	const clamped = Math.min(1, Math.max(0, channel));
	const encoded = clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * clamped ** (1 / 2.4) - 0.055;
	const byte = Math.round(encoded * 255) / 255;
	return byte <= 0.04045 ? byte / 12.92 : ((byte + 0.055) / 1.055) ** 2.4;
}

function contrast(foreground: string, background: string, theme: 0 | 1): number {
	const ink = tokens.get(foreground)?.[theme];
	const ground = tokens.get(background)?.[theme];
	if (!ink || !ground) throw new Error(`tokens.css has no ${foreground} or ${background}`);
	const [dark = 0, light = 0] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
	return (light + 0.05) / (dark + 0.05);
}

describe.each([
	["light", 0],
	["dark", 1],
] as const)("contrast, %s", (_, theme) => {
	it.each(PAIRS)("%s on %s is at least %d", (foreground, background, required) => {
		expect(contrast(foreground, background, theme)).toBeGreaterThanOrEqual(required);
	});
});

it("computes the ratios of the design's table", () => {
	expect(contrast("ink", "bg", 0)).toBeCloseTo(15.05, 0);
	expect(contrast("line-control", "bg", 0)).toBeCloseTo(3.03, 1);
	expect(contrast("now", "day", 1)).toBeCloseTo(6.09, 1);
});

it("reads all 49 colours, each inside sRGB", () => {
	const outside = [...tokens].filter(([, themes]) =>
		themes.some((colour) => colour.some((channel) => channel < -0.002 || channel > 1.002)),
	);
	expect(outside.map(([name]) => name)).toEqual([]);
	expect(tokens.size).toBe(49);
});
