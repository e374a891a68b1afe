// Boards and tables of other tools, brought in as an admin does it: a real Trello board, Asana's table, files that are none.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { faults } from "./access.mjs";
import { calm, SIZES } from "./tour.mjs";
import { call, sample } from "./work.world.mjs";
import { eventually, picture, startBrowser, watched } from "./world.mjs";

const DATA = resolve(import.meta.dirname, "../../../shared/data");
const BOARD = join(DATA, "trello-board.json");
const noBoard = existsSync(BOARD) ? false : "the export trello-board.json is not here";

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

async function world(t, size = {}) {
	const { server, people, enter } = await sample(t, browser);
	const page = await enter("camila", "America/Bogota", size);
	await page.goto("/admin/import");
	await page.getByRole("heading", { name: "Bring in a board or a list" }).waitFor();
	return { page, people, server };
}

async function choose(page, file, space = "Driver app") {
	await page.getByLabel("File", { exact: true }).setInputFiles(file);
	await page.getByLabel("Into the space").selectOption({ label: space });
	await page.getByRole("button", { name: "Look at it first" }).click();
}

const done = (page) => page.getByRole("article").first().getByText("Done", { exact: true }).waitFor();
/** What the table of counts says of one thing: in the file, and added. */
async function counted(scope, name) {
	const cells = await scope
		.getByRole("row")
		.filter({ has: scope.page().getByRole("rowheader", { name, exact: true }) })
		.first()
		.getByRole("cell")
		.allTextContents();
	return cells.map((cell) => Number(cell.replaceAll(/\D/g, "")));
}

test("a real board is looked at, its people are named, and it is there", { skip: noBoard }, async (t) => {
	const { page, people } = await world(t);
	const expected = JSON.parse(await readFile(join(DATA, "trello-board.expect.json"), "utf8"));
	await watched("trello", people, async () => {
		await choose(page, BOARD);
		await page.getByRole("heading", { name: "122 tasks of Test Drive would be in Driver app." }).waitFor();
		assert.deepEqual(await counted(page.locator("main"), "Comments"), [expected.comments, expected.comments]);
		await page.getByText("40 comments on 13 cards are not in the file").waitFor();
		await page.getByText("0 of 11 are members here").waitFor();
		await calm(page);
		await picture(page, "trello-look", { fullPage: true });
		const { members } = await call(page, "GET", "/me");
		const camila = members.find(({ short_name }) => short_name === "Camila");
		await page.getByLabel("Who Marques Lee is here").selectOption({ label: camila.name });
		await page.getByText("1 of 11 are members here").waitFor();
		await page.getByRole("button", { name: "Import 122 tasks" }).click();
		await page.getByRole("article").first().waitFor();
		// What is said of it is true after a reload, under way or done.
		await page.reload();
		await done(page);
		const article = page.getByRole("article").first();
		await article.getByText("Report", { exact: true }).click();
		for (const [name, value] of [
			["Lists", expected.lists],
			["Tasks", expected.cards],
			["Steps", expected.check_items],
			["Attachments", expected.attachments],
		]) {
			assert.deepEqual(await counted(article, name), [value, value], name);
		}
		await picture(page, "trello-report", { fullPage: true });
		await article.getByRole("link", { name: "Open the board" }).click();
		await page.getByText("change material for example pipelines").first().waitFor();
		await page.locator("[data-card]").first().waitFor();
		await calm(page);
		await picture(page, "trello-board");
		const project = (await call(page, "GET", "/projects/TD")).project;
		assert.equal(project.stages.length, 7);
		await page.goto("/task/TD-107");
		await page.getByRole("heading", { level: 1 }).waitFor();
		await calm(page);
		await picture(page, "trello-task", { fullPage: true });
		// Nobody is told of what is years old.
		await page.goto("/inbox");
		await page.locator("h1").waitFor();
		assert.equal(await page.getByText("Test Drive").count(), 0);
	});
});

test("the same board again adds nothing", { skip: noBoard }, async (t) => {
	const { page, people, server } = await world(t);
	await watched("trello-again", people, async () => {
		const said = await server.run([
			"import",
			"trello",
			BOARD,
			"--space",
			"Driver app",
			"--report",
			join(server.folder, "report.json"),
		]);
		assert.match(said, /122 tasks are in the new project Test Drive \(TD\) in Driver app/);
		const report = JSON.parse(await readFile(join(server.folder, "report.json"), "utf8"));
		const expected = JSON.parse(await readFile(join(DATA, "trello-board.expect.json"), "utf8"));
		for (const [name, value] of Object.entries(expected)) assert.equal(report.carried[name], value, name);
		await choose(page, BOARD);
		await page.getByText("Test Drive is here already. 0 tasks would be added").waitFor();
		assert.deepEqual(await counted(page.locator("main"), "Tasks"), [122, 0]);
	});
});

test("a file that is none says so, and nothing is lost", async (t) => {
	const { page, people } = await world(t);
	await watched("trello-refused", people, async () => {
		for (const [content, words] of [
			['{"id": "x", "lists": [{"id": ', "The file ends too early"],
			['{"hello": 1}', "no export of a Trello board"],
			["one line", "no table with a head"],
		]) {
			await choose(page, { name: "board.json", mimeType: "application/json", buffer: Buffer.from(content) });
			await page.getByText(words).first().waitFor();
			assert.equal(await page.getByRole("article").count(), 0);
		}
	});
});

const ASANA = `Task ID,Created At,Completed At,Last Modified,Name,Section/Column,Assignee,Assignee Email,Start Date,Due Date,Tags,Notes,Projects,Parent task,Blocked By (Dependencies),Blocking (Dependencies)
1,2025-09-02,,2025-09-05,Design,Doing,Jonas Weber,,2025-10-13,2025-10-20,ui,Why not,Site,,,
2,2025-09-02,2025-09-06,2025-09-06,Draw,,,,,,ui,,,Design,,
3,2025-09-02,,2025-09-05,=Build,To do,,,,2025-10-30,,,Site,,Design,
`;

test("a table of Asana comes in, its list goes out as a table, and that comes in again", async (t) => {
	const { page, people, server } = await world(t);
	await watched("trello-table", people, async () => {
		await choose(page, { name: "site.csv", mimeType: "text/csv", buffer: Buffer.from(ASANA) });
		await page.getByText("This is an export of Asana").waitFor();
		await picture(page, "trello-table", { fullPage: true });
		await page.getByRole("button", { name: "Import 3 tasks" }).click();
		await done(page);
		await page.goto("/s/driver-app/board?project=SITE&view=list");
		await page.getByRole("link", { name: "Design", exact: true }).waitFor();
		const [download] = await Promise.all([
			page.waitForEvent("download"),
			page.getByRole("button", { name: "Export as CSV" }).click(),
		]);
		assert.equal(download.suggestedFilename(), "SITE.csv");
		const text = await readFile(await download.path(), "utf8");
		assert.ok(text.startsWith("\ufeffKey,Title,Column,"), text);
		assert.ok(text.includes(",'=Build,") && text.includes("Jonas Weber"), text);
		const path = join(server.folder, "again.csv");
		await writeFile(path, text);
		await page.goto("/admin/import");
		await choose(page, path, "Company");
		await page.getByRole("heading", { name: "3 tasks of again would be in Company." }).waitFor();
		await page.getByLabel("What the column Steps means").selectOption({ label: "Leave it out" });
		await eventually(async () => (await page.getByLabel("What the column Steps means").inputValue()) === "nothing");
		await page.getByRole("button", { name: "Import 3 tasks" }).click();
		await done(page);
		const again = await eventually(async () =>
			(await call(page, "GET", "/projects")).items.find(({ name }) => name === "again"),
		);
		const { items } = await eventually(async () => {
			const tasks = await call(page, "GET", `/projects/${again.id}/tasks`);
			return tasks.items.length === 3 && tasks;
		});
		assert.deepEqual(items.map(({ title }) => title).sort(), ["=Build", "Design", "Draw"]);
	});
});

for (const size of SIZES)
	for (const theme of ["light", "dark"])
		test(`the import keeps to the list of ui.md 5 at ${size.width} in ${theme}`, { skip: noBoard }, async (t) => {
			const { page, people } = await world(t, { ...size, theme });
			await watched(`trello-access-${size.width}-${theme}`, people, async () => {
				await page.emulateMedia({ colorScheme: theme });
				const check = async (name) => {
					await calm(page);
					await picture(page, `trello-${name}-${size.width}-${theme}`, { fullPage: true });
					assert.deepEqual(await faults(page, size), [], name);
				};
				await check("import-empty");
				await choose(page, BOARD);
				await page.getByRole("heading", { name: /would be in Driver app/ }).waitFor();
				await check("import-look");
				await page.getByRole("button", { name: "Import 122 tasks" }).click();
				await done(page);
				await page.getByText("Report", { exact: true }).first().click();
				await check("import-done");
			});
		});
