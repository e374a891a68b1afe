import { expect, it } from "vitest";
import { findPeople } from "./find-people";

const person = (name: string, short_name: string) => ({
	id: short_name,
	name,
	short_name,
	slug: short_name.toLowerCase().replace(" ", "-"),
});
const people = [
	person("Inês Marques", "Inês"),
	person("Piotr Zieliński", "Piotr"),
	person("Nguyễn Minh Anh", "Minh Anh"),
	person("Marta Silva", "Marta"),
];
const found = (query: string) => findPeople(query, people).map((each) => each.short_name);

it("finds by the start of any name, without accents", () => {
	expect(found("ines")).toEqual(["Inês"]);
	expect(found("ziel")).toEqual(["Piotr"]);
	expect(found("anh")).toEqual(["Minh Anh"]);
	expect(found("mar")).toEqual(["Marta", "Inês"]);
	expect(found("xyz")).toEqual([]);
});

it("offers everybody before anything is typed, and no more than asked for", () => {
	expect(found("")).toHaveLength(4);
	expect(findPeople("", people, 2)).toHaveLength(2);
});
