import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "../../protocol/errors";
import { writeWhole } from "../durable";
import { tryLock } from "../lock";

const LOCK_WAIT_MS = 10_000;

/**
 * Reads a JSON file of the shape of `initial`, or gives that when there is none; throws with the file's name when it
 * is damaged.
 */
export function readJson<T>(file: string, initial: T): T {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return initial;
    throw new EngineError(`${file} cannot be read: ${(error as Error).message}`);
  }
  const value = parse(text);
  if (value !== undefined && isLike(value, initial)) return value as T;
  const wrong = value === undefined ? "is not valid JSON" : "does not hold what it should";
  throw new EngineError(
    `${file} ${wrong}; it is left as it is. Restore it from a backup, or move it away to start empty`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value has the parts that `shape` has, each of its kind; lists hold objects alone. */
function isLike(value: unknown, shape: unknown): boolean {
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((item) => isLike(item, {}));
  if (typeof shape !== "object" || shape === null) return typeof value === typeof shape;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(shape).every(([key, part]) => isLike((value as Record<string, unknown>)[key], part));
}

/** Writes a JSON file (0600) whole, by {@link writeWhole}. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Changes a JSON file under a lock, for stacks and the server write at the same time; gives what `change` returned. */
export function updateJson<T, R>(file: string, initial: T, change: (value: T) => R): R {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const release = acquire(`${file}.lock`);
  try {
    const value = readJson(file, initial);
    const result = change(value);
    writeJson(file, value);
    return result;
  } finally {
    release();
  }
}

/** Waits for a lock; a change takes milliseconds. How long is not asked of the clock that people set. */
function acquire(lock: string): () => void {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    const got = tryLock(lock);
    if (typeof got === "function") return got;
    if (performance.now() > deadline)
      throw new EngineError(
        `${lock} is held by process ${got.pid} since ${got.since}; try again, or stop it`,
      );
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}
