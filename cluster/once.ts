import { existsSync, globSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Removes what processes left that were ended while they made the folder. */
function removeAbandoned(folder: string): void {
  for (const left of globSync(`${folder}.*.unfinished`))
    if (!isRunning(Number(left.split(".").at(-2)))) rmSync(left, { recursive: true, force: true });
}

/**
 * The folder, which `make` fills at a place of its own unless it is there. Two processes may make it at the same time:
 * the first to end puts its own there, and the other finds it.
 */
export async function once(folder: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  removeAbandoned(folder);
  const unfinished = `${folder}.${process.pid}.unfinished`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await make(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
