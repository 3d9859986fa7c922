import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file so that whoever reads it, after a crash of the machine too, finds the old or the new text, never a
 * part. Once it returns, the new text is on the disk.
 */
export function writeWhole(file: string, text: string, mode = 0o600): void {
  const draft = `${file}.${process.pid}.new`;
  writeSynced(draft, text, mode);
  renameSync(draft, file);
  syncFolder(file);
}

/** Makes a file (0600) with this text, whole; one that is there stays: of two that make it at once, the first wins. */
export function writeOnce(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  writeSynced(draft, text, 0o600);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
  syncFolder(file);
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
