import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EngineError } from "../protocol/errors";
import { draftOf, inWords } from "./durable";

/** A process of this machine, and no later one that got its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The machine's boot, and clock ticks since then at which the process began. */
  readonly started: string;
}

/** Who holds a lock. */
export interface Holder extends ProcessIdentity {
  readonly since: string;
}

/** This process; throws where there is no /proc. */
export function thisProcess(): ProcessIdentity {
  const started = startOf(process.pid);
  if (started === undefined) throw new EngineError("this needs /proc, which this system lacks");
  return { pid: process.pid, started };
}

/** Whether that very process still runs. */
export const isRunning = (process: Partial<ProcessIdentity> | undefined): boolean =>
  typeof process?.started === "string" && startOf(process.pid ?? 0) === process.started;

/** How to wait for a lock that somebody else holds. */
export interface Waiting {
  /** Called once with the holder that it waits for. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Takes a lock and returns what releases it. A dead holder's lock is taken over. A living one's is an error, or waited
 * for where `waiting` is given; an aborted wait is an error too.
 */
export async function takeLock(file: string, waiting?: Waiting): Promise<() => Promise<void>> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  for (let first = true; ; first = false) {
    const got = tryLock(file);
    if (typeof got === "function") return async () => got();
    await wait(file, got, first, waiting);
  }
}

/** Takes a lock and returns what releases it, or gives the living process that holds it. */
export function tryLock(file: string): (() => void) | Holder {
  const id = randomUUID();
  const mine = JSON.stringify({ ...thisProcess(), since: new Date().toISOString(), id });
  const draft = draftOf(file);
  try {
    writeFileSync(draft, mine, { mode: 0o600 });
    while (!linked(draft, file)) {
      const holder = evict(file);
      if (holder) return holder;
    }
  } catch (error) {
    throw inWords(file, error);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (contentOf(file) === mine) rmSync(file, { force: true });
  };
}

function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function wait(file: string, holder: Holder, first: boolean, waiting?: Waiting): Promise<void> {
  const who = `process ${holder.pid} since ${holder.since}`;
  if (!waiting) throw new EngineError(`${file}: it is locked by ${who}; wait for it or stop it`);
  if (first) waiting.say(`waiting for ${who}, which works on the same`);
  if (waiting.signal.aborted) throw new EngineError(`cancelled while waiting for ${who}`);
  await setTimeout(300);
}

/**
 * Removes a dead holder's lock; gives a living holder, or who removes just now. That is done under a lock of its own:
 * of three processes that find a dead one's, a slow one would remove what the first has put in its place.
 */
function evict(file: string): Holder | undefined {
  const holder = livingHolder(file);
  if (holder !== "dead") return holder;
  const got = tryLock(`${file}.evict`);
  if (typeof got !== "function") return got;
  try {
    if (livingHolder(file) === "dead") rmSync(file, { force: true });
    return undefined;
  } finally {
    got();
  }
}

/** Who holds the lock: undefined when nobody does. One that is no JSON was written while the machine went down. */
function livingHolder(file: string): Holder | "dead" | undefined {
  const content = contentOf(file);
  if (content === undefined) return undefined;
  const holder = parse(content);
  return holder && isRunning(holder) ? holder : "dead";
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    const why = (error as Error).message;
    throw new EngineError(`${file}: the lock cannot be read (${why}); remove it when no command runs`);
  }
}

function parse(content: string): Holder | undefined {
  try {
    return JSON.parse(content) as Holder;
  } catch {
    return undefined;
  }
}

function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name is in parentheses and may hold spaces: count fields after it (start time is field 22).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}
