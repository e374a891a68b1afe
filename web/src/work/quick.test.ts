import { describe, expect, test } from "vitest";
import { type QuickWorld, understand } from "./quick";

/** Tuesday 14 October 2025: 09:20 in Bogotá, 16:20 in Kraków, 23:20 in Tokyo. */
const NOW = Date.parse("2025-10-14T14:20:00Z");
const people = [
	{ id: "yuki", name: "Yuki Tanabe", short_name: "Yuki", slug: "yuki", zone: "Asia/Tokyo" },
	{ id: "minh", name: "Nguyễn Minh Anh", short_name: "Minh Anh", slug: "minh-anh", zone: "Asia/Bangkok" },
	{ id: "ines", name: "Inês Marques", short_name: "Inês", slug: "ines", zone: "Europe/Lisbon" },
	{ id: "rafael", name: "Rafael Sousa", short_name: "Rafael", slug: "rafael", zone: "America/Sao_Paulo" },
	{ id: "rafaela", name: "Rafaela Cruz", short_name: "Rafaela", slug: "rafaela", zone: null },
];
const labels = [
	{ id: "map", name: "map" },
	{ id: "sign", name: "Sign in" },
];
const world = (change: Partial<QuickWorld> = {}): QuickWorld => ({
	language: "en",
	now: NOW,
	zone: "America/Bogota",
	people,
	labels,
	...change,
});
const read = (line: string, change: Partial<QuickWorld> = {}) => {
	const { title, owner, due, labels } = understand(line, world(change));
	return [title, owner, due && `${due.date}${due.time ? ` ${due.time}` : ""}`, labels.join()];
};

describe("English", () => {
	test.each([
		["Save the route Fri 15:00 @yuki #map", ["Save the route", "yuki", "2025-10-17 15:00", "map"]],
		["Fri 15:00 @yuki #map Save the route", ["Save the route", "yuki", "2025-10-17 15:00", "map"]],
		["Save the route", ["Save the route", null, null, ""]],
		["Call the driver tomorrow", ["Call the driver", null, "2025-10-15", ""]],
		["Call the driver by Friday.", ["Call the driver", null, "2025-10-17", ""]],
		["Call the driver today at 3pm", ["Call the driver", null, "2025-10-14 15:00", ""]],
		["Call the driver 3:30 pm Thursday", ["Call the driver", null, "2025-10-16 15:30", ""]],
		["Call the driver 16:00", ["Call the driver", null, "2025-10-14 16:00", ""]],
		["Call the driver 08:00", ["Call the driver", null, "2025-10-15 08:00", ""]],
		["Publish on 4 December", ["Publish", null, "2025-12-04", ""]],
		["Publish Dec 4th, 09:30", ["Publish", null, "2025-12-04 09:30", ""]],
		["Publish 3 March", ["Publish", null, "2026-03-03", ""]],
		["Publish 2026-02-28", ["Publish", null, "2026-02-28", ""]],
		["Tue 08:00 stand by", ["stand by", null, "2025-10-21 08:00", ""]],
		["Tue 10:00 stand by", ["stand by", null, "2025-10-14 10:00", ""]],
	])("%s", (line, expected) => expect(read(line)).toEqual(expected));

	test.each([
		"Write the Friday report",
		"Sun colours for the map",
		"Meet next Friday",
		"Publish 30 February",
		"Version 3",
		"Ratio 4/5",
		"Mail drivers@cordel.example",
		"Fix issue #12",
		"Ask @nobody",
		"Look at 25:00",
		"May we do this",
		"Every Monday",
	])("stays as it is: %s", (line) => expect(read(line)).toEqual([line, null, null, ""]));
});

describe("the clock is the owner's", () => {
	test("who is named decides which day it is", () => {
		const late = Date.parse("2025-10-14T16:00:00Z");
		expect(read("Fix it tomorrow @yuki", { now: late })).toEqual(["Fix it", "yuki", "2025-10-16", ""]);
		expect(read("Fix it tomorrow", { now: late })).toEqual(["Fix it", null, "2025-10-15", ""]);
		expect(understand("Fix it today @yuki", world()).zone).toBe("Asia/Tokyo");
		expect(understand("Fix it today @rafaela", world()).zone).toBe("America/Bogota");
	});

	test("a time that has passed there is the next day's", () => {
		expect(read("Fix it 23:00 @yuki")).toEqual(["Fix it", "yuki", "2025-10-15 23:00", ""]);
		expect(read("Fix it 23:00")).toEqual(["Fix it", null, "2025-10-14 23:00", ""]);
	});
});

describe("people and labels", () => {
	test.each([
		["@minh anh look", ["look", "minh", null, ""]],
		["@Minh Anh", ["", "minh", null, ""]],
		["@ines look", ["look", "ines", null, ""]],
		["@rafael look", ["look", "rafael", null, ""]],
		["@rafaela look", ["look", "rafaela", null, ""]],
		["@raf look", ["@raf look", null, null, ""]],
		["@yu look", ["look", "yuki", null, ""]],
		["look #sign-in #map", ["look", null, null, "sign,map"]],
		["look #mapping", ["look #mapping", null, null, ""]],
		["@yuki and @ines", ["and @ines", "yuki", null, ""]],
	])("%s", (line, expected) => expect(read(line)).toEqual(expected));
});

describe("Spanish", () => {
	test.each([
		["Guardar la ruta viernes 15:00 @yuki", ["Guardar la ruta", "yuki", "2025-10-17 15:00", ""]],
		["Guardar la ruta para el viernes a las 15:00", ["Guardar la ruta", null, "2025-10-17 15:00", ""]],
		["Llamar mañana", ["Llamar", null, "2025-10-15", ""]],
		["Llamar hoy 15h30", ["Llamar", null, "2025-10-14 15:30", ""]],
		["Publicar el 4 de diciembre", ["Publicar", null, "2025-12-04", ""]],
		["Publicar 4 de marzo de 2027", ["Publicar", null, "2027-03-04", ""]],
		["Publicar Fri 15:00", ["Publicar", null, "2025-10-17 15:00", ""]],
		["Llamar el sábado", ["Llamar", null, "2025-10-18", ""]],
	])("%s", (line, expected) => expect(read(line, { language: "es" })).toEqual(expected));

	test.each(["El viernes negro es un lema", "Mañana libre para todos", "Llamar el próximo viernes"])(
		"stays as it is: %s",
		(line) => expect(read(line, { language: "es" })).toEqual([line, null, null, ""]),
	);
});

describe("Portuguese", () => {
	test.each([
		["Guardar a rota sexta 15:00 @yuki", ["Guardar a rota", "yuki", "2025-10-17 15:00", ""]],
		["Guardar a rota até sexta-feira às 15h", ["Guardar a rota", null, "2025-10-17 15:00", ""]],
		["Ligar amanhã", ["Ligar", null, "2025-10-15", ""]],
		["Publicar em 4 de março", ["Publicar", null, "2026-03-04", ""]],
		["Ligar terça 09:00", ["Ligar", null, "2025-10-21 09:00", ""]],
		["Ligar no sábado", ["Ligar", null, "2025-10-18", ""]],
	])("%s", (line, expected) => expect(read(line, { language: "pt" })).toEqual(expected));

	test.each(["Segunda versão do mapa", "Ligar na próxima sexta", "Toda sexta"])("stays as it is: %s", (line) =>
		expect(read(line, { language: "pt" })).toEqual([line, null, null, ""]),
	);
});
