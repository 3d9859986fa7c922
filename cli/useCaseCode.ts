import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { confinedCommand, probeConfinement, runLines } from "../local/forge/confine";
import { homeFolder } from "../local/home";
import { python } from "../local/provider/supervisor";
import type { PipelineRun } from "./pipelineRun";
import { mustPython, platformCall } from "./python";
import { UserError } from "./stacks";

/** Runs something with an empty private folder, and removes it. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ecluse-rows-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a use case's own code is run with. */
export interface OwnCode {
  /** For error messages. */
  readonly what: string;
  /** After `python -m ecluse`. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder that it may write, and where it reads and lands rows. */
  readonly folder: string;
  /** Files and folders that it may read, beside its own folder and its image. */
  readonly read?: readonly string[];
}

/**
 * Runs a command of the kit, which loads the use case's code and packages: confined as its jobs are, with no port and
 * no credential. What it makes is left in the folder, for the platform to take to where a credential is needed.
 */
export async function runOwnCode(run: PipelineRun, { what, words, env, folder, read = [] }: OwnCode) {
  // One folder for each container of an environment (python/ecluse_local/landing.py).
  const [home, temporary, data, holdout] = ["home", "tmp", "data", "holdout"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  for (const path of [home, temporary, data, holdout]) mkdirSync(path, { mode: 0o700, recursive: true });
  const limits = {
    read: [...run.image.readable, run.folder, ...read],
    write: [folder],
    ports: [],
    uid: 61_000,
  };
  const command = [join(run.image.bin, "python"), "-m", "ecluse", ...words];
  const urls = { ECLUSE_DATA_URL: pathToFileURL(data).href, ECLUSE_HOLDOUT_URL: pathToFileURL(holdout).href };
  let last: string[] = [];
  const code = await runLines(confinedCommand(probeConfinement(python), homeFolder(), limits, command), {
    cwd: run.folder,
    env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", HOME: home, TMPDIR: temporary, ...urls, ...env },
    line: (text) => {
      last = [...last.slice(-11), text];
    },
    seconds: 1800,
    signal: run.signal,
  });
  if (code !== 0) throw new UserError(`${what} ended with ${code}:\n${last.join("\n")}`);
}

/** Runs a module of the platform's, with a credential and without any code of the use case; gives what it prints. */
export const runPlatformCode = (
  what: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> => mustPython(what, platformCall(words, env));
