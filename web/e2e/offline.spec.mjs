/**
 * Runs the offline cases against a server that was never set up:
 *
 *   node e2e/offline.spec.mjs http://127.0.0.1:7600 [beginning of a case's name]
 */
import { cases } from "./offline.cases.mjs";
import { makeWorld, sitDown } from "./offline.world.mjs";

const say = (line) => process.stdout.write(`${line}\n`);

/** Runs the cases whose names begin with `only`. Answers the names of those that failed. */
export async function runOffline(server, only = "") {
	const world = await makeWorld(server);
	const failed = [];
	for (const [name, run] of Object.entries(cases)) {
		if (!name.startsWith(only)) continue;
		let desk;
		try {
			desk = await sitDown(world);
			const note = await run(desk);
			say(`pass ${name}${note ? ` (${note})` : ""}`);
		} catch (error) {
			failed.push(name);
			say(`FAIL ${name}: ${String(error.message).split("\n")[0]}`);
		}
		await desk?.context.close();
	}
	await world.close();
	return failed;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
	const [, , server, only] = process.argv;
	if (!server) throw new Error("The address of a server is missing.");
	const failed = await runOffline(server, only);
	say(failed.length === 0 ? "all passed" : `${failed.length} failed`);
	process.exitCode = failed.length === 0 ? 0 : 1;
}
