import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { Database } from "./idb";
import { newId } from "./ids";
import { databaseOf, readClosed } from "./kept";
import { topic } from "./testing/rows";

test("reads before anybody opened the database what the data layer would read", async () => {
	const member = newId("member");
	const database = new Database(member);
	await database.apply([{ seq: 4, operation: null, rows: [{ table: "topics", id: "t", row: topic({ id: "t" }) }] }], 4);
	await database.setMeta("me", { member });
	await database.noteOpened("t", 7);
	const kept = await readClosed(member);
	expect(kept).toEqual(await database.load());
	expect(kept?.me).toEqual({ member });
	expect(kept?.opened).toEqual(new Map([["t", 7]]));
	await database.close();
});

test("makes no database where there is none", async () => {
	const member = newId("member");
	await expect(readClosed(member)).rejects.toThrow();
	expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(databaseOf(member));
});

test("leaves one of another form to the data layer", async () => {
	const member = newId("member");
	const old = indexedDB.open(databaseOf(member), 1);
	await new Promise((done) => {
		old.onsuccess = done;
	});
	old.result.close();
	expect(await readClosed(member)).toBeUndefined();
});

test("the database takes what was read ahead once, then reads itself", async () => {
	const member = newId("member");
	const first = new Database(member);
	await first.load();
	const ahead = await readClosed(member);
	await first.setMeta("me", "new");
	const second = new Database(member, undefined, Promise.resolve(ahead));
	expect((await second.load()).me).toBeUndefined();
	expect((await second.load()).me).toBe("new");
	await Promise.all([first.close(), second.close()]);
});
