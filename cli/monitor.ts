import type { Command } from "commander";
import { askMonitor } from "./monitorCall";
import { openReport } from "./monitorPage";
import { useCaseOutputs } from "./outputs";
import { print } from "./session";

/** Asks the monitor of a use case in an environment; it ends with the monitor's own exit code. */
async function ask(environment: string, useCase: string, words: readonly string[]): Promise<void> {
  const { monitor } = await useCaseOutputs(environment, useCase);
  const others = words.filter((word) => word !== "--open");
  if (words[0] === "report" && others.length < words.length)
    return openReport(environment, useCase, monitor, others);
  const { code, stdout } = await askMonitor(monitor, words);
  print(stdout.trimEnd());
  process.exitCode = code;
}

const help = `
The monitor's commands, each with --json:
  report [--as-of YYYY-MM-DD] [--html FILE | --open]
                                                 what it found on a day, yesterday by default; as a page too,
                                                 in a file or in the browser
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
