import { createHash } from "node:crypto";
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
import { parse } from "yaml";
import { UserError } from "./stacks";

/** The file in every folder that was rendered; it begins with {@link mark}. */
export const LIST = "placeholders.yaml";

/** The first line of {@link LIST}. */
export const mark = "# Written by `ecluse render`, which writes this folder anew each time.";

/** What a file is recognised by at the next render. */
export const fileDigest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A file of a folder that somebody has edited since it was rendered, such as to put a real value in a placeholder's place. */
function editedIn(folder: string, names: readonly string[]): string | undefined {
  const { files = {} } = parse(readFileSync(join(folder, LIST), "utf8")) as {
    files?: Record<string, string>;
  };
  return names.find(
    (name) => files[name] && files[name] !== fileDigest(readFileSync(join(folder, name), "utf8")),
  );
}

/** Throws unless a folder may be written: it is not there, empty, or of an earlier render and as that left it. `force` loses edits. */
export function refuseForeign(folder: string, force = false): void {
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
  const edited = force ? undefined : editedIn(folder, names);
  if (edited)
    throw new UserError(
      `--out ${folder} has ${edited}, edited since render wrote it: name another folder, or give --force to lose the edits`,
    );
}

/** Puts files into a folder in the place of all that was there; who looks sees the old ones or the new ones, never a part. */
export function writeFolder(folder: string, files: Readonly<Record<string, string>>, force = false): void {
  refuseForeign(folder, force);
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
