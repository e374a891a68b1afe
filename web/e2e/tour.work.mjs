// The screens of work: boards, tasks, goals, results, what comes in from elsewhere.

/** The screens, by name, as those of tour.mjs. */
export const WORK_SCREENS = {
	board: { at: "/s/driver-app/board" },
	"board-add": { at: "/s/driver-app/board", act: writeTask },
	"board-selected": { at: "/s/driver-app/board?view=list", act: selectTasks },
	"board-views": { at: "/s/driver-app/board", act: (page) => press(page, "Views") },
	"board-filter": { at: "/s/driver-app/board", act: openFilter },
	"board-project": { at: "/s/driver-app/board", act: (page) => openMenu(page, "About the project") },
	"board-rules": { at: "/s/driver-app/board", act: openRules },
	"board-templates": { at: "/s/driver-app/board", act: (page) => openRhythm(page, "Templates") },
	"board-hiring": { at: "/s/hiring/board" },
	"board-intake": { at: "/s/support/board" },
	list: { at: "/s/driver-app/board?view=list" },
	"list-week": { at: "/s/driver-app/board?view=list&due=week&group=owner&sort=due" },
	calendar: { at: "/s/driver-app/board?view=calendar" },
	timeline: { at: "/s/driver-app/board?view=timeline" },
	"timeline-quarter": { at: "/s/driver-app/board?view=timeline&span=quarter" },
	queue: { at: "/queue/SUP" },
	"sign-off": { at: "/sign-off", as: "piotr", act: chooseNext },
	task: { at: "/s/driver-app/board?view=list", act: (page) => openTask(page, "Save the route on the phone") },
	"task-offer": {
		at: "/s/driver-app/board?view=list",
		as: "ines",
		act: (page) => openTask(page, "Test the saved route on old phones"),
	},
	"task-sent-back": {
		at: "/s/driver-app/board?view=list",
		as: "ines",
		act: (page) => openTask(page, "Words for the low-battery warning"),
	},
	"task-deliver": { at: "/s/driver-app/board?view=list", as: "ines", act: openDelivery },
	"task-repeat": { at: "/s/driver-app/board?view=list", act: openRepeat },
	"form-editor": { at: "/s/support/board", act: openForms },
	form: { at: "/s/support/board", act: openForm },
	goals: { at: "/s/driver-app/goals" },
	goal: { at: "/s/driver-app/goals", act: openGoal },
	results: { at: "/results?space=driver-app" },
	"import-look": { at: "/admin/import", act: lookAtImport },
	"import-report": { at: "/admin/import", act: readReport },
};

const press = (page, name) => page.getByRole("button", { name, exact: true }).first().click();

async function writeTask(page) {
	await page.keyboard.press("c");
	await page
		.getByRole("dialog")
		.getByLabel("What", { exact: true })
		.fill("Call the drivers in Porto Fri 15:00 @inês #release");
}

/** Three tasks of the list are chosen, to be changed at once. */
async function selectTasks(page) {
	for (const n of [1, 2, 3]) await page.locator("tr[data-card] input[type=checkbox]").nth(n).check();
	await page.getByRole("toolbar").first().waitFor();
}

/** What is in hand goes to somebody whose day begins soon. */
async function chooseNext(page) {
	await page.locator("main select").first().selectOption({ index: 1 });
}

async function openFilter(page) {
	await press(page, "Filter");
	await page.getByLabel("Label", { exact: true }).selectOption({ label: "map" });
}

async function openMenu(page, item) {
	await press(page, "More about this board");
	await page.getByRole("menuitem", { name: item }).click();
	await page.getByRole("dialog").waitFor();
}

async function openRhythm(page, part) {
	await openMenu(page, "Rules, templates, forms");
	await page.getByRole("dialog").getByText(part, { exact: true }).first().click();
}

async function openRules(page) {
	await openRhythm(page, "Rules");
	await page.getByRole("dialog").getByText("What rules did").click();
	await page.getByRole("dialog").getByText("Done", { exact: true }).first().waitFor();
}

async function openTask(page, title) {
	const link = page.locator("[data-card-link]").filter({ hasText: title }).first();
	await link.waitFor();
	await page.goto(await link.getAttribute("href"));
	await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

async function openDelivery(page) {
	await openTask(page, "Words for the low-battery warning");
	await page.getByRole("button", { name: "More", exact: true }).first().click();
	await page.getByRole("menuitem", { name: "Done, with evidence" }).click();
	await page.getByRole("dialog").waitFor();
}

/** The one of next week: the week of the public holiday is left out. */
async function openRepeat(page) {
	await openTask(page, "Read what drivers wrote this week");
	await page.getByRole("button", { name: /^Every / }).click();
	await page.getByRole("dialog").locator("ol li").first().waitFor();
}

async function openForms(page) {
	await openRhythm(page, "Forms");
	await page
		.getByRole("dialog")
		.getByLabel(/^Address of/)
		.waitFor();
}

/** The form as a driver sees it. */
async function openForm(page) {
	const address = await page.evaluate(async () => {
		const read = async (path) => (await fetch(`/api/v1${path}`)).json();
		const { items } = await read("/projects");
		const { rhythm } = await read(`/projects/${items.find(({ key }) => key === "SUP").id}/rhythm`);
		return `/api/v1/f/${rhythm.forms[0].secret}`;
	});
	await page.goto(address);
	await page.getByRole("heading", { level: 1 }).waitFor();
}

/** What changed about the first goal. */
async function openGoal(page) {
	await page.getByRole("button", { name: "More about Drivers work without a signal" }).click();
	await page.getByRole("menuitem", { name: "What changed" }).click();
	await page.getByRole("dialog").getByRole("listitem").first().waitFor();
}

/** A small board of another tool, another one each time: its own work is added once. */
let boards = 0;
function boardOf() {
	boards += 1;
	const id = (kind, n) => `${kind}${boards}`.padEnd(20, "0") + String(n).padStart(4, "0");
	const person = (n, fullName, username) => ({ id: id("a", n), fullName, username });
	const members = [person(1, "Camila Duarte", "camiladuarte"), person(2, "Marta Nunes", "martan")];
	const list = (n, name) => ({ id: id("b", n), name, closed: false, pos: n });
	const lists = [list(1, "To do"), list(2, "Under way"), list(3, "Done")];
	const card = (n, name, at, more = {}) => ({
		id: id("c", n),
		name,
		desc: "",
		idList: id("b", at),
		closed: false,
		pos: n,
		idShort: n,
		idMembers: [],
		idLabels: [],
		idChecklists: [],
		attachments: [],
		due: null,
		dueComplete: false,
		dateLastActivity: "2025-10-08T10:00:00.000Z",
		...more,
	});
	const cards = [
		card(1, "Choose the shelves", 3, { idMembers: [id("a", 1)], dueComplete: true, due: "2025-10-06T15:00:00.000Z" }),
		card(2, "A second ramp for vans", 2, {
			idMembers: [id("a", 2)],
			due: "2025-10-22T15:00:00.000Z",
			idChecklists: [id("d", 1)],
		}),
		card(3, "Who has which key?", 1, { desc: "One list, kept by the door.", idLabels: [id("e", 1)] }),
		card(4, "Light over gate 4", 1, { due: "2025-10-28T12:00:00.000Z" }),
	];
	const item = (n, name, state) => ({ id: id("f", n), name, state, pos: n });
	const checkItems = [item(1, "Three offers", "complete"), item(2, "Ask the fire department", "incomplete")];
	const action = {
		id: id("9", 1),
		type: "commentCard",
		date: "2025-10-08T10:00:00.000Z",
		idMemberCreator: id("a", 2),
		data: { text: "The second offer includes the rails.", card: { id: id("c", 2) } },
		memberCreator: members[1],
	};
	return {
		id: id("0", 1),
		name: "The new depot in Porto",
		desc: "",
		closed: false,
		members,
		lists,
		cards,
		labels: [{ id: id("e", 1), name: "keys", color: "green" }],
		checklists: [{ id: id("d", 1), idCard: id("c", 2), name: "Before we order", pos: 1, checkItems }],
		actions: [action],
		customFields: [],
	};
}

async function lookAtImport(page) {
	const buffer = Buffer.from(JSON.stringify(boardOf()));
	await page
		.getByLabel("File", { exact: true })
		.setInputFiles({ name: "depot.json", mimeType: "application/json", buffer });
	await page.getByLabel("Into the space").selectOption({ label: "Billing" });
	await page.getByRole("button", { name: "Look at it first" }).click();
	await page.getByRole("heading", { name: "4 tasks of The new depot in Porto would be in Billing." }).waitFor();
}

async function readReport(page) {
	await lookAtImport(page);
	await page.getByRole("button", { name: "Import 4 tasks" }).click();
	const article = page.getByRole("article").first();
	await article.getByText("Done", { exact: true }).waitFor();
	await article.getByText("Report", { exact: true }).click();
}
