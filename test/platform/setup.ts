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

async function mainJob(log: string): Promise<void> {
  const child = spawn(nodeBinary, ["--import", "tsx", "cli/main.ts", "run", "--all"], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const file = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
  // The main job takes a minute or two: without a sign of life it would look like a hang.
  child.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0)
    throw new Error(`the main job ended with ${code}:\n${readFileSync(log, "utf8").slice(-8000)}`);
}

/** Brings the whole platform up, once for all files, in a home of its own; the result removes it. */
export default async function setup(): Promise<() => Promise<void>> {
  const home = mkdtempSync(join(tmpdir(), "ecluse-platform-"));
  process.env.ECLUSE_HOME = home;
  await mainJob(join(home, "main-job.log"));
  return async () => {
    await ecluse(["stop"]);
    rmSync(home, { recursive: true, force: true });
  };
}
