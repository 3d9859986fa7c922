import { execFileSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { projectRoot } from "../../local/home";
import { python } from "../../local/provider/supervisor";
import { useCase } from "./forge";

/** Runs Python with the use case's code and the kit, on this machine. */
export function runUseCase(words: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const cwd = join(projectRoot, "usecases", useCase);
  const PYTHONPATH = [join(cwd, "src"), join(projectRoot, "python")].join(delimiter);
  execFileSync(python, words, { cwd, env: { ...process.env, PYTHONPATH, ...env } });
}
