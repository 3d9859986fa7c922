import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { draftOf } from "../../local/durable";
import { homeFolder, isRoot } from "../../local/home";
import { nobody } from "../../local/provider/postgres";
import { upAll } from "../deploy";
import { stop } from "../lifecycle";
import { alone, type Session } from "../session";
import { UserError } from "../stacks";
import { openArchive } from "./archive";
import type { OpenBackup } from "./manifest";
import { settle } from "./relocate";

/** How a backup is restored. */
export interface RestoreOptions {
  /** Puts what the home holds aside, in a folder of its own, where it would refuse. */
  readonly replace?: boolean;
  /** Gives every service a new port. */
  readonly fresh?: boolean;
}

/** What a home may have that is of no platform: locks, packages, programs, and what was put aside before. */
const harmless = /^(platform\.lock.*|uv-cache|postgresql|\.config|before-.*)$/;

const entries = () =>
  readdirSync(homeFolder()).filter(
    (name) =>
      !harmless.test(name) && !(name === "stacks" && readdirSync(join(homeFolder(), name)).length === 0),
  );

/** Makes the home empty, with all that it had in `before-<time>`; refuses where nobody said so. */
async function makeRoom(session: Session, replace: boolean): Promise<void> {
  const names = entries();
  if (names.length === 0) return;
  if (!replace)
    throw new UserError(
      `${homeFolder()} is not empty (${names.join(", ")}): set ECLUSE_HOME to a new folder, or give --replace, which ` +
        "keeps all of it in a folder beside",
    );
  await stop(session);
  const aside = join(homeFolder(), `before-${new Date().toISOString().replaceAll(":", "")}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of names) renameSync(join(homeFolder(), name), join(aside, name));
  session.progress.say(`what was there is in ${aside}`);
}

/** PostgreSQL's files belong to whoever it runs as here, which may be another than where they come from. */
function ownDatabases(folder: string): void {
  if (!isRoot) return;
  const folders = readdirSync(folder).map((name) => join(folder, name, "postgres"));
  for (const each of folders.filter((path) => existsSync(path)))
    execFileSync("chown", ["--recursive", `${nobody.uid}:${nobody.gid}`, each]);
}

/**
 * Moves what was unpacked into the home. States come last, each whole: a home without them has no platform, with
 * whatever else it holds.
 */
async function moveIn({ manifest }: OpenBackup, draft: string, fresh: boolean): Promise<void> {
  for (const name of readdirSync(draft).filter((name) => name !== "stacks"))
    renameSync(join(draft, name), join(homeFolder(), name));
  for (const { stack } of manifest.parts)
    await settle(join(draft, "stacks", `${stack}.json`), { stack, home: manifest.home, fresh });
}

async function unpack(backup: OpenBackup, fresh: boolean): Promise<void> {
  const draft = draftOf(join(homeFolder(), "restored"));
  mkdirSync(draft, { mode: isRoot ? 0o711 : 0o700 });
  try {
    for (const { name, file } of backup.manifest.parts)
      await openArchive(join(backup.folder, file), backup.keys.archive(name), draft);
    ownDatabases(draft);
    await moveIn(backup, draft, fresh);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Restores an opened backup into the home and brings it up; a home that holds something is refused. */
export function restore(session: Session, backup: OpenBackup, options: RestoreOptions = {}): Promise<void> {
  const { replace = false, fresh = false } = options;
  return alone(session, async () => {
    await makeRoom(session, replace);
    await session.progress.step("unpack the archives", () => unpack(backup, fresh));
    await upAll(session);
  });
}
