import { spawn } from "node:child_process";
import { existsSync, globSync, renameSync } from "node:fs";

/**
 * Takes a folder away at once, and removes it while nobody waits for that: what containers are made of is some hundred
 * thousand files. Goes on with what was not removed to its end before.
 */
export function forget(folder: string): void {
  if (existsSync(folder)) renameSync(folder, `${folder}.${process.pid}.removed`);
  const removed = globSync(`${folder}.*.removed`);
  if (removed.length === 0) return;
  // Detached: it outlives this process.
  spawn("rm", ["-rf", ...removed], { detached: true, stdio: "ignore" }).unref();
}
