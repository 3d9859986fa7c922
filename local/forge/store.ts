import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { writeWhole } from "../durable";

const LOCK_WAIT_MS = 10_000;

/** Reads a JSON file, or gives `initial` when there is none; throws with the file's name when it is damaged. */
export function readJson<T>(file: string, initial: T): T {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return initial;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Error(`${file} is not valid JSON; restore it from a backup, or remove it to start empty`);
  }
}

/** Writes a JSON file (0600) whole, by {@link writeWhole}. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Changes a JSON file under a lock, for stacks and the server write at the same time; gives what `change` returned. */
export function updateJson<T, R>(file: string, initial: T, change: (value: T) => R): R {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lock = `${file}.lock`;
  acquire(lock);
  try {
    const value = readJson(file, initial);
    const result = change(value);
    writeJson(file, value);
    return result;
  } finally {
    rmSync(lock, { force: true });
  }
}

function acquire(lock: string): void {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      closeSync(openSync(lock, "wx", 0o600));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    // A change takes milliseconds, so an old lock was left by a process that died; one that is gone is free.
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LOCK_WAIT_MS) rmSync(lock, { force: true });
    else if (Date.now() > deadline) throw new Error(`${lock} is held by another process; try again`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}
