import { dirname, join } from "node:path";
import { takeLock } from "../local/lock";
import { Progress, printable } from "./progress";
import { backendFolder } from "./stacks";

/** What every command of one call of the command line shares. */
export interface Session {
  readonly progress: Progress;
  /** Ends what is under way: it is finished and saved, and nothing more begins. */
  readonly signal: AbortSignal;
}

/** Opens the session: Ctrl-C and SIGTERM end it in order. */
export function openSession(): Session {
  const progress = new Progress();
  const cancel = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      progress.say("stopping: what is under way is finished and saved; the next run goes on from here");
      cancel.abort();
    });
  return { progress, signal: cancel.signal };
}

/**
 * Runs what changes this machine's platform while no other command does. A second one waits, with a word: after a crash
 * or a reboot, two starts at once would each stop what the other has just started.
 */
export async function alone<T>({ progress, signal }: Session, work: () => Promise<T>): Promise<T> {
  const waiting = { say: (text: string) => progress.say(text), signal };
  const release = await takeLock(join(dirname(backendFolder()), "platform.lock"), waiting);
  return work().finally(release);
}

/** Prints a result; progress goes to stderr. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** Prints a result for machines. */
export const printJson = (value: unknown) => print(JSON.stringify(value, null, 2));

/** The option of the commands that have a form for machines. */
export const jsonOption = ["--json", "print JSON"] as const;
