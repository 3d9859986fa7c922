import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { draftOf } from "./durable";

/**
 * The folder, which `make` fills at a place of its own unless it is there. Two processes may make it at the same time:
 * the first to end puts its own there, and the other finds it.
 */
export async function once(folder: string, make: (draft: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  const draft = emptyDraft(folder);
  try {
    await make(draft);
    place(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** As {@link once}, where nothing can wait. */
export function onceSync(folder: string, make: (draft: string) => void): string {
  if (existsSync(folder)) return folder;
  const draft = emptyDraft(folder);
  try {
    make(draft);
    place(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function emptyDraft(folder: string): string {
  mkdirSync(dirname(folder), { recursive: true });
  const draft = draftOf(folder);
  rmSync(draft, { recursive: true, force: true });
  return draft;
}

function place(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // another process was first
  }
}
