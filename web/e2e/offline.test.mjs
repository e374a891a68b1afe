// Every promise about bad networks, in a real browser at a real server.
import { after, before, describe, test } from "node:test";
import { cases } from "./offline.cases.mjs";
import { hardCases } from "./offline.hard.mjs";
import { makeWorld, sitDown } from "./offline.world.mjs";

describe("on a bad network", () => {
	let world;
	before(async () => {
		world = await makeWorld();
	});
	after(() => world?.close());

	for (const [name, run] of Object.entries({ ...cases, ...hardCases })) {
		test(name, { timeout: 90_000 }, async (context) => {
			const desk = await sitDown(world);
			try {
				const note = await run(desk);
				if (note) context.diagnostic(note);
			} catch (error) {
				context.diagnostic(await desk.account());
				throw error;
			} finally {
				await desk.context.close().catch(() => {});
				await desk.tidy?.();
			}
		});
	}
});
