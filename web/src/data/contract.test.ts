import { expect, test } from "vitest";
import specification from "../../openapi.json";
import { type Arguments, operation } from "./operations";
import type { Norms } from "./types";

const AT = "2026-11-25T10:00:00Z";
const DAY: [string, string][] = [["09:00", "17:00"]];
const ask = {
	id: "ask_1",
	kind: "decide",
	question: "A or B?",
	asked: "mem_ana",
	budget: { kind: "exact", at: AT },
	expected: { delivered_at: AT, due_at: AT },
} as const;
const norms: Norms = { budgets: { answer: "half_day" }, urgent_reasons: ["Down"], rota: ["mem_ana"], note: "Soon" };
const file = { id: "fil_1", name: "a.png", media_type: "image/png", size: 1, width: 1, height: 1, url: "/x" };
const newPost = { id: "pst_1", source: "Hello", files: [file], to: ["mem_ana"] };

/** Every operation with every argument. */
const examples: Arguments = {
	"post.create": { ...newPost, topic: "top_1", ask, answers: "ask_2" },
	"topic.create": { id: "top_1", title: "Plan", space: "spc_1", participants: ["mem_ana"], post: newPost, ask },
	"post.edit": { id: "pst_1", topic: "top_1", source: "Hello again", edits: 2 },
	"post.delete": { id: "pst_1", topic: "top_1" },
	"response.set": { post: "pst_1", topic: "top_1", word: "Thanks", on: true },
	"mark.set": { topic: "top_1", read_no: 1, done_no: 1, unread: true, following: true, later_until: AT, kept: true },
	"marks.done": { topics: [{ id: "top_1", done_no: 3 }] },
	"ask.create": { topic: "top_1", post: "pst_1", ask },
	"ask.accept": { id: "ask_1", topic: "top_1", promised_at: AT },
	"ask.answer": { id: "ask_1", topic: "top_1", post: "pst_1" },
	"ask.decline": { id: "ask_1", topic: "top_1", reason: "No time", suggested: "mem_ana" },
	"ask.pass": { id: "ask_1", topic: "top_1", new_ask: "ask_2", to: "mem_ana", note: "Yours" },
	"ask.withdraw": { id: "ask_1", topic: "top_1" },
	"ask.close": { id: "ask_1", topic: "top_1" },
	"ask.reopen": { id: "ask_1", topic: "top_1" },
	"topic.patch": { id: "top_1", title: "Plan B", space: "spc_2", summary: null, summary_version: 3 },
	"topic.close": { id: "top_1", outcome: "We ship." },
	"topic.reopen": { id: "top_1" },
	"space.create": {
		id: "spc_1",
		name: "A",
		purpose: "B",
		visibility: "open",
		social: true,
		hue: 1,
		members: ["mem_ana"],
	},
	"space.patch": {
		id: "spc_1",
		name: "A",
		purpose: "B",
		visibility: "private",
		social: true,
		hue: 2,
		archived: true,
		norms,
		lead: "mem_ana",
	},
	"space.join": { space: "spc_1", member: "mem_ana" },
	"space.leave": { space: "spc_1", member: "mem_ana" },
	"member.patch": { id: "mem_ana", name: "Ana", short_name: "Ana", city: null, role: "guest", picture: null },
	"schedule.set": { member: "mem_ana", schedule: { zone: "UTC", week: [DAY, DAY, DAY, DAY, DAY, [], []] } },
	"time_off.add": {
		id: "off_1",
		member: "mem_ana",
		from: "2026-12-01T00:00",
		to: "2026-12-05T00:00",
		cover: "mem_b",
		note: "x",
	},
	"time_off.patch": {
		id: "off_1",
		member: "mem_ana",
		from: "2026-12-01T00:00",
		to: "2026-12-05T00:00",
		cover: null,
		note: null,
	},
	"time_off.remove": { id: "off_1", member: "mem_ana" },
	"ask.claim": { id: "ask_1", topic: "top_1" },
	"ask.acknowledge": { id: "ask_1", topic: "top_1" },
	"ask.judge": { id: "ask_1", topic: "top_1", judged: "could_have_waited" },
	"ask.extend": { id: "ask_1", topic: "top_1", due_at: AT },
	"ask.cover": { id: "ask_1", topic: "top_1", new_ask: "ask_2", to: "mem_ana" },
	"ask.reassign": { id: "ask_1", topic: "top_1", new_ask: "ask_2", to: "mem_ana", note: "Yours" },
	"ask.escalate": { id: "ask_1", topic: "top_1", new_ask: "ask_2", to: "mem_ana", note: "Please decide" },
	"show.set": { topic: "top_1", member: "mem_ana" },
	"show.remove": { topic: "top_1", member: "mem_ana" },
	"delivery.set": {
		member: "mem_ana",
		plan: { kind: "fixed", times: ["09:00", "16:00"] },
		focus: [DAY, [], [], [], [], [], []],
		focus_until: AT,
		email: { asks: true, digest: false },
	},
	"delivery.check": { member: "mem_ana", topics: ["top_1"] },
	"away.seen": { member: "mem_ana" },
	"workspace.patch": { id: "wsp_1", name: "Northwind", norms },
	"group.create": { id: "grp_1", name: "Design", members: ["mem_ana"] },
	"group.patch": { id: "grp_1", name: "Design", members: ["mem_ana"] },
	"group.remove": { id: "grp_1" },
	"holidays.set": { member: "mem_ana", name: "Portugal", ics: "BEGIN:VCALENDAR" },
	"holidays.remove": { member: "mem_ana" },
	"travel.set": { member: "mem_ana", zone: "Europe/Lisbon", city: "Lisbon", until: "2026-12-05" },
	"travel.remove": { member: "mem_ana" },
	"draft.put": {
		id: "drf_1",
		place: { kind: "topic", topic: "top_1" },
		title: null,
		source: "So far",
		to: ["mem_ana"],
		ask: { kind: "answer" },
		files: ["fil_1"],
		device: "here",
		version: 2,
	},
	"draft.remove": { id: "drf_1" },
	"draft.send": {
		id: "drf_1",
		when: { kind: "their_start", member: "mem_ana" },
		post: "pst_1",
		topic: "top_1",
		ask: "ask_1",
		expected: AT,
	},
	"draft.hold": { id: "drf_1" },
	"project.create": {
		id: "prj_1",
		key: "DRV",
		name: "Driver app",
		space: "spc_1",
		purpose: "Offline",
		owner: "mem_ana",
		stages: [{ id: "stg_1", name: "Ready", kind: "open" }],
	},
	"project.patch": {
		id: "prj_1",
		name: "A",
		purpose: "B",
		owner: null,
		health: "at_risk",
		health_note: "Late",
		key: "DRW",
		archived: true,
		space: "spc_2",
	},
	"stage.add": { id: "stg_1", project: "prj_1", name: "Ready", kind: "open", limit: 4, after: null },
	"stage.patch": { id: "stg_1", project: "prj_1", name: "Ready", kind: "open", limit: null, after: "stg_2" },
	"stage.remove": { id: "stg_1", project: "prj_1", to: "stg_2", tasks: ["top_1"] },
	"label.add": { id: "lbl_1", project: "prj_1", name: "map", colour: "green" },
	"label.patch": { id: "lbl_1", project: "prj_1", name: "maps", colour: "sun" },
	"label.remove": { id: "lbl_1", project: "prj_1" },
	"field.add": {
		id: "fld_1",
		project: "prj_1",
		name: "Platform",
		kind: "choice",
		choices: [{ id: "cho_1", name: "Android" }],
	},
	"field.patch": { id: "fld_1", project: "prj_1", name: "Phone", choices: [{ id: "cho_1", name: "iOS" }], lost: {} },
	"field.remove": { id: "fld_1", project: "prj_1", lost: { top_1: "cho_1" } },
	"view.create": {
		id: "viw_1",
		project: "prj_1",
		name: "Due soon",
		shared: true,
		shows: {
			as: "calendar",
			find: "map",
			owner: "mem_ana",
			nobody: false,
			label: "lbl_1",
			due: "week",
			choice: "cho_1",
			group: "owner",
			sort: "due",
			columns: ["who", "fld_1"],
			span: "week",
		},
	},
	"view.patch": { id: "viw_1", project: "prj_1", name: "Due", shared: false, shows: {} },
	"view.remove": { id: "viw_1", project: "prj_1" },
	"task.create": {
		id: "top_1",
		project: "prj_1",
		title: "Plan",
		spot: { stage: "stg_1", after: null, place: "a" },
		owner: "mem_ana",
		due: { date: "2026-12-04", time: "15:00" },
		starts_on: "2026-12-01",
		labels: ["lbl_1"],
		why: "Because",
		parent: "top_2",
		deliverable: true,
		from: { topic: "top_3", post: "pst_1", ask: null },
	},
	"task.deliver": { task: "top_1", project: "prj_1", stage: "stg_2", posts: ["pst_1"], link: "https://example.org" },
	"task.accept": { task: "top_1", project: "prj_1", note: "As agreed" },
	"task.send_back": { task: "top_1", project: "prj_1", stage: "stg_1", reason: "The legend" },
	"goal.create": {
		id: "goa_1",
		space: "spc_1",
		title: "Drivers work without a signal",
		measure: "No call",
		owner: "mem_ana",
		target_date: "2026-12-18",
		results: [{ id: "krs_1", name: "Sign-in", kind: "number", unit: "s", from: 45, to: 20 }],
		projects: ["prj_1"],
	},
	"goal.patch": {
		id: "goa_1",
		change: {
			title: "A",
			measure: "B",
			owner: null,
			target_date: null,
			state: "reached",
			projects: [],
			tasks: ["top_1"],
		},
	},
	"goal.result_add": { goal: "goa_1", result: { id: "krs_2", name: "Agreed", kind: "done", unit: "" } },
	"goal.result_patch": { goal: "goa_1", id: "krs_1", name: "Sign in", value: 21.5, to: 18 },
	"goal.result_remove": { goal: "goa_1", id: "krs_2" },
	"goal.line": { id: "goa_1", text: "Five of seven" },
	"task.patch": {
		task: "top_1",
		project: "prj_1",
		change: {
			title: "Plan",
			why: "Because",
			owner: null,
			due: { date: "2026-12-04", time: null },
			starts_on: null,
			labels: [],
			requester: "mem_ana",
			deliverable: false,
			parent: null,
			cover: null,
			values: { fld_1: "x" },
			archived: true,
			done: true,
		},
	},
	"task.move": {
		task: "top_1",
		project: "prj_1",
		to: { stage: "stg_1", after: "top_2", place: "a" },
		from: { stage: "stg_2", after: null, place: "b" },
		version: 3,
	},
	"task.transfer": { task: "top_1", project: "prj_1", to: "prj_2" },
	"task.take": { task: "top_1", project: "prj_1" },
	"task.hand_over": {
		id: "han_1",
		task: "top_1",
		project: "prj_1",
		to: "mem_ana",
		baton: {
			state: "Half is done",
			next_action: "The map",
			open_questions: "A or B?",
			do_not_touch: "Staging",
			links: "/task/DRV-1",
			authority: "The layout is yours",
		},
	},
	"handoff.accept": { id: "han_1", task: "top_1", project: "prj_1" },
	"handoff.decline": { id: "han_1", task: "top_1", project: "prj_1", reason: "Away on Friday" },
	"handoff.take_back": { id: "han_1", task: "top_1", project: "prj_1" },
	"task.queue": { task: "top_1", project: "prj_1", queued: true },
	"project.queue": { project: "prj_1", members: ["mem_ana"] },
	"tasks.patch": { project: "prj_1", tasks: [{ task: "top_1", change: { owner: "mem_ana" } }] },
	"step.add": { id: "stp_1", task: "top_1", project: "prj_1", text: "Saved", after: null },
	"step.patch": { id: "stp_1", task: "top_1", project: "prj_1", text: "Saved", done: true, owner: null, after: null },
	"step.remove": { id: "stp_1", task: "top_1", project: "prj_1" },
	"wait.add": { id: "wai_1", task: "top_1", project: "prj_1", on: { ask: "ask_1" } },
	"wait.remove": { id: "wai_1", task: "top_1", project: "prj_1" },
};

interface Schema {
	$ref?: string;
	oneOf?: Schema[];
	properties?: Record<string, Schema>;
	required?: string[];
	items?: Schema | false;
}
interface Endpoint {
	requestBody?: { content: Record<string, { schema: Schema }> };
}
const paths = specification.paths as unknown as Record<string, Record<string, Endpoint>>;
const schemas = specification.components.schemas as unknown as Record<string, Schema>;

function endpoint(method: string, path: string): Endpoint | undefined {
	const fits = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(`/api/v1${path}`);
	// A fixed path, such as /marks/done, comes before one with a place to fill.
	const templates = Object.keys(paths).filter(fits);
	const best = templates.sort((a, b) => a.split("{").length - b.split("{").length)[0];
	return best === undefined ? undefined : paths[best]?.[method.toLowerCase()];
}

/** Fields of `value` that the schema does not have, and fields that it requires and `value` lacks. */
function wrong(schema: Schema | undefined | false, value: unknown, at = "body"): string[] {
	if (!schema || value === null || typeof value !== "object") return [];
	if (schema.$ref) return wrong(schemas[schema.$ref.split("/").at(-1) ?? ""], value, at);
	if (Array.isArray(value)) return value.flatMap((item, n) => wrong(schema.items, item, `${at}[${n}]`));
	if (schema.oneOf)
		return schema.oneOf.map((one) => wrong(one, value, at)).sort((a, b) => a.length - b.length)[0] ?? [];
	// An object whose fields the specification leaves open.
	if (!schema.properties) return [];
	const known = schema.properties;
	const fields = Object.entries(value);
	return [
		...fields.filter(([name]) => !(name in known)).map(([name]) => `${at}.${name} is not known`),
		...(schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`),
		...fields.flatMap(([name, field]) => wrong(known[name], field, `${at}.${name}`)),
	];
}

test.each(Object.entries(examples))("%s asks for what the specification has", (name, args) => {
	const { request } = operation(name as keyof Arguments, args, "mem_me", AT);
	const found = endpoint(request.method, request.path);
	expect(found, `${request.method} ${request.path}`).toBeDefined();
	const schema = found?.requestBody?.content["application/json"]?.schema;
	const body: unknown = request.body === undefined ? undefined : JSON.parse(JSON.stringify(request.body));
	expect(body === undefined).toBe(schema === undefined);
	expect(wrong(schema, body)).toEqual([]);
});
