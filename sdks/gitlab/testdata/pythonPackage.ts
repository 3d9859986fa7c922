import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cache } from "../../../local/cache";
import { projectRoot, uvBinary } from "../../../local/home";

const lock = join(__dirname, "pulumi-gitlab.lock");

/** Where Pulumi's Python package for GitLab is unpacked, or why the index does not give it. */
export type PythonPackage = { readonly folder: string } | { readonly refusal: string };

/** Pulumi's Python package of the same provider, in the version of the lock file; fetched once per user. */
export function pythonPackage(): PythonPackage {
  const key = createHash("sha256").update(readFileSync(lock)).digest("hex").slice(0, 16);
  const target = join(cache, "pulumi-gitlab", key);
  const refusal = existsSync(target) ? undefined : install(target);
  return refusal === undefined ? { folder: join(target, "pulumi_gitlab") } : { refusal };
}

/** Installs into `target`; gives the index's refusal. Any other failure, such as another hash, is an error. */
function install(target: string): string | undefined {
  const unfinished = `${target}.${process.pid}.unfinished`;
  mkdirSync(dirname(target), { recursive: true });
  const words = [
    "pip",
    "install",
    "--quiet",
    "--no-deps",
    "--require-hashes",
    "--target",
    unfinished,
    "-r",
    lock,
  ];
  const env = { ...process.env, VIRTUAL_ENV: join(projectRoot, ".venv"), UV_PYTHON_DOWNLOADS: "never" };
  const { error, status, stderr } = spawnSync(uvBinary, words, {
    env,
    encoding: "utf8",
  });
  if (error) throw new Error(`uv is not there (${error.message}): run npm test, which installs it`);
  // Two workers may install at once: the first to end puts its folder there.
  if (status === 0 && !existsSync(target)) renameSync(unfinished, target);
  rmSync(unfinished, { recursive: true, force: true });
  if (status === 0) return undefined;
  if (/Hash mismatch/i.test(stderr) || !/No solution found|Failed to fetch|Request failed/i.test(stderr))
    throw new Error(`uv could not install ${lock}:\n${stderr}`);
  return stderr.trim().split("\n").at(-1)?.trim() ?? "no reason given";
}
