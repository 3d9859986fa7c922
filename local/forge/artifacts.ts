import { cpSync, existsSync, globSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join, matchesGlob, relative, sep } from "node:path";

/**
 * Copies what the patterns name from a finished job's checkout. The job chose those files and links, and the forge
 * may read more than it could: so links are left out, and a path through a link is not followed out of the checkout.
 * Gives the number of files.
 */
export function collect(
  checkout: string,
  patterns: readonly string[],
  exclude: readonly string[],
  target: string,
): number {
  const root = realpathSync(checkout);
  let count = 0;
  for (const found of new Set(patterns.flatMap((pattern) => expandPattern(root, pattern)))) {
    if (exclude.some((pattern) => matchesGlob(found, pattern))) continue;
    const source = join(root, found);
    const folder = existsSync(source) ? realpathSync(dirname(source)) : "";
    if (folder !== root && !folder.startsWith(root + sep)) continue;
    if (!lstatSync(source).isFile()) continue;
    mkdirSync(dirname(join(target, found)), { recursive: true, mode: 0o700 });
    cpSync(source, join(target, found));
    count++;
  }
  return count;
}

/** A pattern that names a folder means all that is in it; one that leaves the checkout means nothing. */
function expandPattern(root: string, pattern: string): string[] {
  return globSync(pattern.replace(/^\.\//, "").replace(/\/$/, ""), { cwd: root }).flatMap((name) => {
    const path = relative(root, join(root, name));
    if (path.startsWith("..") || path.split(sep)[0] === ".git" || path === "") return [];
    const status = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (!status?.isDirectory()) return [path];
    return globSync("**", { cwd: join(root, path) }).map((below) => join(path, below));
  });
}
