import type { Command } from "commander";
import { outputsOfEnvironment } from "./outputs";
import { callPython } from "./python";
import { print } from "./session";
import { UserError } from "./stacks";

/** Asks the monitor of a use case in an environment; it ends with the monitor's own exit code. */
async function ask(environment: string, useCase: string, words: readonly string[]): Promise<void> {
  const { useCases } = await outputsOfEnvironment(environment);
  const known = Object.keys(useCases).join(", ");
  const monitor = useCases[useCase]?.monitor;
  if (!monitor) throw new UserError(`${environment} has no use case ${useCase}; those that it has: ${known}`);
  // The scheduled command is `<python> -m <module> check`.
  const [python = "", ...module] = monitor.command.slice(0, -1);
  const { code, stdout } = await callPython({
    python,
    words: [...module, ...words],
    // Files are named from where the user is, and no code is taken from there.
    cwd: process.cwd(),
    env: { ...monitor.env, PYTHONSAFEPATH: "1" },
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  print(stdout.trimEnd());
  process.exitCode = code;
}

const help = `
The monitor's commands, each with --json:
  report [--as-of YYYY-MM-DD] [--html FILE]      what it found on a day, yesterday by default; as a page too
  check [--as-of YYYY-MM-DD]                     judge a day again
  backfill [--from YYYY-MM-DD] [--to YYYY-MM-DD] judge days that were missed, or whose labels came later
  replay [--settings FILE] [--days N] [--to YYYY-MM-DD] [--bad YYYY-MM-DD]
                                                 what other settings would have raised, and how much of it falsely
  ack --cause CAUSE --owner WHO --until DAY      look after an open alert
  mute --cause CAUSE [--column COLUMN] --owner WHO --until DAY --reason WHY
                                                 let findings raise no alert

It ends with 0 fine, 10 warning, 20 critical, 30 too little data, 40 data contract broken, 70 its own fault.`;

/** Adds `monitor`. */
export function addMonitorCommand(program: Command): void {
  program
    .command("monitor <environment> <use-case> <command> [options...]")
    .description("ask a drift monitor: report, check, backfill, replay, ack or mute")
    .allowUnknownOption()
    .addHelpText("after", help)
    .action((environment: string, useCase: string, command: string, options: readonly string[]) =>
      ask(environment, useCase, [command, ...options]),
    );
}
