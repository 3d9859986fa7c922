import { userInfo } from "node:os";
import type { Command } from "commander";
import { projectPath } from "../components/naming";
import { listIssues } from "../local/forge/issues";
import { findProject } from "../local/forge/projects";
import { homeFolder } from "../local/home";
import { openRun, runWaiting, toProduction } from "./chain";
import { upAll } from "./deploy";
import { landScenario } from "./land";
import { dayOf, judge, label, serve } from "./madeUpDays";
import { askMonitor } from "./monitorCall";
import type { EnvironmentOutputs, UseCaseOutputs } from "./outputs";
import { onOwnPlatform } from "./ownPlatform";
import type { PipelineRun } from "./pipelineRun";
import { jsonOption, print, printJson, type Session } from "./session";
import { UserError } from "./stacks";
import { table } from "./table";

/** Its scenarios change what customers are, and what becomes of them. */
const useCase = "bank-churn";
const first = -75;
const rows = 2_000;
/** What `performance.label_delay` of the use case's monitor.yaml says. */
const labelDelay = 30;

/** One line of the story: a day that was served and judged, or what somebody did about it. */
export interface Entry {
  readonly day: string;
  readonly what: string;
  readonly modelVersion?: string;
  readonly found?: string;
  /** The state of each open alert, by its cause. */
  readonly alerts?: Readonly<Record<string, string>>;
}

/** The story, and the issues that the monitor has opened and closed on its way. */
export interface Story {
  readonly entries: readonly Entry[];
  readonly issues: readonly { readonly title: string; readonly state: string }[];
}

interface Stage {
  readonly session: Session;
  readonly run: PipelineRun;
  readonly production: EnvironmentOutputs;
  readonly outputs: UseCaseOutputs;
  readonly entries: Entry[];
}

/** A day of the story, by its number: its rows under a scenario, and labels of the day so long before, where given. */
async function day(stage: Stage, number: number, scenario: string, outcome?: string): Promise<void> {
  const { session, run, production, outputs, entries } = stage;
  session.signal.throwIfAborted();
  const date = dayOf(first + number);
  const labelled = dayOf(first + number - labelDelay);
  const labels = outcome ? `, ${outcome} labels of ${labelled}` : "";
  const what = `a ${scenario} day${labels}`;
  const { found, report } = await session.progress.step(`${date}: ${what}`, async () => {
    await serve(run, production, { date, scenario, rows });
    if (outcome) await label(run, production, { date: labelled, scenario: outcome, rows });
    return judge(outputs, date);
  });
  const alerts = Object.fromEntries(
    Object.entries(report.alerts).map(([cause, { state }]) => [cause, state]),
  );
  entries.push({ day: date, what, modelVersion: report.model_version, found, alerts });
  for (const message of report.messages) session.progress.say(`  ${message}`);
}

async function days(
  stage: Stage,
  numbers: readonly number[],
  scenario: string,
  outcome?: string,
): Promise<void> {
  for (const number of numbers) await day(stage, number, scenario, outcome);
}

function note({ entries }: Stage, what: string): void {
  entries.push({ day: entries.at(-1)?.day ?? "", what });
}

async function acknowledge(stage: Stage, cause: string, owner: string): Promise<void> {
  const words = ["ack", "--cause", cause, "--owner", owner, "--until", dayOf(7)];
  const { code, stdout } = await askMonitor(stage.outputs.monitor, words);
  if (code !== 0) throw new Error(`the alert could not be acknowledged: ${stdout}`);
  note(stage, stdout.trim());
}

/** Customers become others: an alert, somebody who looks after it, and its end with the drift's. */
async function drift(stage: Stage): Promise<void> {
  await days(stage, [0, 1, 2, 3, 4, 5, 6], "clean");
  await days(stage, [7, 8], "drifted");
  await acknowledge(stage, "drift", userInfo().username);
  await days(stage, [9, 10, 11], "clean");
}

/** What labels mean becomes another thing: an alert, a training on newer data, and a new champion. */
async function conceptDrift(stage: Stage): Promise<void> {
  const { session, run, production } = stage;
  await day(stage, 30, "clean", "clean");
  await days(stage, [31, 32], "clean", "flipped");
  await session.progress.step(`${production.environment}: newer data lands`, () =>
    landScenario(run, production, "flipped"),
  );
  note(stage, "newer data lands");
  const count = await runWaiting(useCase, session);
  note(stage, `${count} pipeline of the monitor has run`);
  await days(stage, [33, 34, 35], "clean");
  await days(stage, [63, 64, 65], "clean", "flipped");
}

async function play(session: Session): Promise<Story> {
  await upAll(session);
  const run = await openRun(useCase, session);
  await toProduction(run);
  const production = run.environments.at(-1);
  const outputs = production?.useCases[useCase];
  if (!production || !outputs)
    throw new UserError(`no local stack file lists ${useCase}: list it in local-prod`);
  const stage = { session, run, production, outputs, entries: [] };
  await drift(stage);
  await conceptDrift(stage);
  const project = findProject(homeFolder(), projectPath(useCase)).id;
  const issues = listIssues(homeFolder(), project, { labels: [], search: "", state: "all" });
  return { entries: stage.entries, issues: issues.map(({ title, state }) => ({ title, state })) };
}

function storyText({ entries, issues }: Story): string {
  const lines = entries.map(({ day, what, modelVersion = "", found = "", alerts = {} }) => [
    day,
    what,
    modelVersion,
    found,
    Object.entries(alerts)
      .map(([cause, state]) => `${cause} ${state}`)
      .join(", "),
  ]);
  return [
    table([["day", "what", "version", "monitor", "alerts"], ...lines]),
    table([["issue", ""], ...issues.map(({ title, state }) => [title, state])]),
  ].join("\n\n");
}

interface Options {
  readonly json?: boolean;
  readonly keep?: boolean;
}

/** Adds `demo`. */
export function addDemoCommand(program: Command, session: Session): void {
  program
    .command("demo")
    .description("show the platform at work, on a platform of its own with made-up data")
    .command("drift")
    .description(
      "customers change, then what becomes of them: alerts, a retraining, a new model; some minutes",
    )
    .option("--keep", "leave its platform up, to look around")
    .option(...jsonOption)
    .action(async ({ json, keep = false }: Options) => {
      const story = await onOwnPlatform(session, { name: "demo", keep }, () => play(session));
      if (json) printJson(story);
      else print(storyText(story));
    });
}
