import { expect, it } from "vitest";
import { groupsByCity, groupsByWorld } from "./groups";

const person = (name: string, zone: string | null) => ({ name, schedule: { zone } });

it("puts people from west to east, with those without a zone last", () => {
	const people = [
		person("Yuki", "Asia/Tokyo"),
		person("Piotr", "Europe/Warsaw"),
		person("Noor", null),
		person("Rafael", "America/Sao_Paulo"),
		person("Camila", "America/Bogota"),
		person("Zoé", "Moon/Base"),
		person("Beto", "America/Sao_Paulo"),
	];
	const groups = groupsByWorld(people, Date.UTC(2025, 9, 14));
	expect(groups.map(({ world, members }) => [world, members.map(({ name }) => name)])).toEqual([
		["americas", ["Camila", "Beto", "Rafael"]],
		["europe", ["Piotr"]],
		["asia", ["Yuki"]],
		["unknown", ["Noor", "Zoé"]],
	]);
});

it("puts people into their cities from west to east", () => {
	const people = [
		["Yuki", "Asia/Tokyo", "Tokyo"],
		["Noor", null, null],
		["Rin", "Asia/Tokyo", "Osaka"],
		["Ken", "Asia/Tokyo", null],
		["Camila", "America/Bogota", "Bogotá"],
	].map(([name, zone, city]) => ({ member: { ...person(name ?? "", zone ?? null), city: city ?? null } }));
	const groups = groupsByCity(people, Date.UTC(2025, 9, 14));
	expect(groups.map(({ city, people }) => [city, people.map(({ member }) => member.name)])).toEqual([
		["Bogotá", ["Camila"]],
		["Osaka", ["Rin"]],
		["Tokyo", ["Ken", "Yuki"]],
		["", ["Noor"]],
	]);
});
