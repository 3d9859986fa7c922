import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { draftOf } from "./durable";

/**
 * The folder, which `make` fills at a place of its own unless it is there. Two processes may make it at the same time:
 * the first to end puts its own there, and the other finds it.
 */
export async function once(folder: string, make: (draft: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const draft = draftOf(folder);
  rmSync(draft, { recursive: true, force: true });
  try {
    await make(draft);
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}
