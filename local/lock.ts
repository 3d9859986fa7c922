import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EngineError } from "../protocol/errors";

/** A process of this machine, and no later one that got its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot at which the process began. */
  readonly started: string;
}

interface Holder extends ProcessIdentity {
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
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const mine = JSON.stringify({ ...thisProcess(), since: new Date().toISOString() });
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    for (let tries = 0; !(await linked(draft, file)); tries++) {
      const holder = await evict(file);
      if (holder) await wait(file, holder, tries === 0, waiting);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    if ((await contentOf(file)) === mine) await rm(file, { force: true });
  };
}

async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
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

/** Removes a dead holder's lock; gives a living holder. */
async function evict(file: string): Promise<Holder | undefined> {
  const content = await contentOf(file);
  if (content === undefined) return undefined;
  const holder = parse(content);
  if (holder && isRunning(holder)) return holder;
  const aside = `${file}.${process.pid}.stale`;
  await rename(file, aside).catch(() => {});
  // Between reading and renaming, another process may have put its own lock there: give that one back.
  if ((await contentOf(aside)) !== content) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
  return undefined;
}

async function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
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
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name is in parentheses and may hold spaces: count fields after it (start time is field 22).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
