import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeBinary, projectRoot } from "../../local/home";

/** How a command of the `ecluse` command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a checkout's command line as a user would; `env` adds to the environment, which has the home of the tests. */
export async function ecluse(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = projectRoot,
): Promise<Ended> {
  const child = spawn(nodeBinary, ["--import", "tsx", "cli/main.ts", ...words], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (said.stdout += chunk));
  child.stderr.on("data", (chunk) => (said.stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...said };
}

/** Runs the main job; with `milliseconds` ends it by `kill -9` at a random moment of that time, and all is well. */
async function mainJob(log: string, milliseconds?: number): Promise<void> {
  const child = spawn(nodeBinary, ["--import", "tsx", "cli/main.ts", "run", "--all"], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const file = createWriteStream(log, { flags: "a" });
  for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
  // The main job takes a minute or two: without a sign of life it would look like a hang.
  child.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  const timer = milliseconds && setTimeout(() => child.kill("SIGKILL"), Math.random() * milliseconds);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  if (code !== 0 && !(milliseconds && code === null))
    throw new Error(`the main job ended with ${code}:\n${readFileSync(log, "utf8").slice(-8000)}`);
}

/**
 * Brings the whole platform up, once for all files, in a home of its own; the result removes it. `MOMENTS=20 npx vitest
 * run --project platform` kills the main job so many times on its way, and all must hold as if nothing had been.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), "ecluse-platform-"));
  process.env.ECLUSE_HOME = home;
  const log = join(home, "main-job.log");
  for (let kills = Number(process.env.MOMENTS ?? 0); kills > 0; kills--) await mainJob(log, 60_000);
  await mainJob(log);
  return async () => {
    await ecluse(["stop"]);
    rmSync(home, { recursive: true, force: true });
  };
}
