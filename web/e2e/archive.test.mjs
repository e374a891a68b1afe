// A mail archive is imported beside the running server, found by search and read in the browser.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { engines, person, startBrowser, startServer, watched } from "./world.mjs";

const PASSWORD = "correct horse battery";
const ARCHIVE = `From ana at example.org  Wed Oct 15 19:44:23 2008
From: ana at example.org (=?utf-8?q?Ana_Mu=C3=B1oz?=)
Date: Wed, 15 Oct 2008 19:44:23 +0000
Subject: [R-sig-hpc] Vectorising a slow loop
Message-ID: <one@example.org>
Content-Type: text/plain; charset=utf-8

The loop takes four hours on our cluster. How would you vectorise it?

From piotr at example.org  Thu Oct 16 08:01:00 2008
From: piotr at example.org (Piotr Nowak)
Date: Thu, 16 Oct 2008 08:01:00 +0000
Subject: Re: [R-sig-hpc] Vectorising a slow loop
Message-ID: <two@example.org>
In-Reply-To: <one@example.org>
Content-Type: text/plain; charset=utf-8

> How would you vectorise it?

With an outer product. The same idea is known as \u684c\u5b50.
`;

let browser;
before(async () => {
	browser = await startBrowser();
});
after(() => browser.close());

for (const engine of engines) {
	test(`an imported thread is found and read (${engine})`, async (t) => {
		const server = await startServer({ engine });
		t.after(() => server.stop());
		await server.run(
			[
				"setup",
				"--workspace",
				"Cordel",
				"--owner",
				"camila@example.org",
				"--name",
				"Camila",
				"--zone",
				"America/Bogota",
				"--password-stdin",
			],
			{ input: PASSWORD },
		);
		const file = join(server.folder, "list.mbox");
		await writeFile(file, ARCHIVE);
		const report = join(server.folder, "report.json");
		await server.run(["import", "mbox", file, "--space", "Old list", "--report", report]);

		const camila = await person(browser, server, { zone: "America/Bogota" });
		t.after(() => camila.close());
		await watched(`archive-${engine}`, { camila }, () => findAndRead(camila.page));
		assert.deepEqual(camila.errors, []);
	});
}

async function findAndRead(page) {
	await page.goto("/sign-in");
	await page.getByLabel("E-mail").fill("camila@example.org");
	await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL("**/inbox");
	// One character of Chinese is enough.
	await page.goto(`/search?q=${encodeURIComponent("\u5b50")}`);
	await page
		.getByRole("link", { name: /Vectorising a slow loop|outer product/ })
		.first()
		.click();
	await page.getByRole("heading", { name: "Vectorising a slow loop" }).waitFor();
	const posts = page.locator("[data-post]");
	await posts.filter({ hasText: "The loop takes four hours" }).waitFor();
	await posts.filter({ hasText: "Ana Muñoz" }).waitFor();
	assert.equal(await posts.count(), 2);
	assert.equal((await posts.nth(1).locator("blockquote").textContent())?.trim(), "How would you vectorise it?");
}
