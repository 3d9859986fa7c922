import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "../local/once";

const variable = "ECLUSE_TEST_RUN";
const known = new Map<string, Promise<unknown>>();

/** Vitest's global set-up: a folder for one run of the tests, which its workers find by their environment. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-run-"));
  process.env[variable] = folder;
  return () => rmSync(folder, { recursive: true });
}

async function fromFile<T>(folder: string, key: string, make: () => Promise<T>): Promise<T> {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 16);
  const made = await once(join(folder, name), async (draft) => {
    mkdirSync(draft);
    writeFileSync(join(draft, "made.json"), JSON.stringify(await make()));
  });
  return JSON.parse(readFileSync(join(made, "made.json"), "utf8")) as T;
}

/**
 * What `make` gives for a key, as JSON keeps it: made by the first test file of a run that asks for it, since a
 * preview takes seconds. Outside of a run it is made once in each process.
 */
export function onceInRun<T>(key: string, make: () => Promise<T>): Promise<T> {
  const folder = process.env[variable];
  const found = known.get(key) ?? (folder ? fromFile(folder, key, make) : make());
  known.set(key, found);
  return found as Promise<T>;
}
