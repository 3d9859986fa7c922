import { appendFileSync, copyFileSync, readFileSync, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, vi } from "vitest";
import { temporaryFolder } from "../forge/fixture";
import { type Database, Journal } from "./journal";

interface Blobs {
  insert(row: object): void;
  find(query: object): { name: string; size: number }[];
  update(row: object): void;
  findAndRemove(query: object): void;
}
type Loki = Database & {
  addCollection(name: string, options: object): Blobs;
  getCollection(name: string): Blobs;
};
const LokiClass = require(
  require.resolve("lokijs", { paths: [require.resolve("azurite/package.json")] }),
) as new (
  file: string,
  options: object,
) => Loki;

const loki = (file: string) => new LokiClass(file, { persistenceMethod: "fs" });
const saveDatabase = (database: Loki) =>
  promisify((done: () => void) =>
    database.persistenceAdapter.saveDatabase(database.filename, database.serialize(), done),
  )();

/** A database with the file of its start, and a journal. */
async function opened(largestBytes?: number) {
  const folder = temporaryFolder("journal-");
  const [file, log] = [join(folder, "db.json"), join(folder, "journal")];
  const database = loki(file);
  const journal = await Journal.open(log, [database], largestBytes);
  const blobs = database.addCollection("blobs", { indices: ["name"] });
  await saveDatabase(database);
  return { file, log, journal, blobs };
}

/** What a program finds that starts on the files as they are now. */
async function found(file: string, log: string) {
  const database = loki(file);
  await Journal.open(log, [database]);
  await promisify(database.loadDatabase.bind(database))({});
  const blobs = database.getCollection("blobs");
  return blobs.find({ name: { $gte: "" } }).map(({ name, size }) => `${name} ${size}`);
}

it("brings back what was inserted, changed and removed since the file was written", async () => {
  const { file, log, journal, blobs } = await opened();
  for (const name of ["c", "a", "b"]) blobs.insert({ name, size: 1 });
  await journal.saved();
  blobs.update({ ...blobs.find({ name: "a" })[0], size: 2 });
  blobs.findAndRemove({ name: "c" });
  await journal.saved();
  expect(await found(file, log)).toEqual(["a 2", "b 1"]);
  expect(statSync(log).size).toBe(0);
  expect(await found(file, log)).toEqual(["a 2", "b 1"]);
});

it("leaves out a line that was cut off, and keeps those after it", async () => {
  const { file, log, journal, blobs } = await opened();
  blobs.insert({ name: "a", size: 1 });
  await journal.saved();
  appendFileSync(log, '\n["blobs",2,{"name":"torn","si');
  blobs.insert({ name: "b", size: 1 });
  await journal.saved();
  appendFileSync(log, '\n["blobs",9,{"name":"torn"');
  expect(await found(file, log)).toEqual(["a 1", "b 1"]);
});

it("writes the file again when the journal is long, and what comes while it does is kept", async () => {
  const { file, log, journal, blobs } = await opened(200);
  for (let size = 0; size < 20; size++) {
    blobs.insert({ name: `blob-${String(size).padStart(2, "0")}`, size });
    await journal.saved();
    expect(statSync(log).size).toBeLessThan(600);
  }
  const copy = `${log}.before`;
  copyFileSync(log, copy);
  expect(JSON.parse(readFileSync(file, "utf8")).collections[0].data.length).toBeGreaterThan(10);
  expect(await found(file, log)).toHaveLength(20);
  // A kill between the two leaves a journal whose changes the file has already.
  expect(await found(file, copy)).toHaveLength(20);
});

it("says what it cannot keep, and keeps it once it can", async () => {
  const { file, log, journal, blobs } = await opened();
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  const { log: handle } = journal as unknown as { log: FileHandle };
  vi.spyOn(handle, "appendFile").mockRejectedValueOnce(full);
  blobs.insert({ name: "a", size: 1 });
  await expect(journal.saved()).rejects.toThrow("ENOSPC");
  await journal.saved();
  expect(await found(file, log)).toEqual(["a 1"]);
});
