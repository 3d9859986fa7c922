import { resolve } from "node:path";
import type { Command } from "commander";
import { callPython, platformCall } from "./python";
import { jsonOption, print } from "./session";
import { UserError } from "./stacks";

interface ProfileOptions {
  readonly target: string;
  readonly id?: string;
  readonly json?: boolean;
}

/** Prints the data contract that fits a file of rows, as `features.py` has it. */
async function profile(file: string, { target, id, json }: ProfileOptions): Promise<void> {
  const words = [resolve(file), "--target", target, ...(id ? ["--id", id] : []), ...(json ? ["--json"] : [])];
  const reasons: string[] = [];
  const call = platformCall(["ecluse", "profile", ...words], {});
  const { code, stdout } = await callPython({ ...call, onLine: (line) => reasons.push(line) });
  if (code !== 0) throw new UserError(reasons.slice(-12).join("\n"));
  print(stdout.trimEnd());
}

/** Adds `profile`. */
export function addProfileCommand(program: Command): void {
  program
    .command("profile <file>")
    .description("propose the data contract that fits a file of rows, or a folder of files")
    .requiredOption("--target <column>", "what the model predicts")
    .option("--id <column>", "another one in each row; by default the first column that is")
    .option(...jsonOption)
    .action(profile);
}
