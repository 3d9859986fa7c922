import type { Command } from "commander";
import { inventories, inventoryText, isDoubtful } from "./models";
import { jsonOption, print, printJson } from "./session";

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

/** Adds the commands on released versions. */
export function addModelCommands(program: Command): void {
  program
    .command("models <use-case>")
    .description("its versions side by side, who released them and when, and why others were refused")
    .option(...envOption)
    .option("--all", "every version, change and refusal, not the latest alone")
    .option(...jsonOption)
    .action(models);
}
