import { closeSync, fstatSync, mkdirSync, opendirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { names } from "./patterns";
import { copyPlainFile, openBelow } from "./untrusted";

/** What the artifacts of one job may come to. */
interface Bounds {
  readonly bytes: number;
  readonly files: number;
}

const BOUNDS: Bounds = { bytes: 1 << 30, files: 10_000 };
/** What is looked through for them. */
const MOST_SEEN = 1_000_000;

/**
 * Copies what the patterns name from a finished job's checkout. The job chose those files and links, and the forge
 * may read more than it could: so links are left out, and no path goes through one. Gives the number of files; throws
 * where they are more than the bounds, and then keeps none.
 */
export function collect(
  checkout: string,
  patterns: readonly string[],
  exclude: readonly string[],
  target: string,
  bounds = BOUNDS,
): number {
  const wanted = patterns.map((pattern) => `${pattern.replace(/^\.\//, "").replace(/\/+$/, "")}/**`);
  const left = { ...bounds };
  try {
    for (const file of patterns.length ? filesBelow(checkout) : []) {
      if (!wanted.some((pattern) => names(pattern, file))) continue;
      if (exclude.some((pattern) => names(pattern, file))) continue;
      keep(checkout, file, target, left, bounds);
    }
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    throw error;
  }
  return bounds.files - left.files;
}

function keep(
  checkout: string,
  file: string,
  target: string,
  left: { bytes: number; files: number },
  bounds: Bounds,
): void {
  if (--left.files < 0)
    throw new Error(`artifacts: ${file} is one more than the ${bounds.files} of a job; ${FIX}`);
  const handle = openBelow(checkout, file);
  try {
    const { size } = fstatSync(handle);
    mkdirSync(dirname(join(target, file)), { recursive: true, mode: 0o700 });
    // Less than it says, or more, where the job is still writing.
    left.bytes -= size > left.bytes ? size : copyPlainFile(handle, join(target, file), left.bytes + 1);
    if (left.bytes < 0)
      throw new Error(
        `artifacts: with ${file} (${size} bytes) they are more than the ${bounds.bytes} bytes of a job; ${FIX}`,
      );
  } finally {
    closeSync(handle);
  }
}

const FIX = "leave out what later jobs do not need, and log large results to MLflow";

/** The files below a folder, one after the other, without those of git. */
function* filesBelow(root: string): Generator<string> {
  const folders = [""];
  let seen = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const listing = opendirSync(join(root, folder));
    try {
      for (let entry = listing.readSync(); entry; entry = listing.readSync()) {
        if (++seen > MOST_SEEN)
          throw new Error(`artifacts: the checkout has more than ${MOST_SEEN} files; ${FIX}`);
        const path = join(folder, entry.name);
        if (entry.isDirectory() && path !== ".git") folders.push(path);
        if (entry.isFile()) yield path;
      }
    } finally {
      listing.closeSync();
    }
  }
}
