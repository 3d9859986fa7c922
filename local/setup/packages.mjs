import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The packages of a lock file by their folder, but for the project itself. */
function packagesOf(path) {
  const { packages } = JSON.parse(readFileSync(path, "utf8"));
  return Object.entries(packages).filter(([folder]) => folder.startsWith("node_modules/"));
}

/**
 * Whether npm has installed just what the lock says, as by an `npm ci` of somebody's own. npm writes the list of what
 * there is when it has finished. Optional packages may be missing: those of other machines are.
 */
export function hasPackages(root) {
  const list = join(root, "node_modules/.package-lock.json");
  if (!existsSync(list)) return false;
  const wanted = new Map(packagesOf(join(root, "package-lock.json")));
  const present = new Map(packagesOf(list));
  // Not by its address: the same bytes may come from a mirror.
  const same = (one, other) => ["version", "integrity", "link"].every((key) => one[key] === other?.[key]);
  return (
    [...present].every(([folder, one]) => same(one, wanted.get(folder))) &&
    [...wanted].every(([folder, one]) =>
      present.has(folder) ? existsSync(join(root, folder)) : one.optional,
    )
  );
}
