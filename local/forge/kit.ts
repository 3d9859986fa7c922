import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What the kit's wheel is built with; paths are absolute. */
export interface KitTools {
  readonly uv: string;
  /** The platform's checkout. */
  readonly root: string;
}

const hashOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

/**
 * Builds the wheel of the use-case kit from the checkout, and gives its lock entry. The bytes are the same each time:
 * a lock names their hash. It needs no network, as uv brings the build backend.
 */
export async function buildKit({ uv, root }: KitTools, folder: string): Promise<string> {
  const words = ["build", "--wheel", "--offline", "--quiet", "--out-dir", folder, join(root, "python")];
  await run(uv, words, { cwd: "/", env: { ...process.env, VIRTUAL_ENV: undefined } });
  const wheel = readdirSync(folder).find((name) => name.endsWith(".whl")) ?? "";
  return `ecluse==${wheel.split("-")[1]} --hash=sha256:${hashOf(join(folder, wheel))}`;
}

/** The kit's entry in a lock, on one line; undefined where the lock has none. */
export const kitEntry = (lock: string): string | undefined =>
  /^ecluse==[^\s\\]+(?:[\s\\]+--hash=\S+)*/m.exec(lock)?.[0].replace(/[\s\\]+/g, " ");

/**
 * Refuses a lock that names another kit than the checkout's: neither an older one, nor a package of the same name
 * from an index.
 */
export function requireKit(lock: string, built: string): void {
  const entry = kitEntry(lock);
  if (entry !== built)
    throw new Error(
      `requirements.lock has ${entry}, and the platform's kit is ${built}: npx ecluse update <use case> brings it in`,
    );
}
