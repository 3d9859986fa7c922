import { join } from "node:path";
import { projectRoot } from "../local/home";
import type { EnvironmentOutputs, UseCaseOutputs } from "./outputs";
import { demonstrationToken } from "./people";
import type { PipelineRun } from "./pipelineRun";
import { callPython } from "./python";
import { inFolder, runOwnCode, runPlatformCode } from "./useCaseCode";

const dayMilliseconds = 24 * 3600 * 1000;
const dayOf = (offset: number) => new Date(Date.now() + offset * dayMilliseconds).toISOString().slice(0, 10);

/** Exit codes of the monitor that are findings, by their meaning. */
const findings: Readonly<Record<number, string>> = {
  0: "fine",
  10: "warning",
  20: "critical",
  30: "too little data",
  40: "data contract broken",
};

/** Sends one day of customers of a scenario to the model server: made by the use case's code, sent by the platform. */
async function traffic(
  run: PipelineRun,
  { environment }: EnvironmentOutputs,
  { serving, dataUrl }: UseCaseOutputs,
  date: string,
  scenario: string,
) {
  const words = ["traffic", "--date", date, "--scenario", scenario];
  const env = { ECLUSE_ENVIRONMENT: environment, ECLUSE_USE_CASE: run.useCase };
  return inFolder(async (folder) => {
    // Without scenarios of its own, a use case sends rows that have landed.
    const data = { ...env, ECLUSE_DATA_URL: dataUrl };
    await runPlatformCode("reading the landed rows", ["ecluse_local.landing", "get", folder], data);
    const rows = join(folder, "rows.json");
    await runOwnCode(run, { what: "making the traffic", words: [...words, "--to", rows], env, folder });
    return runPlatformCode("the traffic", ["ecluse", ...words, "--from", rows], {
      ECLUSE_SERVING_URL: serving,
      ECLUSE_SERVING_TOKEN: await demonstrationToken(run.forgeUrl, environment, 600),
    });
  });
}

/** Runs the monitor as the schedule does, for one day, marked as a demonstration; gives what it found. */
async function monitor({ monitor: { command, env } }: UseCaseOutputs, date: string): Promise<string> {
  const [python = "", ...words] = command;
  const call = { python, words: [...words, "--as-of", date, "--demonstration"], cwd: projectRoot, env };
  const lines: string[] = [];
  const { code, stdout } = await callPython({ ...call, onLine: (line) => lines.push(line) });
  const found = findings[code];
  if (!found)
    throw new Error(`the monitor ended with ${code}: ${[stdout, ...lines.slice(-8)].join("\n").trim()}`);
  return found;
}

/**
 * Shows production watched: a clean day of traffic, which the monitor finds fine, and a drifted one, which raises an
 * alert as an issue at the forge. Done once for each production, with its first champion, on days that the schedule,
 * which looks at yesterday, has passed: made-up traffic raises no real alert.
 */
export async function demonstrate(run: PipelineRun): Promise<void> {
  const { identity, journal, progress, useCase } = run;
  const production = run.environments.at(-1);
  const outputs = production?.useCases[useCase];
  if (!production || !outputs) return;
  const day = async (scenario: string, date: string, expected: readonly string[]) =>
    progress.step(`${production.environment}: a ${scenario} day (${date}) served and watched`, async () => {
      await traffic(run, production, outputs, date, scenario);
      const found = await monitor(outputs, date);
      progress.say(`  the monitor found the ${scenario} day ${found}`);
      if (!expected.includes(found))
        throw new Error(`the monitor found the ${scenario} day ${found}, expected ${expected.join(" or ")}`);
      return found;
    });
  await journal.once("clean day", identity, () => day("clean", dayOf(-3), ["fine"]));
  await journal.once("drifted day", identity, () => day("drifted", dayOf(-2), ["warning", "critical"]));
}
