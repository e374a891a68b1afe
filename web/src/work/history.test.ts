import { expect, test } from "vitest";
import { historyOf } from "./history";

const words = { person: (id: string) => id.toUpperCase(), nobody: "No one" };

test("stages and hands together, the newest first; where it began is no change", () => {
	const page = {
		stages: [
			{ from: "Ready", to: "In progress", by: "a", at: "2026-11-25T10:00:00Z" },
			{ from: "", to: "Ready", by: "a", at: "2026-11-23T10:00:00Z" },
		],
		hand_overs: [
			{ from: "rafael", to: "yuki", by: "a", at: "2026-11-26T10:00:00Z" },
			{ from: null, to: "rafael", by: "a", at: "2026-11-24T10:00:00Z" },
			{ from: "yuki", to: null, by: "a", at: "2026-11-27T10:00:00Z" },
		],
	};
	expect(historyOf(page, words).map(({ from, to }) => `${from} > ${to}`)).toEqual([
		"YUKI > No one",
		"RAFAEL > YUKI",
		"Ready > In progress",
		"No one > RAFAEL",
	]);
});
