import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PipelineRun } from "./pipelineRun";
import { UserError } from "./stacks";

const run = promisify(execFile);

/** What is asked of the code's form by the job `check`, and what repairs it. */
const checks = [
  { ask: ["format", "--check", "."], repair: ["format", "."] },
  { ask: ["check", "."], repair: ["check", "--fix", "--quiet", "."] },
] as const;

/**
 * Looks at the form of a use case's code before it is pushed, by the ruff that its jobs have, and with `fix` repairs
 * what can be. Throws a {@link UserError} with the files and the lines.
 */
export async function requireStyle(
  { image, folder, useCase }: Pick<PipelineRun, "image" | "folder" | "useCase">,
  fix: boolean,
): Promise<void> {
  const program = join(image.bin, "ruff");
  // A use case may check its code by other means.
  if (!existsSync(program)) return;
  const ruff = (words: readonly string[]) => run(program, words, { cwd: folder, maxBuffer: 16 << 20 });
  // In this order: what is repaired may have to be formatted.
  if (fix) for (const { repair } of [...checks].reverse()) await ruff(repair).catch(() => {});
  for (const { ask } of checks)
    await ruff(ask).catch((error: { stdout?: string; stderr?: string }) => {
      const found = `${error.stdout ?? ""}${error.stderr ?? ""}`.trim();
      const hint = fix ? "correct it by hand" : `npx ecluse run ${useCase} --fix repairs what ruff can`;
      throw new UserError(`the code of ${useCase} does not pass ruff ${ask[0]}; ${hint}:\n${found}`);
    });
}
