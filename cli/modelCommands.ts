import type { Command } from "commander";
import { inventories, inventoryText, isDoubtful } from "./models";
import { jsonOption, print, printJson } from "./session";
import { type Asked, problemsOf, traces } from "./trace";
import { traceText } from "./traceTree";

interface Of {
  readonly env?: string;
  readonly json?: boolean;
}

const envOption = ["--env <environment>", "in this environment alone"] as const;

/** Ends with 1 where something is not to be believed. */
async function models(useCase: string, { env, json, all }: Of & { readonly all?: boolean }): Promise<void> {
  const found = await inventories(useCase, env);
  if (json) printJson(found);
  else print(found.map((each) => inventoryText(each, all)).join("\n\n\n"));
  if (found.some(isDoubtful)) process.exitCode = 1;
}

/** Ends with 1 where something is missing or does not verify. */
async function trace(asked: string, { json, ...where }: Asked & Pick<Of, "json">): Promise<void> {
  const found = await traces(asked, where);
  if (json) printJson(found);
  else print(found.map(traceText).join("\n\n"));
  if (found.some((each) => problemsOf(each).length > 0)) process.exitCode = 1;
}

/** Adds the commands on released versions. */
export function addModelCommands(program: Command): void {
  program
    .command("models <use-case>")
    .description("its versions side by side, who released them and when, and why others were refused")
    .option(...envOption)
    .option("--all", "every version, change and refusal, not the latest alone")
    .option(...jsonOption)
    .action(models);
  program
    .command("trace <prediction-or-version-or-commit>")
    .description("what a prediction, a version or a commit comes from, and what of it does not verify")
    .option(...envOption)
    .option("--use-case <name>", "of this use case alone")
    .option(
      "--date <day>",
      "the day of the prediction, YYYY-MM-DD in UTC: else the log is read from today back",
    )
    .option(...jsonOption)
    .action(trace);
}
