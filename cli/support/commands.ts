import type { Command } from "commander";
import { jsonOption, print, printJson } from "../session";
import { UserError } from "../stacks";
import { supportBundle } from "./bundle";

interface Options {
  readonly out: string;
  readonly lines: string;
  readonly json?: boolean;
}

async function support({ out, lines, json }: Options): Promise<void> {
  const count = Number(lines);
  if (!Number.isInteger(count) || count < 1)
    throw new UserError(`--lines must be a number from 1 on, got ${lines}`);
  const made = await supportBundle(out, count);
  if (json) return printJson(made);
  print(`${made.file}: ${made.parts.length} files, secrets redacted. Look through it before you send it.`);
}

/** Adds `support`. */
export function addSupportCommand(program: Command): void {
  program
    .command("support")
    .description("collect versions, service states, states without secrets and the ends of logs into a file")
    .option("--out <file>", "the file to write", "ecluse-support.tar.gz")
    .option("-n, --lines <count>", "how many lines from the end of each log", "200")
    .option(...jsonOption)
    .action(support);
}
