// What WCAG 2.2 asks of a screen, as axe sees it and what it cannot see (design: ui.md 5). Each answers what is wrong,
// in words.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The spacing that a reader may set (1.4.12); the content security policy forbids style elements. */
const SPACING = `* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
	p { margin-block-end: 2em !important; }`;

/** What axe finds, in one part of the page where a selector names it. */
export async function violations(page, within) {
	await page.evaluate(axe);
	const found = await page.evaluate(
		(within) => globalThis.axe.run(within ?? document, { resultTypes: ["violations"] }),
		within,
	);
	return found.violations.map(({ id, impact, nodes }) => ({
		impact,
		words: `${id}: ${nodes.map(({ target }) => target).join(" | ")}`,
	}));
}

/** What axe calls serious. */
export async function serious(page) {
	const found = await violations(page);
	return found.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ words }) => words);
}

/** All that a screen at rest must not have, at a size of `SIZES`. */
export async function faults(page, { touch }) {
	return [
		...(await serious(page)),
		...(await tooWide(page)),
		...(await tooSmall(page, touch ? 44 : 24)),
		...(await spacedOut(page)),
		...(await forced(page)),
		...(await focusLost(page)),
	];
}

/** Nothing is wider than the window (1.4.10). */
export function tooWide(page) {
	return page.evaluate(() => {
		const over = document.documentElement.scrollWidth - innerWidth;
		if (over <= 0) return [];
		const wide = [...document.querySelectorAll("main *, nav *, header *")]
			.filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
			.map((element) => `${element.tagName.toLowerCase()}.${[...element.classList].join(".")}`);
		return [`${over} px wider than the window: ${[...new Set(wide)].slice(-4).join(", ")}`];
	});
}

/** With more room between letters, words and lines nothing is wider than the window and no control cuts its words. */
export async function spacedOut(page) {
	await page.evaluate((rules) => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(rules);
		document.adoptedStyleSheets = [sheet];
	}, SPACING);
	const cut = await page.evaluate(() => {
		const controls = document.querySelectorAll("button, a[href], label, h1, h2, h3, [role=tab]");
		return [...controls]
			.filter((element) => {
				const style = getComputedStyle(element);
				if (!element.checkVisibility() || element.clientHeight < 2 || !element.textContent.trim()) return false;
				const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
				const shortened = style.textOverflow === "ellipsis";
				return clips && !shortened && element.scrollHeight > element.clientHeight + 2;
			})
			.map((element) => `cut off when spaced: ${element.textContent.trim().slice(0, 40)}`);
	});
	const wide = await tooWide(page);
	await page.evaluate(() => {
		document.adoptedStyleSheets = [];
	});
	return [...cut, ...wide.map((words) => `spaced out, ${words}`)];
}

/** Where less motion is wished, nothing goes on moving (2.3.3). */
export function moving(page) {
	return page.evaluate(() =>
		document
			.getAnimations()
			.filter((animation) => {
				const { duration, iterations } = animation.effect?.getComputedTiming() ?? {};
				return animation.playState === "running" && (iterations === Infinity || Number(duration) > 200);
			})
			.map((animation) => `moves: ${animation.effect?.target?.className ?? animation.id}`),
	);
}

/**
 * What is pressed is large enough, 24 px with a pointer and 44 with a finger (2.5.8, 2.5.5). Links within a sentence and
 * what stands far enough from the next are as large as they need to be.
 */
export function tooSmall(page, least) {
	return page.evaluate((least) => {
		const pressed =
			"button, a[href], input:not([type=hidden]), select, summary, [role=menuitem], [role=option], [role=switch]";
		// Behind an open dialog nothing can be pressed.
		const reached = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
		const all = [...reached.querySelectorAll(pressed)].filter((element) => {
			const style = getComputedStyle(element);
			const box = element.getBoundingClientRect();
			const seen =
				element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 1 && box.height > 1;
			const inText = style.display === "inline" && element.closest("p, li, dd, td, blockquote, h1, h2, h3");
			return seen && !inText && !element.disabled && !element.closest("[inert], .sr");
		});
		// A label presses its control, and an element may reach farther than its box.
		const boxOf = (element) => {
			const parts = [element, ...(element.labels ?? [])].map((part) => part.getBoundingClientRect());
			const box = {
				left: Math.min(...parts.map(({ left }) => left)),
				right: Math.max(...parts.map(({ right }) => right)),
				top: Math.min(...parts.map(({ top }) => top)),
				bottom: Math.max(...parts.map(({ bottom }) => bottom)),
			};
			const more = ["::before", "::after"].map((part) => {
				const { content, position, insetBlockStart, insetInlineStart } = getComputedStyle(element, part);
				if (content === "none" || position !== "absolute") return [0, 0];
				return [Math.max(0, -Number.parseFloat(insetInlineStart)), Math.max(0, -Number.parseFloat(insetBlockStart))];
			});
			const x = Math.max(...more.map(([x]) => x || 0));
			const y = Math.max(...more.map(([, y]) => y || 0));
			return { left: box.left - x, right: box.right + x, top: box.top - y, bottom: box.bottom + y };
		};
		const boxes = all.map((element) => ({ element, box: boxOf(element) }));
		// A link that is but words is no button: it is as large as words are, and a pointer's size holds for it.
		const wordsAlone = ({ element }) => {
			const { backgroundColor, borderTopWidth } = getComputedStyle(element);
			return element.tagName === "A" && backgroundColor === "rgba(0, 0, 0, 0)" && borderTopWidth === "0px";
		};
		// With a finger it may be a little narrower than high, or the other way round.
		const small = (target) => {
			const sides = [target.box.right - target.box.left, target.box.bottom - target.box.top];
			const [less, more] = wordsAlone(target) || least < 44 ? [24, 24] : [36, 44];
			return Math.min(...sides) < less - 0.5 || Math.max(...sides) < more - 0.5;
		};
		// A circle of that size around its middle meets no other target.
		const alone = (target) => {
			const { element, box } = target;
			const room = wordsAlone(target) ? 24 : least;
			const x = (box.left + box.right) / 2;
			const y = (box.top + box.bottom) / 2;
			return boxes.every(({ element: other, box: near }) => {
				if (other === element || other.contains(element) || element.contains(other)) return true;
				const dx = Math.max(near.left - x, 0, x - near.right);
				const dy = Math.max(near.top - y, 0, y - near.bottom);
				return Math.hypot(dx, dy) >= room / 2;
			});
		};
		return boxes
			.filter((target) => small(target) && !alone(target))
			.map(({ element, box }) => {
				const name = element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 30) ?? element.tagName;
				return `${Math.round(box.right - box.left)} by ${Math.round(box.bottom - box.top)}: ${name}`;
			});
	}, least);
}

/** By Tab alone: the focus goes on, and each stop can be seen (2.1.1, 2.1.2, 2.4.7), also in forced colours. */
export async function focusLost(page, stops = 14) {
	await page.evaluate(() => document.activeElement?.blur?.());
	const wrong = [];
	let last;
	for (let stop = 0; stop < stops; stop++) {
		await page.keyboard.press("Tab");
		const found = await page.evaluate(() => {
			const element = document.activeElement;
			if (!element || element === document.body) return null;
			const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(element);
			const around = element.closest(".field, .box, .composer, label, [data-focus]");
			const ring = (style) => style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0;
			const seen =
				ring({ outlineStyle, outlineWidth }) ||
				boxShadow !== "none" ||
				(around && (ring(getComputedStyle(around)) || getComputedStyle(around).boxShadow !== "none"));
			const box = element.getBoundingClientRect();
			element.dataset.stop ??= crypto.randomUUID();
			return {
				key: element.dataset.stop,
				seen: seen || borderColor === "transparent",
				name:
					element.getAttribute("aria-label") ??
					(element.textContent.trim().slice(0, 30) || `${element.tagName} ${element.type ?? ""} ${element.className}`),
				// A date is filled in by its parts, each a stop of its own.
				manyStops: ["date", "time", "datetime-local", "month"].includes(element.type),
				inside: box.width > 0 && box.height > 0,
			};
		});
		if (!found) break;
		if (found.key === last && !found.manyStops) wrong.push(`the focus stays at ${found.name}`);
		if (!found.seen && !(found.manyStops && found.key === last))
			wrong.push(`the focus cannot be seen at ${found.name}`);
		if (!found.inside) wrong.push(`the focus is on something without a size: ${found.name}`);
		last = found.key;
	}
	return [...new Set(wrong)];
}

/** In forced colours: icons and words are not painted over, and what is chosen differs by more than its colour (1.4.1). */
export async function forced(page) {
	await page.emulateMedia({ forcedColors: "active" });
	const wrong = await page.evaluate(() => {
		const canvas = getComputedStyle(document.body).backgroundColor;
		const hidden = [...document.querySelectorAll("main :is(h1, h2, h3, p, a, button, dt, dd, li), nav a")]
			.filter((element) => element.checkVisibility() && element.textContent.trim())
			.filter(
				(element) => getComputedStyle(element).color === canvas && getComputedStyle(element).backgroundColor === canvas,
			)
			.map((element) => `not to be read in forced colours: ${element.textContent.trim().slice(0, 30)}`);
		const chosen = document.querySelectorAll(
			"[aria-current]:not([aria-current=false]), [aria-selected=true], [aria-pressed=true]",
		);
		const stateOf = (one) =>
			["aria-current", "aria-selected", "aria-pressed"].map((name) => one.getAttribute(name) ?? "false").join();
		const alike = [...chosen].filter((element) => {
			if (!element.checkVisibility()) return false;
			const other = [...(element.parentElement?.children ?? [])].find(
				(sibling) =>
					sibling !== element &&
					sibling.tagName === element.tagName &&
					sibling.checkVisibility() &&
					stateOf(sibling) !== stateOf(element),
			);
			if (!other) return false;
			const looks = (one) => {
				const {
					backgroundColor,
					borderTopWidth,
					borderBottomWidth,
					outlineStyle,
					fontWeight,
					textDecorationLine,
					color,
				} = getComputedStyle(one);
				const line = getComputedStyle(one, "::after");
				return [
					backgroundColor,
					borderTopWidth,
					borderBottomWidth,
					outlineStyle,
					fontWeight,
					textDecorationLine,
					color,
					line.content,
					line.blockSize,
				].join();
			};
			return looks(element) === looks(other);
		});
		return [
			...hidden,
			...alike.map(
				(element) => `chosen, and looks like the others in forced colours: ${element.textContent.trim().slice(0, 30)}`,
			),
		];
	});
	await page.emulateMedia({ forcedColors: "none" });
	return wrong;
}
