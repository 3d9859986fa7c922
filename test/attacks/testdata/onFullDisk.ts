import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Journal as Steps } from "../../../cli/journal";
import type { Document } from "../../../local/engine/document";
import { backUp, writeDocument } from "../../../local/engine/state";
import { createIssue } from "../../../local/forge/issues";
import { type PipelineRecord, savePipeline } from "../../../local/forge/records";
import { setVariable } from "../../../local/forge/variables";
import { type Database, Journal } from "../../../local/objectStore/journal";
import { port } from "../../../local/provider/kinds/port";
import { sealKey } from "../../../local/seal";

// Writes each kind of file on a disk of its own that is full, and prints what came of it as JSON.
const home = process.env.ECLUSE_HOME ?? "";
const state = join(home, "stacks/local-dev.json");
const collection = {
  name: "blobs",
  data: [],
  dirtyIds: [] as number[],
  get: (id: number) => ({ $loki: id, name: "a page or two ".repeat(500) }),
};
const database = { collections: [collection], autosaveDisable() {}, persistenceAdapter: {} };
const document = (time: string) =>
  ({ version: 3, deployment: { manifest: { time } } }) as unknown as Document;

async function storeJournal(file: string) {
  const journal = await Journal.open(file, [database as unknown as Database]);
  return (turn: number) => {
    collection.dirtyIds.push(turn);
    return journal.saved();
  };
}

/** What writes each file, for the `turn`th time. */
async function writers(): Promise<Record<string, (turn: number) => unknown>> {
  const variable = { project: "1", key: "TOKEN", environmentScope: "prod", masked: false, protected: true };
  const issue = { description: "", labels: [], author: "ada" };
  const record = { id: "1", project: "1", status: "passed", jobs: [] };
  return {
    "stacks/local-dev.json": (turn) => writeDocument(state, document(String(turn))),
    "stacks/local-dev.json.bak": () => backUp(state),
    "journal/churn.json": (turn) => new Steps("churn").once("train", turn, async () => turn),
    "forge/variables.json": (turn) => setVariable(home, { ...variable, value: String(turn) }),
    "forge/issues.json": (turn) => createIssue(home, "1", { ...issue, title: String(turn) }),
    "forge/pipelines/1.json": (turn) =>
      savePipeline(home, { ...record, ref: String(turn) } as unknown as PipelineRecord),
    "ports/29999": () => port.create({ environment: "dev", name: "store", wanted: 29_999 }),
    "keys/new": () => sealKey(home, "new"),
    "blobs.journal": await storeJournal(join(home, "blobs.journal")),
  };
}

function fill(ballast: string): void {
  for (const size of [4096, 1])
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(size));
    } catch {
      // the disk is full
    }
}

const contentOf = (name: string) =>
  existsSync(join(home, name)) ? readFileSync(join(home, name), "utf8") : "none";
const drafts = () =>
  readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => /\.new$|\.lock/.test(name));

async function main(): Promise<void> {
  const said: object[] = [];
  for (const [name, write] of Object.entries(await writers())) {
    // What is made once is not there before.
    if (!/^(keys|ports)/.test(name)) await write(1);
    const before = contentOf(name);
    fill(join(home, "ballast"));
    const message = await Promise.resolve(2)
      .then(write)
      .then(
        () => "was written",
        (error: Error) => error.message,
      );
    const [kept, left] = [contentOf(name) === before || name === "blobs.journal", drafts()];
    rmSync(join(home, "ballast"));
    const again = await Promise.resolve(3)
      .then(write)
      .then(
        () => "fine",
        (error: Error) => error.message,
      );
    said.push({ name, message, kept, left, again });
  }
  process.stdout.write(JSON.stringify(said));
}

void main();
