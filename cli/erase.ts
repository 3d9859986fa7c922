import { userInfo } from "node:os";
import type { Command } from "commander";
import { flush, modelServer } from "./modelServer";
import { askMonitor } from "./monitorCall";
import { type MonitorCall, useCaseOutputs } from "./outputs";
import { jsonOption, print, printJson } from "./session";
import { UserError } from "./stacks";

interface EraseOptions {
  readonly id?: string;
  readonly prediction?: string;
  readonly json?: boolean;
}

/** The words that say whose predictions: by one of the two. Throws a {@link UserError}. */
export function wordsOf({ id, prediction }: EraseOptions): readonly string[] {
  if (Boolean(id) === Boolean(prediction))
    throw new UserError(
      "give either --id, for all predictions of a caller's own id, or --prediction, for one",
    );
  // As one word: an id may begin with a dash.
  return [id ? `--id=${id}` : `--prediction=${prediction}`];
}

/** Runs a command of the monitor's program that must end well; gives its document, and throws with its reason. */
async function must<T>(call: MonitorCall, words: readonly string[]): Promise<T> {
  const { code, stdout } = await askMonitor(call, [...words, "--json"]);
  const document = JSON.parse(stdout || "{}") as T & { reason?: string };
  if (code !== 0) throw new UserError(document.reason ?? `${words[0]} ended with ${code}`);
  return document;
}

/** Erases predictions from the log, with their labels, and from the monitor's reports; each by its own right. */
async function erase(environment: string, useCase: string, options: EraseOptions): Promise<void> {
  const whose = wordsOf(options);
  const { compaction, monitor } = await useCaseOutputs(environment, useCase);
  // What the server still holds on its disk would come to the log later.
  await flush(await modelServer(environment, useCase));
  const by = `--by=${userInfo().username}`;
  const erased = await must<Erased>(compaction, ["erase", ...whose, by]);
  const { shown } = await must<{ shown: number }>(monitor, ["erase-reports", ...whose]);
  if (options.json) return printJson({ ...erased, reports: shown });
  print(
    `${erased.predictions} predictions and ${erased.labels} labels are erased in ${environment}, ` +
      `and ${shown} rows of reports`,
  );
}

interface Erased {
  readonly predictions: number;
  readonly labels: number;
}

/** Adds `erase`. */
export function addEraseCommand(program: Command): void {
  program
    .command("erase <environment> <use-case>")
    .description("erase a person's predictions and their labels from an environment; a record of it stays")
    .option("--id <id>", "the caller's own id: all of its predictions")
    .option("--prediction <id>", "one prediction, by its id")
    .option(...jsonOption)
    .action(erase);
}
