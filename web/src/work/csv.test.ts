import { expect, test } from "vitest";
import type { Project, Task } from "$data/types";
import { cell, tasksAsTable } from "./csv";

test("cells are quoted where they must be, and no spreadsheet takes one for a formula", () => {
	expect(cell("plain")).toBe("plain");
	expect(cell('a "b", c')).toBe('"a ""b"", c"');
	expect(cell("two\nlines")).toBe('"two\nlines"');
	expect(cell("=1+1")).toBe("'=1+1");
	expect(cell('=HYPERLINK("http://x.example","y")')).toBe('"\'=HYPERLINK(""http://x.example"",""y"")"');
	for (const text of ["+1 555", "-x", "@me", "\t=1"]) expect(cell(text).replaceAll('"', "").startsWith("'")).toBe(true);
	expect(cell("-12.5")).toBe("-12.5");
	expect(cell("")).toBe("");
});

test("a table has the columns of the list in their order", () => {
	const project = {
		stages: [{ id: "stg_1", name: "Ready", kind: "open", limit: null }],
		labels: [{ id: "lbl_1", name: "Maps", colour: "blue" }],
		fields: [{ id: "fld_1", name: "Country", kind: "choice", choices: [{ id: "cho_1", name: "Perú" }] }],
	} as unknown as Project;
	const task = {
		key: "DRV-1",
		title: "Save, then go",
		stage: "stg_1",
		owner: "mem_1",
		due: { date: "2026-12-17", time: "12:00", zone: "UTC", at: "2026-12-17T12:00:00Z" },
		labels: ["lbl_1"],
		values: { fld_1: "cho_1" },
		done_at: null,
	} as unknown as Task;
	const names = {
		key: "Key",
		title: "Title",
		stage: "Column",
		who: "Owner",
		when: "Due",
		labels: "Labels",
		done: "Done",
	};
	const member = () => ({ name: "Ann Lee" });
	const text = tasksAsTable([task], ["stage", "who", "when", "fld_1"], { project, member, names });
	expect(text).toBe(
		'\ufeffKey,Title,Column,Owner,Due,Country,Labels,Done\r\nDRV-1,"Save, then go",Ready,Ann Lee,2026-12-17 12:00,Perú,Maps,\r\n',
	);
});
