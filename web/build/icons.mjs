// Draws the icons of the installed client in public/ from the logo: `node build/icons.mjs`. Needed only when it changes.
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const folder = resolve(import.meta.dirname, "../public");
const logo = (await readFile(join(folder, "logo.svg"), "utf8")).replace(/^<svg[^>]*>|<\/svg>\s*$/g, "");
const onGreen = logo.replace("#0c665c", "#fdfefe");
const mono = logo.replaceAll(/fill="#[0-9a-f]+"/g, 'fill="#000"');

/** `scale`: how much of the icon the logo fills; a maskable one may lose a tenth at each side. */
const ICONS = [
	{ file: "icon-192.png", size: 192, scale: 0.65, ground: "#0c665c", round: 0.22, drawing: onGreen },
	{ file: "icon-512.png", size: 512, scale: 0.65, ground: "#0c665c", round: 0.22, drawing: onGreen },
	{ file: "icon-maskable-512.png", size: 512, scale: 0.56, ground: "#0c665c", round: 0, drawing: onGreen },
	{ file: "icon-apple-180.png", size: 180, scale: 0.65, ground: "#0c665c", round: 0, drawing: onGreen },
	{ file: "icon-mono-512.png", size: 512, scale: 0.8, ground: "none", round: 0, drawing: mono },
];

const browser = await chromium.launch({
	executablePath: process.env.MERIDIAN_TEST_CHROMIUM ?? "/usr/bin/chromium",
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
});
const page = await browser.newPage();
for (const { file, size, scale, ground, round, drawing } of ICONS) {
	await page.setViewportSize({ width: size, height: size });
	const edge = 32 / scale;
	const at = (32 - edge) / 2;
	const box = `x="${at}" y="${at}" width="${edge}" height="${edge}" rx="${edge * round}"`;
	await page.setContent(
		`<style>*{margin:0}svg{display:block}</style><svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="${at} ${at} ${edge} ${edge}"><rect ${box} fill="${ground}"/>${drawing}</svg>`,
	);
	await writeFile(join(folder, file), await page.screenshot({ omitBackground: true }));
}
await browser.close();
