// The people of the walkthroughs in one workspace, each with their hours, a browser of their own where one is
// wanted, and a phone that keeps what it was pushed. The clock moves only when the day does.
import assert from "node:assert/strict";
import { newId, Person } from "./offline.world.mjs";
import { startPushService } from "./push.mjs";
import { person, startBrowser, startServer } from "./world.mjs";

export const PASSWORD = "correct horse battery staple";

const week = (...shifts) => [shifts, shifts, shifts, shifts, shifts, [], []];

/** The cast: where they are and when they work. */
const CAST = {
	ines: {
		name: "Inés Marques",
		zone: "Europe/Lisbon",
		city: "Lisbon",
		week: week(["09:00", "13:00"], ["14:00", "18:00"]),
	},
	camila: {
		name: "Camila Rojas",
		zone: "America/Bogota",
		city: "Bogotá",
		week: week(["08:30", "12:30"], ["13:30", "17:30"]),
	},
	jonas: {
		name: "Jonas Weber",
		zone: "Europe/Berlin",
		city: "Berlin",
		week: week(["09:00", "12:30"], ["13:15", "17:45"]),
	},
	althea: {
		name: "Althea Reyes",
		zone: "Asia/Manila",
		city: "Manila",
		week: week(["09:00", "12:00"], ["13:00", "18:00"]),
	},
	rafael: {
		name: "Rafael Santos",
		zone: "Asia/Manila",
		city: "Manila",
		week: week(["09:00", "12:00"], ["13:00", "18:00"]),
	},
	mei: {
		name: "Mei Tan",
		zone: "Asia/Singapore",
		city: "Singapore",
		week: week(["09:00", "12:00"], ["13:00", "18:00"]),
	},
};

/** A workspace with the whole cast and one space, on the clock of the day. */
export async function startDay(clock, { engine } = {}) {
	const service = await startPushService();
	const server = await startServer({ engine, clock, settings: { MERIDIAN_OUTBOUND_ALLOW: service.host } });
	const browser = await startBrowser();
	const [owner, ...others] = Object.entries(CAST);
	const people = { [owner[0]]: await found(server, owner[1]) };
	for (const [key, profile] of others) people[key] = await join(server, people[owner[0]], key, profile);
	for (const [key, who] of Object.entries(people)) {
		who.phone = service.device(key);
		await who.call("PUT", "/me/push", { id: newId("psh"), ...who.phone.subscription });
	}
	const space = newId("spc");
	const first = people[owner[0]];
	await first.call(
		"POST",
		"/spaces",
		{
			id: space,
			name: "Billing",
			visibility: "open",
			members: Object.values(people)
				.map(({ member }) => member)
				.filter((member) => member !== first.member),
		},
		newId("op"),
	);
	const open = [];
	return {
		server,
		browser,
		people,
		space,
		/** A person at a browser in their own zone, signed in. */
		async sits(key, options = {}) {
			const { zone } = CAST[key];
			const seat = await person(browser, server, { zone, clock: server.env.MERIDIAN_CLOCK, ...options });
			open.push(seat);
			await seat.page.goto("/sign-in");
			await seat.page.getByLabel("E-mail").fill(`${key}@example.org`);
			await seat.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
			await seat.page.getByRole("button", { name: "Sign in" }).click();
			await seat.page.waitForURL(/\/(inbox|away)/);
			return seat;
		},
		/** The day goes on at another instant: the server's clock, and that of everybody who sits at a browser. */
		async moveTo(instant) {
			await server.moveTo(instant);
			for (const { page } of open) {
				await page.clock.setSystemTime(new Date(instant));
				await page.goto("/inbox");
			}
		},
		/** No phone rang outside its person's working time, except for what may. */
		async insideHours({ but = [] } = {}) {
			for (const [key, { phone }] of Object.entries(people))
				for (const message of phone.received)
					if (!but.includes(message.kind))
						assert.ok(works(CAST[key], message.at), `${key} was rung at ${message.at}: ${message.title}`);
		},
		async stop() {
			await Promise.all(open.map((seat) => seat.close()));
			await browser.close();
			await server.stop();
			await service.stop();
		},
	};
}

/** Whether an instant lies in the hours of one of the cast. */
function works({ zone, week }, at) {
	const parts = Object.fromEntries(
		new Intl.DateTimeFormat("en-GB", {
			timeZone: zone,
			weekday: "short",
			hour: "2-digit",
			minute: "2-digit",
		})
			.formatToParts(new Date(at))
			.map(({ type, value }) => [type, value]),
	);
	const today = week[["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(parts.weekday)];
	const time = `${parts.hour}:${parts.minute}`;
	return today.some(([start, end]) => start <= time && time < end);
}

async function found(server, { name, zone, week }) {
	const who = new Person(server.url);
	const owner = { name, email: "ines@example.org", password: PASSWORD, zone };
	who.member = (await who.call("POST", "/setup", { workspace: { name: "Northwind" }, owner })).member;
	await who.call("PUT", `/members/${who.member}/schedule`, { zone, week }, newId("op"));
	return who;
}

async function join(server, owner, key, { name, zone, city, week }) {
	const invitation = await owner.call("POST", "/invitations", { role: "member", email: null, spaces: [] });
	const secret = invitation.url_path.split("/").at(-1);
	const who = new Person(server.url);
	const body = { name, email: `${key}@example.org`, password: PASSWORD, zone, week, city };
	who.member = (await who.call("POST", `/invitations/open/${secret}/accept`, body)).member;
	return who;
}
