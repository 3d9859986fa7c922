import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a program to its end and gives what it prints; throws what it said last when it fails. */
export async function run(program: string, words: readonly string[], cwd?: string): Promise<string> {
  const options = { maxBuffer: 256 * 1024 * 1024, ...(cwd ? { cwd } : {}) };
  try {
    return (await promisify(execFile)(program, words, options)).stdout;
  } catch (error) {
    const { stderr = "", stdout = "", message } = error as Error & { stderr?: string; stdout?: string };
    const last = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
    throw new Error(`${program} ${words.slice(0, 6).join(" ")} failed: ${last || message}`);
  }
}
