import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "./stacks";

/** The file in every folder that was rendered; it begins with {@link mark}. */
export const LIST = "placeholders.yaml";

/** The first line of {@link LIST}. */
export const mark = "# Written by `ecluse render`, which writes this folder anew each time.";

/** Throws unless a folder may be written: it is not there, empty, or of an earlier render. */
export function refuseForeign(folder: string): void {
  if (!existsSync(folder)) return;
  if (!lstatSync(folder).isDirectory())
    throw new UserError(`--out ${folder} is no folder: name one that is not there yet`);
  const names = readdirSync(folder);
  if (names.length === 0) return;
  const own = names.includes(LIST) && readFileSync(join(folder, LIST), "utf8").startsWith(mark);
  const foreign = names.find((name) => !own || !(name === LIST || /^\d{3}-[a-z0-9.-]+\.yaml$/.test(name)));
  if (foreign)
    throw new UserError(
      `--out ${folder} has ${foreign}, which render did not write: remove it, or name another folder`,
    );
}

/** Puts files into a folder in the place of all that was there; who looks sees the old ones or the new ones, never a part. */
export function writeFolder(folder: string, files: Readonly<Record<string, string>>): void {
  refuseForeign(folder);
  const target = resolve(folder);
  const [draft, old] = [`${target}.${process.pid}.new`, `${target}.${process.pid}.old`];
  mkdirSync(dirname(target), { recursive: true });
  mkdirSync(draft);
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(draft, name), text);
    if (existsSync(target)) renameSync(target, old);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}
