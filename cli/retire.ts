import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { releasedModelDays } from "../components/azure/storeLifecycle";
import { logDays } from "../components/processes/compaction";
import { profiles } from "../components/profiles";
import type { EnvironmentSettings } from "../components/settings";
import { projectRoot } from "../local/home";
import { jsonOption, print, printJson } from "./session";
import { type Decision, decommissioned, readStackFiles, useCasesOf } from "./stackFiles";
import { settingsOf, UserError } from "./stacks";
import { table } from "./table";

/** What becomes of one thing that a use case has in an environment. */
export interface Fate {
  readonly environment: string;
  readonly what: string;
  /** `goes` with the `up` that removes the use case; `kept` is there after it. */
  readonly fate: "goes" | "kept";
  readonly until: string;
}

const goes: readonly string[] = [
  "model server, monitor and training, with their namespaces, identities and rights",
  "CI variables, runner and schedules of its project",
];

/** What is kept of a use case, and for how long by itself. */
function keeps({ tier, target, profile, governance }: EnvironmentSettings): [what: string, until: string][] {
  const onAzure = target === "azure";
  const byHand = "deleted by hand";
  const immutable = onAzure && tier === "production";
  return [
    ["runs, versions and signed records of releases (MLflow)", byHand],
    ["models in the store", immutable ? `${releasedModelDays} days at least, then ${byHand}` : byHand],
    ["data and hold-out", byHand],
    // What deletes them is a part of the use case: on Azure the store's own rule does it too.
    [
      "predictions and labels",
      onAzure ? `${logDays[governance.dataClassification]} days` : `${byHand}: its compaction goes`,
    ],
    ["reports of the monitor", byHand],
    ["backups of PostgreSQL", target === "local" ? byHand : `${profiles[profile].backupDays} days`],
    ["the project at the forge, with its history", "archived or deleted by hand"],
  ];
}

/** What goes and what is kept of a use case in an environment. */
export function fatesOf(settings: EnvironmentSettings): Fate[] {
  const { environment } = settings;
  return [
    ...goes.map((what): Fate => ({ environment, what, fate: "goes", until: "at once" })),
    ...keeps(settings).map(([what, until]): Fate => ({ environment, what, fate: "kept", until })),
  ];
}

interface Options {
  readonly by?: string;
  readonly approver?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** The decision that the options have; undefined where none was given, so that the command only shows. */
function decisionOf({ by, approver, reason }: Options): Decision | undefined {
  if (by === undefined && approver === undefined && reason === undefined) return undefined;
  if (by && approver && reason) return { on: new Date().toISOString().slice(0, 10), by, approver, reason };
  throw new UserError("give all of --by, --approver and --reason: they are the record of the decision");
}

/** Writes the decision into each stack's file that keeps the use case, and gives the stacks. */
function decide(name: string, decision: Decision, root = projectRoot): string[] {
  const changed = readStackFiles(root).flatMap((file) => {
    const text = decommissioned(file, name, decision);
    return text === undefined ? [] : [{ ...file, text }];
  });
  for (const { path, text } of changed) writeFileSync(path, text);
  return changed.map(({ stack }) => stack);
}

const decidedIn = (stacks: readonly string[]) =>
  stacks.map((stack) => `Pulumi.${stack}.yaml`).join(", ") || "no file: the local target needs none";

const next = (name: string, stacks: readonly string[]) => [
  `decided in ${decidedIn(stacks)}. Next:`,
  "  1. keep the evidence: npx ecluse audit, models, evidence (docs/decommission.md); commit the decision",
  "  2. up of each stack, which takes its protection off",
  `  3. take ${name} out of ecluse:useCases of each stack, and up again`,
];

function retire(name: string, options: Options): void {
  const decision = decisionOf(options);
  const listed = readStackFiles(projectRoot).filter((file) => useCasesOf(file).includes(name));
  if (listed.length === 0)
    throw new UserError(
      `no stack's file lists use case ${name} in ecluse:useCases: nothing is left to retire`,
    );
  const fates = listed.flatMap(({ stack }) => {
    const settings = settingsOf(stack);
    return settings.kind === "environment" ? fatesOf(settings) : [];
  });
  const stacks = decision ? decide(name, decision) : [];
  if (options.json) {
    printJson({ useCase: name, decision: decision ?? null, stacks, fates });
    return;
  }
  const rows = fates.map(({ environment, what, fate, until }) => [environment, fate, what, until]);
  const after = decision
    ? next(name, stacks)
    : ["nothing was changed: --by, --approver and --reason decide it"];
  print([table([["", "", "what", "until"], ...rows]), "", ...after].join("\n"));
}

/** Adds `retire`. */
export function addRetireCommand(program: Command): void {
  program
    .command("retire <use-case>")
    .description("show what goes and what is kept of a use case; with a decision, let production give it up")
    .option("--by <who>", "who asks for it")
    .option("--approver <who>", "another person, who approved it")
    .option("--reason <text>", "why")
    .option(...jsonOption)
    .action(retire);
}
