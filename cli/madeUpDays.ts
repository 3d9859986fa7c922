import { globSync } from "node:fs";
import { join } from "node:path";
import { type AskedServer, flush } from "./modelServer";
import { askMonitor } from "./monitorCall";
import type { EnvironmentOutputs, UseCaseOutputs } from "./outputs";
import { demonstrationToken } from "./people";
import type { PipelineRun } from "./pipelineRun";
import { inFolder, runOwnCode, runPlatformCode } from "./useCaseCode";

const dayMilliseconds = 24 * 3600 * 1000;

/** A day (UTC, YYYY-MM-DD) by its distance from today, past ones below 0. */
export const dayOf = (offset: number): string =>
  new Date(Date.now() + offset * dayMilliseconds).toISOString().slice(0, 10);

/** Exit codes of the monitor that are findings, by their meaning. */
const findings: Readonly<Record<number, string>> = {
  0: "fine",
  10: "warning",
  20: "critical",
  30: "too little data",
  40: "data contract broken",
};

/** A day of rows that the use case's code makes up under a scenario; as many as it likes, where no number is given. */
export interface MadeUpDay {
  readonly date: string;
  readonly scenario: string;
  readonly rows?: number;
}

const wordsOf = ({ date, scenario, rows }: MadeUpDay) => [
  ...["traffic", "--date", date, "--scenario", scenario],
  ...(rows === undefined ? [] : ["--rows", String(rows)]),
];

/** What the platform's own code sends rows and labels with: as the demonstration, which may choose their day. */
async function serving(
  run: PipelineRun,
  { environment, useCases }: EnvironmentOutputs,
): Promise<AskedServer> {
  return {
    ECLUSE_SERVING_URL: useCases[run.useCase]?.serving ?? "",
    ECLUSE_SERVING_TOKEN: await demonstrationToken(run.forgeUrl, environment, 600),
  };
}

/** Sends a day of rows to the model server: made by the use case's code, sent by the platform. */
export async function serve(run: PipelineRun, outputs: EnvironmentOutputs, day: MadeUpDay): Promise<void> {
  const { environment, useCases } = outputs;
  const env = { ECLUSE_ENVIRONMENT: environment, ECLUSE_USE_CASE: run.useCase };
  await inFolder(async (folder) => {
    // Without scenarios of its own, a use case sends rows that have landed. With them it needs none, and gets none.
    if (globSync("src/*/scenarios.py", { cwd: run.folder }).length === 0) {
      const data = { ...env, ECLUSE_DATA_URL: useCases[run.useCase]?.dataUrl ?? "" };
      await runPlatformCode("reading the landed rows", ["ecluse_local.landing", "get", folder], data);
    }
    const rows = join(folder, "rows.json");
    const words = wordsOf(day);
    await runOwnCode(run, { what: "making the traffic", words: [...words, "--to", rows], env, folder });
    const server = await serving(run, outputs);
    await runPlatformCode("the traffic", ["ecluse", ...words, "--from", rows], server);
    await flush(server);
  });
}

/** Sends what the rows of a day turned out to be, under a scenario that draws the same rows. */
export async function label(run: PipelineRun, outputs: EnvironmentOutputs, day: MadeUpDay): Promise<void> {
  const env = { ECLUSE_ENVIRONMENT: outputs.environment, ECLUSE_USE_CASE: run.useCase };
  await inFolder(async (folder) => {
    const labels = join(folder, "labels.json");
    const words = [...wordsOf(day), "--labels", labels];
    await runOwnCode(run, { what: "making the labels", words, env, folder });
    await runPlatformCode("the labels", ["ecluse", "labels", "--from", labels], await serving(run, outputs));
  });
}

/** What the monitor says of a day. */
export interface Judged {
  /** In words: `fine`, `warning`, `critical`, `too little data` or `data contract broken`. */
  readonly found: string;
  readonly report: {
    readonly model_version: string;
    readonly alerts: Readonly<Record<string, { readonly state: string }>>;
    readonly messages: readonly string[];
    readonly retrainings: readonly { readonly status: string; readonly number: number }[];
  };
}

/** Runs the monitor as the schedule does, for one day; throws where it could not judge it. */
export async function judge(
  { monitor }: UseCaseOutputs,
  date: string,
  options: readonly string[] = [],
): Promise<Judged> {
  const lines: string[] = [];
  const words = ["check", "--as-of", date, "--json", ...options];
  const { code, stdout } = await askMonitor(monitor, words, (line) => lines.push(line));
  const found = findings[code];
  if (!found)
    throw new Error(`the monitor ended with ${code}: ${[stdout, ...lines.slice(-8)].join("\n").trim()}`);
  return { found, report: JSON.parse(stdout) as Judged["report"] };
}
