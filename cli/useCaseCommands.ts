import type { Command } from "commander";
import { dataClassifications, materialities, riskClasses } from "../components/settings";
import { homeFolder, projectRoot } from "../local/home";
import type { Place } from "./blueprint";
import {
  answersOf,
  gitEmail,
  libraries,
  type Made,
  type NewOptions,
  newUseCase,
  requireUsable,
  steps,
  templates,
} from "./new";
import { type FileOptions, ownFile } from "./ownFile";
import { repairChampions, repairText } from "./repair";
import { jsonOption, print, printJson, type Session } from "./session";
import { backendFolder, moduleOf } from "./stacks";
import { terminal } from "./terminal";
import { type Updated, updateUseCase } from "./update";

interface Json {
  readonly json?: boolean;
}

/** The checkout, and the home, which is made where it is not there yet. */
function place(): Place {
  backendFolder();
  return { root: projectRoot, home: homeFolder() };
}

const today = () => new Date().toISOString().slice(0, 10);

const nextOf = ({ name }: Made) => [
  { command: `npx ecluse run ${name}`, what: "take it to production on this machine" },
  { command: "npx ecluse status", what: "how every environment stands, and where" },
  { command: `npx ecluse update ${name}`, what: "bring in later versions of the template" },
];

function madeText(made: Made): string {
  const { name, folder, version, environments, missing, stacks } = made;
  const next = nextOf(made).map(({ command, what }) => `  ${command.padEnd(34)}# ${what}`);
  return [
    `${name} is made, from version ${version} of the template:`,
    `  files     ${folder} (begin with README.md; features.py and model.py in src/${moduleOf(name)} are the model)`,
    `  pipeline  ${environments.map((environment) => environment.name).join(" → ")}`,
    `  listed in ${stacks.map((stack) => `Pulumi.${stack}.yaml`).join(", ")}`,
    ...missing.map((environment) => `  ${environment} has no local stack file: its pipeline leaves that out`),
    "",
    "Next:",
    ...next,
  ].join("\n");
}

type MakeOptions = NewOptions & FileOptions & Json;

async function make(session: Session, name: string, { json, ...options }: MakeOptions): Promise<void> {
  // Nobody is asked about what cannot be.
  requireUsable(name);
  const { own, ...kind } = await ownFile(options, projectRoot);
  const [ask, email] = [json ? undefined : terminal("stopped: nothing was made"), gitEmail(projectRoot)];
  const known = { today: today(), ...(ask && { ask }), ...(email && { email }) };
  const answers = await answersOf(name, { ...options, ...kind }, known);
  const made = await newUseCase(place(), { ...answers, ...(own && { own }) }, session.signal);
  if (json) printJson({ ...made, next: nextOf(made).map(({ command }) => command) });
  else print(madeText(made));
}

function updatedText({ name, from, to, changed, conflicts, kept }: Updated): string {
  if (changed.length + kept.length === 0) return `${name} is up to date with version ${to} of the template.`;
  const isClean = (file: string) => !conflicts.includes(file);
  const list = (title: string, files: readonly string[]) =>
    files.length === 0 ? [] : [title, ...files.map((file) => `  usecases/${name}/${file}`)];
  return [
    `${name}: template ${from === to ? to : `${from} → ${to}`}`,
    ...list("changed, with your edits kept:", changed.filter(isClean)),
    ...list("no longer in the template; kept, as you edited them:", kept),
    ...list(
      "CONFLICTS, with both sides in the file; choose, and remove the markers <<<<<<< and >>>>>>>:",
      conflicts,
    ),
    "",
    `Next: look at what changed (git diff), and npx ecluse run ${name}`,
  ].join("\n");
}

async function update(session: Session, name: string, { json }: Json): Promise<void> {
  const updated = await updateUseCase(place(), name, session.signal);
  if (json) printJson(updated);
  else print(updatedText(updated));
  if (updated.conflicts.length > 0) process.exitCode = 1;
}

async function repair(name: string, { json }: Json): Promise<void> {
  const all = await repairChampions(name);
  if (json) printJson(all);
  else print(repairText(all));
  // Only a release can help where there was a champion, and no version can be loaded.
  if (all.some(({ changed, champion }) => changed && champion === null)) process.exitCode = 1;
}

/** Adds `new`, `update` and `repair`. */
export function addUseCaseCommands(program: Command, session: Session): void {
  program
    .command("new <name>")
    .description("make a use case from the template, and list it in the stack files")
    .option(
      "--template <kind>",
      `what its model predicts: ${templates.join(", ")} (default: ${templates[0]})`,
    )
    .option("--step <step>", `what the rows of a time series go by: ${steps.join(", ")} (default: day)`)
    .option("--model <library>", `what its model is made with: ${libraries.join(", ")}`, libraries[0])
    .option("--owner <e-mail>", "who answers for it; asked for, or the address that git knows")
    .option("--team <name>", "the team that looks after it; by default the use case's name")
    .option("--purpose <line>", "what it is for; asked for")
    .option("--data-classification <class>", dataClassifications.join(", "), "internal")
    .option("--risk-class <class>", riskClasses.join(", "), "limited")
    .option("--materiality <class>", `what wrong scores would cost: ${materialities.join(", ")}`, "medium")
    .option("--review-by <day>", "when its purpose is looked at again, YYYY-MM-DD; by default in a year")
    .option("--own-data", "no made-up data: it waits for data of its own")
    .option("--from <file>", "a file of rows, or a folder of files: the data contract is proposed from it")
    .option("--target <column>", "of the file: what the model predicts")
    .option("--id <column>", "of the file: another one in each row; by default the first column that is")
    .option(...jsonOption)
    .action((name: string, options: MakeOptions) => make(session, name, options));
  program
    .command("update <name>")
    .description(
      "bring later versions of the kit and the template, and new environments, into a use case; edits stay",
    )
    .option(...jsonOption)
    .action((name: string, options: Json) => update(session, name, options));
  program
    .command("repair <name>")
    .description("put the alias champion on the newest version that can be loaded as it was released")
    .option(...jsonOption)
    .action((name: string, options: Json) => repair(name, options));
}
