import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { EngineError } from "../protocol/errors";

/**
 * Writes a file so that whoever reads it, after a crash of the machine too, finds the old or the new text, never a
 * part. Once it returns, the new text is on the disk.
 */
export function writeWhole(file: string, text: string, mode = 0o600): void {
  withDraft(file, text, mode, (draft) => renameSync(draft, file));
}

/** Makes a file (0600) with this text, whole; one that is there stays: of two that make it at once, the first wins. */
export function writeOnce(file: string, text: string): void {
  withDraft(file, text, 0o600, (draft) => {
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  });
}

/**
 * Where this process writes a draft of a file or folder before it takes its place. Drafts that were left there by
 * processes that have ended (`kill -9` gives no time to tidy up) are removed.
 */
export function draftOf(path: string): string {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const [, of, pid] = /^(.+)\.(\d+)\.(?:new|old)$/.exec(name) ?? [];
    if (of === basename(path) && !isAlive(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
  return `${path}.${process.pid}.new`;
}

/** Whether any process has this number, of any user. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Writes a draft, puts it into its place, and leaves none behind; a full disk is said with the file's name. */
function withDraft(file: string, text: string, mode: number, place: (draft: string) => void): void {
  const draft = draftOf(file);
  try {
    writeSynced(draft, text, mode);
    place(draft);
    syncFolder(file);
  } catch (error) {
    throw inWords(file, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** An error of writing a file; of a full disk, a quota or a limit, with what to do. */
export function inWords(file: string, error: unknown): unknown {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (!["ENOSPC", "EDQUOT", "EFBIG"].includes(code)) return error;
  return new EngineError(
    `${file} cannot be written: ${message}; it is left as it was. Free some space there, and run the command again`,
  );
}

function writeSynced(file: string, text: string, mode: number): void {
  const handle = openSync(file, "w", mode);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A file's name is on the disk once its folder is. */
function syncFolder(file: string): void {
  const folder = openSync(dirname(file), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
