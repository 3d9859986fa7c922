import { existsSync, globSync, mkdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { cache } from "../local/cache";
import { run } from "./shell";

const store = join(cache, "containers");

/** Runs buildah on a store of its own: without a daemon, in the machine's network, as registries may need it. */
export function buildah(words: readonly string[], cwd?: string): Promise<string> {
  mkdirSync(store, { recursive: true });
  return run("buildah", ["--root", join(store, "images"), "--runroot", join(store, "run"), ...words], cwd);
}

/** The folder of the OCI layouts of one image, by their keys. */
export const layoutsOf = (name: string) => join(cache, "images", name);

/** Notes that an image is in use, so that it is among the last to be removed. */
export function used(layout: string): void {
  const now = new Date();
  utimesSync(layout, now, now);
}

// The stacks' tests use four images of one use case: of as many commits.
const kept = 6;

/** The layouts of one image that are too many: all but those that were used last. */
export function superfluous(folder: string): string[] {
  return globSync("*", { cwd: folder })
    .map((key) => join(folder, key))
    .map((layout) => ({ layout, lastUse: statSync(layout).mtimeMs }))
    .sort((a, b) => b.lastUse - a.lastUse)
    .slice(kept)
    .map(({ layout }) => layout);
}

/** Removes builds of an image that nobody used for long: each change of the code makes another, of up to 2 GB. */
export async function prune(name: string): Promise<void> {
  for (const layout of superfluous(layoutsOf(name))) {
    rmSync(layout, { recursive: true, force: true });
    // Another run may use it as a base at this moment; then it goes the next time.
    await buildah(["rmi", `localhost/${name}:${basename(layout)}`]).catch(() => {});
  }
}

/** Removes what killed builds left; no build may be under way. */
export async function removeRemains(): Promise<void> {
  if (existsSync(store)) await buildah(["rm", "--all"]).catch(() => {});
}
