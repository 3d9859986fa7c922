import { setTimeout } from "node:timers/promises";
import type { Command } from "commander";
import { inventories, inventoryText, isDoubtful } from "./models";
import { type Promotion, promote, promotedText, steppedText, stepRollout } from "./promote";
import { alone, jsonOption, print, printJson, type Session } from "./session";
import { UserError } from "./stacks";
import { terminal } from "./terminal";
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

interface Changing extends Of {
  readonly to?: string;
  readonly reason?: string;
}

/** Changes the champion, when the reason is known: it is asked for where there is a terminal. */
async function change(
  session: Session,
  asked: Promotion["asked"],
  useCase: string,
  { env, to, json, ...given }: Changing,
): Promise<void> {
  const ask = json ? undefined : terminal("stopped: nothing was changed");
  const reason = given.reason ?? (await ask?.("why does the champion change")) ?? "";
  if (!reason) throw new UserError('give the reason, which is recorded: --reason "why the champion changes"');
  const done = await alone(session, () => promote({ asked, useCase, env, to, reason }));
  if (json) printJson(done);
  else print(promotedText(done));
}

const reasonOption = ["--reason <line>", "why, in a line that is recorded; asked for"] as const;
const whereOption = ["--env <environment>", "in this environment; by default the last, production"] as const;

/** Adds `rollback` and `promote`. */
function addChangingCommands(program: Command, session: Session): void {
  program
    .command("rollback <use-case>")
    .description("make the version before the champion, or an earlier one, champion again")
    .option("--to <version>", "the version; by default the one before that is as it was released")
    .option(...whereOption)
    .option(...reasonOption)
    .option(...jsonOption)
    .action((useCase: string, options: Changing) => change(session, "rollback", useCase, options));
  program
    .command("promote <use-case> <version>")
    .description("make a version champion that was released before, also one after the champion")
    .option(...whereOption)
    .option(...reasonOption)
    .option(...jsonOption)
    .action((useCase: string, to: string, options: Changing) =>
      change(session, "promote", useCase, { ...options, to }),
    );
}

interface Following extends Of {
  readonly follow?: boolean;
}

/** Between two steps of a rollout that is followed. */
const followMs = 30_000;

/** Takes a rollout one step on, or step by step to its end. */
async function rollout(session: Session, useCase: string, { env, follow, json }: Following): Promise<void> {
  for (;;) {
    const done = await alone(session, () => stepRollout(useCase, env));
    if (json) printJson(done);
    else print(steppedText(done));
    if (!follow || !["stays", "moved"].includes(done.decision)) return;
    await setTimeout(followMs);
  }
}

/** Adds the commands on released versions. */
export function addModelCommands(program: Command, session: Session): void {
  addChangingCommands(program, session);
  program
    .command("rollout <use-case>")
    .description("decide on the challenger by what was counted: it stays, goes on, is promoted or given up")
    .option(...whereOption)
    .option("--follow", "decide each half minute, until it is champion or given up")
    .option(...jsonOption)
    .action((useCase: string, options: Following) => rollout(session, useCase, options));
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
