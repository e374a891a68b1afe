// @vitest-environment jsdom
import { beforeEach, expect, it } from "vitest";
import { router } from "./router.svelte";

const LIST = [
	"/thread/k3qf7-one#post-2",
	"/thread/k3qf8-two",
	"/people/ana",
	"/thread/k3qf7-one",
	"/thread/k3qf9-three",
];

beforeEach(() => {
	window.scrollTo = () => {};
	document.body.innerHTML = `<main>${LIST.map((href) => `<a href="${href}">x</a>`).join("")}</main>`;
	router.go("/inbox");
});

it("the neighbours of an item are those of the list it was opened from", () => {
	router.go("/thread/k3qf8-two");
	expect(router.neighbour(1)).toBe("/thread/k3qf9-three");
	expect(router.neighbour(-1)).toBe("/thread/k3qf7-one");
	document.body.innerHTML = "<main><a href='/thread/other'>x</a></main>";
	expect(router.step(1)).toBe(true);
	expect(location.pathname).toBe("/thread/k3qf9-three");
	expect(router.step(1)).toBe(false);
	expect(router.step(-1)).toBe(true);
	expect(location.pathname).toBe("/thread/k3qf8-two");
});

it("stepping leaves one way back", () => {
	const before = history.length;
	router.go("/thread/k3qf8-two");
	router.step(1);
	router.step(-1);
	expect(history.length).toBe(before + 1);
});

it("a thread that is not in the list has no neighbours", () => {
	router.go("/thread/abcde");
	expect([router.neighbour(1), router.neighbour(-1)]).toEqual([null, null]);
	expect(router.step(1)).toBe(false);
});

it("a new tail is the same place", () => {
	router.go("/thread/k3qf8-two");
	router.correct({ name: "thread", code: "k3qf8", tail: "renamed" });
	expect(router.neighbour(1)).toBe("/thread/k3qf9-three");
});
