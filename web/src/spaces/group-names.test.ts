import { expect, it } from "vitest";
import { wrongName } from "./group-names";

const people = [{ name: "Piotr Nowak", short_name: "Piotr" }];

it.each([
	["Design", "taken"],
	[" design ", "taken"],
	["Everyone", "everybody"],
	["@Todos", "everybody"],
	["piotr", "person"],
	["Piotr  Nowak", "person"],
	["Piotr and friends", null],
	["Support", null],
])("a group called %s", (name, wrong) => expect(wrongName(name, ["Design"], people)).toBe(wrong));
