import { readdirSync, readFileSync } from "node:fs";

/** One process: its id, its parent's, and its command line. */
interface Process {
  readonly pid: number;
  readonly parent: number;
}

function processes(): Process[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const parent = Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1]);
      return [{ pid: Number(pid), parent }];
    } catch {
      return [];
    }
  });
}

function ownPss(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * Proportional set size in MiB of a process and all that it started: memory shared by several counts once in their
 * sum.
 */
export function pss(root: number): number {
  const all = processes();
  const family = (pid: number): number[] => [
    pid,
    ...all.filter(({ parent }) => parent === pid).flatMap((child) => family(child.pid)),
  ];
  return family(root).reduce((sum, pid) => sum + ownPss(pid), 0);
}
