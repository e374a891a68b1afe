import { type Hue, hashOf, hueOf } from "./hue";

/** A drawn head: shapes in a 40 by 40 box, painted in the colours of `Head`. */
export interface Head {
	hue: Hue;
	skin: string;
	hair: string;
	shirt: string;
	/** Behind the shoulders: long hair. */
	behind: string;
	/** Round parts of the hair, behind the face: [cx, cy, r]. */
	curls: readonly (readonly [number, number, number])[];
	/** On top of the face: fringe, and a beard where there is one. */
	front: readonly string[];
}

type Hairstyle = Pick<Head, "behind" | "curls" | "front">;

const HAIRSTYLES: readonly Hairstyle[] = [
	{
		behind: "",
		curls: [],
		front: [
			"M11.7 18.5C10.3 9.5 15 6.8 20.3 7 26 7.2 29.8 10 28.3 18.5 27.8 15 26.5 13 23.5 12.4 19.5 13.2 15.5 12.6 13.5 13.6 12.4 14.8 12 16.5 11.7 18.5Z",
		],
	},
	{
		behind: "",
		curls: [[20, 6.2, 4.2]],
		front: ["M11.7 17.5C11.3 10.8 15.2 8.2 20 8.2S28.7 10.8 28.3 17.5C27 14 24.5 12.2 20 12.2S13 14 11.7 17.5Z"],
	},
	{
		behind: "",
		curls: [],
		front: [
			"M12 15.5C11.5 9.5 15.2 7.3 20 7.3S28.5 9.5 28 15.5C27 12.3 24.5 11 20 11S13 12.3 12 15.5Z",
			"M13.2 21C13.6 26.2 16.2 28 20 28S26.4 26.2 26.8 21C25.8 23.6 23.8 24 20 24S14.2 23.6 13.2 21Z",
		],
	},
	{
		behind: "M9 34C7.5 22 8.5 8 20 7.6 31.5 8 32.5 22 31 34Z",
		curls: [],
		front: ["M11.7 18C11.5 11.5 15 8.5 20 8.5S28.5 11.5 28.3 18C26.5 16.5 24 14.5 22.2 11.7 19.5 15 15 16.5 11.7 18Z"],
	},
	{
		behind: "",
		curls: [],
		front: [
			"M11.8 17.5C10.8 9.8 15 7.2 20 7.2S29.2 9.8 28.2 17.5C27.6 14.5 26.8 13.3 26 12.3 22.5 13.7 16.5 13.7 14 12.3 13.2 13.3 12.4 14.5 11.8 17.5Z",
		],
	},
	{
		behind: "",
		curls: [],
		front: [
			"M11.4 20.5C10 10.5 14.5 7.2 20 7.2S30 10.5 28.6 20.5C28 18.5 28 17.5 27.6 15.7 22.5 16.8 17 16.7 12.4 15.7 12 17.5 12 18.5 11.4 20.5Z",
		],
	},
	{
		behind: "M9.8 25.5C8.5 13 12 7.5 20 7.5S31.5 13 30.2 25.5Q20 29 9.8 25.5Z",
		curls: [],
		front: ["M11.7 18.5C11.3 11.5 15 8.3 20 8.3S28.7 11.5 28.3 18.5C26 17 18.5 16 16.5 12 15.5 15 13.5 17 11.7 18.5Z"],
	},
	{
		behind: "",
		curls: [
			[11, 15, 4.6],
			[12.5, 10.5, 4.6],
			[17, 7.6, 4.6],
			[23, 7.6, 4.6],
			[27.5, 10.5, 4.6],
			[29, 15, 4.6],
			[10.5, 20.5, 4.2],
			[29.5, 20.5, 4.2],
			[11.5, 25, 3.4],
			[28.5, 25, 3.4],
		],
		front: ["M12 17C12 11.5 15.5 9.7 20 9.7S28 11.5 28 17C25.5 15.5 23.5 14.8 22.5 13 19 15.3 15 15.3 12 17Z"],
	},
];

const SKINS = ["#b47d5a", "#edc4a5", "#f0cdb4", "#c08a62", "#e2b48c", "#f0cfae", "#d9a27c", "#8d5a3f"];
const HAIRS = ["#1f1a18", "#4a3226", "#9a6b3f", "#17140f", "#6b3f2a", "#3a2a24"];
const SHIRTS = ["#54708f", "#8a6db1", "#5c6b60", "#c2713f", "#3d5a80", "#b5533c", "#a4586a", "#3f7f78"];

/** The head that stands for a person without a photo: always the same one for the same id. */
export function headOf(id: string): Head {
	// One hash for each part, so that neighbours in one list do not pair up.
	const pick = <T>(part: string, from: readonly T[], otherwise: T): T =>
		from[hashOf(`${part} ${id}`) % from.length] ?? otherwise;
	const style = pick("hairstyle", HAIRSTYLES, { behind: "", curls: [], front: [] });
	return {
		...style,
		hue: hueOf(id),
		skin: pick("skin", SKINS, "#d9a27c"),
		hair: pick("hair", HAIRS, "#1f1a18"),
		shirt: pick("shirt", SHIRTS, "#54708f"),
	};
}

/** Up to two letters of a name: the first letters of its first and last word. */
export function initialsOf(name: string): string {
	const words = name.trim().split(/\s+/).filter(Boolean);
	const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
	return letters.map((word) => firstLetter(word ?? "")).join("");
}

/** The first letter as people see it, also where it is made of several code points. */
export function firstLetter(word: string): string {
	const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
	return (first?.segment ?? "").toLocaleUpperCase();
}
