import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";

// The forge may read and write more than a job could. So where a job, or the commit that it is of, may have left links
// or pipes, the forge opens files by these functions alone: none of them follows a link.

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The text of a file; throws where it is a link, a pipe or a folder, or has more bytes than `most`. */
export function readPlainFile(file: string, most: number): string {
  const handle = openSync(file, FILE);
  try {
    const status = fstatSync(handle);
    if (!status.isFile() || status.size > most)
      throw new Error(`${file} is not a file of at most ${most} bytes`);
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

/** Opens a plain file below a folder, step by step, so that no link can be on the way, not even one made just now. */
export function openBelow(folder: string, path: string): number {
  const parts = path.split(sep);
  let handle = openSync(folder, FOLDER);
  for (const [index, part] of parts.entries()) {
    if (part === "..") throw new Error(`${path} leaves ${folder}`);
    const above = handle;
    try {
      handle = openSync(`/proc/self/fd/${above}/${part}`, index + 1 < parts.length ? FOLDER : FILE);
    } finally {
      closeSync(above);
    }
  }
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  throw new Error(`${path} is no plain file`);
}

/** Copies an open file to a new one, at most so many bytes of it; gives how many. */
export function copyPlainFile(from: number, target: string, most: number): number {
  const to = openSync(target, "wx", 0o600);
  const part = Buffer.allocUnsafe(1 << 20);
  let copied = 0;
  try {
    while (copied < most) {
      const read = readSync(from, part, 0, Math.min(part.length, most - copied), copied);
      if (read === 0) break;
      writeSync(to, part, 0, read);
      copied += read;
    }
    return copied;
  } finally {
    closeSync(to);
  }
}

/** Writes a file in the place of whatever is there. */
export function writePlainFile(file: string, text: string): void {
  rmSync(file, { force: true, recursive: true });
  writeFileSync(file, text, { flag: "wx" });
}

/** The names in a folder; none where it is a link or no folder. */
export function namesIn(folder: string): string[] {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
}

/** Copies the files below a folder of the forge's own into a checkout, in the place of whatever is there. */
export function copyInto(source: string, checkout: string): void {
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(checkout, relative(source, from));
    makeFolders(checkout, dirname(to));
    rmSync(to, { force: true, recursive: true });
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/** Makes the folders between a checkout and one below it; a link or a file on the way gives place to a folder. */
function makeFolders(checkout: string, folder: string): void {
  let path = checkout;
  for (const part of relative(checkout, folder).split(sep).filter(Boolean)) {
    path = join(path, part);
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) continue;
    rmSync(path, { force: true });
    mkdirSync(path, { mode: 0o700 });
  }
}
