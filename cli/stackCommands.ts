import type { Command } from "commander";
import type { Operation } from "../local/engine/events";
import { digest } from "../local/engine/json";
import { auditFormats } from "../policies/audit/model";
import type { AuditOptions } from "./audit";
import { type CostDifference, differenceOf } from "./cost/difference";
import { readPrices } from "./cost/prices";
import { differenceLine, differenceText } from "./cost/text";
import { changed, checkTarget, operate } from "./deploy";
import { start } from "./lifecycle";
import { runPulumi } from "./pulumi";
import { type RenderOptions, render } from "./render";
import { alone, jsonOption, print, printJson, type Session } from "./session";
import { settingsOf, UserError } from "./stacks";
import { terminal } from "./terminal";

interface Options {
  readonly json?: boolean;
  readonly state?: string;
  readonly prices?: string;
  readonly yes?: boolean;
  readonly config?: Readonly<Record<string, string>>;
}

/** Starts the services that the stack has made already: what is up for the state must be up on the machine. */
async function startEnvironment(session: Session, stack: string): Promise<void> {
  const settings = settingsOf(stack);
  checkTarget(settings);
  await start(session, [settings.kind === "forge" ? "forge" : settings.environment]);
}

/** Changes a stack: one of this machine by the embedded engine, any other by the Pulumi CLI. */
async function change(
  session: Session,
  operation: Exclude<Operation, "preview">,
  stack: string,
  options: Options,
): Promise<void> {
  if (settingsOf(stack).target === "local") {
    if (operation === "destroy" && !options.yes) await confirmed(stack);
    return alone(session, () => deploy(session, operation, stack, options));
  }
  if (options.config)
    throw new UserError(
      `--config ${Object.keys(options.config).join(", ")}: the Pulumi CLI would keep it in ` +
        `Pulumi.${stack}.yaml: write it there`,
    );
  await runPulumi({ operation, stack, json: options.json ?? false, yes: options.yes ?? false });
}

/** Runs an operation with the embedded engine and prints what it came to. */
async function deploy(
  session: Session,
  operation: Operation,
  stack: string,
  options: Options,
): Promise<void> {
  const { progress, signal } = session;
  const { config, state, prices } = options;
  if (operation === "up") await startEnvironment(session, stack);
  const result = await operate(operation, stack, progress, {
    signal,
    ...(config && { config }),
    ...(state && { stateFile: state }),
  });
  if (options.json) return printJson(digest(result));
  const counts = Object.entries(result.changes).map(([op, count]) => `${count} ${op}`);
  print(`${stack}: ${changed(result) === 0 ? "nothing to change" : counts.join(", ")}`);
  if (operation === "preview") printCost(differenceOf(stack, result.steps, readPrices(prices)));
}

/** What a preview would change of the bill: line by line against a state, in one line where all is new. */
function printCost(difference: CostDifference): void {
  if (difference.changes.length === 0) return;
  print(difference.before.lines.length > 0 ? differenceText(difference) : differenceLine(difference));
}

/** Destroys only after the stack's name was typed. */
async function confirmed(stack: string): Promise<void> {
  const ask = terminal("stopped: nothing was removed");
  if (!ask) throw new UserError("there is no terminal to ask on: give --yes");
  const answer = await ask(`Remove everything of ${stack}, its data too? Type the stack's name`);
  if (answer !== stack) throw new UserError("nothing was removed");
}

/** Collects `-c key=value` options, as the Pulumi CLI takes them. */
function configValue(text: string, values: Record<string, string> = {}): Record<string, string> {
  const [, key, value] = /^([\w-]+:[\w.-]+)=(.*)$/s.exec(text) ?? [];
  if (!key || value === undefined) throw new UserError(`--config ${text}: write it as ecluse:<key>=<value>`);
  return { ...values, [key]: value };
}

const configOption = [
  "-c, --config <key=value>",
  "a config value for this run; may be repeated",
  configValue,
] as const;

const yesOption = ["--yes", "do not ask"] as const;

/** Adds `up`, `preview`, `refresh`, `render`, `audit` and `destroy`. */
export function addStackCommands(program: Command, session: Session): void {
  program
    .command("up <stack>")
    .description("make a stack what its file says; one that is not of this machine by the Pulumi CLI")
    .option(...yesOption)
    .option(...jsonOption)
    .option(...configOption)
    .action((stack: string, options: Options) => change(session, "up", stack, options));
  program
    .command("preview <stack>")
    .description("what up would do, for any stack, without its cloud")
    .option(...jsonOption)
    .option(...configOption)
    .option("--state <file>", "compare with an exported state")
    .option("--prices <file>", "one's own prices, for what it changes of the bill")
    .action((stack: string, options: Options) => deploy(session, "preview", stack, options));
  program
    .command("refresh <stack>")
    .description("take into a stack's state what its providers find; nothing else changes")
    .option(...yesOption)
    .option(...jsonOption)
    .action((stack: string, options: Options) => change(session, "refresh", stack, options));
  program
    .command("render <stack>")
    .description("write the stack's Kubernetes objects as YAML, without a cluster or a cloud")
    .requiredOption("--out <folder>", "where to write; a folder of render's own, or a new one")
    .option("--force", "also over files that were edited since")
    .option("--complete", "generate passwords, keys and certificates, and keep them in the folder")
    .option(...jsonOption)
    .option(...configOption)
    .action((stack: string, options: RenderOptions) => render(session, stack, options));
  addAuditCommands(program, session);
  program
    .command("destroy <stack>")
    .description("remove what a stack made, and nothing else")
    .option(...yesOption)
    .option(...jsonOption)
    .action((stack: string, options: Options) => change(session, "destroy", stack, options));
}

// Loaded when asked for: rules and reports would delay every command.
const audits = () => import("./audit");

function addAuditCommands(program: Command, session: Session): void {
  const command = program
    .command("audit [stacks...]")
    .description("judge stacks by every rule, as planned or as a state has them, without a cloud")
    .option(
      "--state [file...]",
      "judge these exported states; without a file, those of this machine's platform",
    )
    .option("--evidence <file...>", "what happened in operation, as ecluse evidence writes it")
    .option(
      "--previous <file>",
      "the audit before, as --format json wrote it: the report has what changed since",
    )
    .option("--format <list>", `reports to write: ${auditFormats.join(",")}`)
    .option("--out <folder>", "where to write them", "audit-report")
    .option("--fail-on <severity>", "exit with 1 for mandatory violations from this severity on", "low")
    .option(...jsonOption)
    .action(async (stacks: string[], options: AuditOptions) =>
      (await audits()).runAudit(stacks, options, session),
    );
  command
    .command("diff <before> <after>")
    .description("what changed between two audits, as --format json wrote them")
    .option(...jsonOption)
    .action(async (before: string, after: string, options: Options) =>
      (await audits()).runAuditDiff(before, after, options),
    );
}
