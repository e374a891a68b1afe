// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepFocus } from "./focus-keeper";

let stop: () => void;
beforeEach(() => {
	// jsdom draws nothing.
	Element.prototype.checkVisibility = function (this: Element) {
		return this.closest("[hidden]") === null;
	};
	document.body.innerHTML = `<main><h1>Work</h1><ul><li id="a"><button>Close</button><a href="/a">A</a></li>
		<li id="b"><button>Close</button><a href="/b">B</a></li></ul><p id="alone"><button>Only</button></p></main>`;
	stop = keepFocus();
});
afterEach(() => stop());

const at = (selector: string) => document.querySelector<HTMLElement>(selector) as HTMLElement;
/** The observer is told in a microtask; the focus moves in the next frame. */
const settled = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));

test("the focus of what goes away moves to what is nearest", async () => {
	at("#a button").focus();
	at("#a button").remove();
	await settled();
	expect(document.activeElement).toBe(at("#a a"));
	at("#a").remove();
	await settled();
	expect(document.activeElement).toBe(at("#b button"));
});

test("in the end it is on the title", async () => {
	at("#alone button").focus();
	at("#alone button").remove();
	await settled();
	expect(document.activeElement).toBe(at("h1"));
});

test("who moved the focus themselves, or gave it up, is left alone", async () => {
	at("#a button").focus();
	at("#a button").remove();
	at("#b a").focus();
	await settled();
	expect(document.activeElement).toBe(at("#b a"));
	at("#b a").blur();
	at("#alone").remove();
	await settled();
	expect(document.activeElement).toBe(document.body);
	at("#b a").focus();
	at("main").dispatchEvent(new Event("pointerdown", { bubbles: true }));
	at("#b").remove();
	await settled();
	expect(document.activeElement).toBe(document.body);
});
