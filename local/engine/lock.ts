import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { EngineError } from "../../protocol/errors";

interface Holder {
  readonly pid: number;
  /** Clock ticks since boot at which the process began, so that a reused pid is not taken for the holder. */
  readonly started: string;
  readonly since: string;
}

/** Takes the lock of a stack and returns what releases it; a dead holder's lock is taken over, a living one's is an error. */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const started = startOf(process.pid);
  if (started === undefined) throw new EngineError(`${file}: the lock needs /proc, which this system lacks`);
  const mine = JSON.stringify({ pid: process.pid, started, since: new Date().toISOString() });
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    while (!(await linked(draft, file))) await evict(file);
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

async function evict(file: string): Promise<void> {
  const content = await contentOf(file);
  if (content === undefined) return;
  const holder = parse(content);
  if (holder && startOf(holder.pid) === holder.started) {
    throw new EngineError(
      `${file}: the stack is locked by process ${holder.pid} since ${holder.since}; wait for it or stop it`,
    );
  }
  const aside = `${file}.${process.pid}.stale`;
  await rename(file, aside).catch(() => {});
  // Between reading and renaming, another process may have put its own lock there: give that one back.
  if ((await contentOf(aside)) !== content) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
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
