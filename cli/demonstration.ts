import { dayOf, judge, serve } from "./madeUpDays";
import type { PipelineRun } from "./pipelineRun";
import { useCaseSettings } from "./stacks";

/**
 * Shows production watched: a clean day of traffic, which the monitor finds fine, and a drifted one, which raises an
 * alert as an issue at the forge. Done once for each production, with its first champion, on days that the schedule,
 * which looks at yesterday, has passed: made-up traffic raises no real alert. What the monitor finds decides nothing. A
 * use case with data of its own has no such days: its production scores nobody who was made up.
 */
export async function demonstrate(run: PipelineRun): Promise<void> {
  const { identity, journal, progress, useCase } = run;
  const production = run.environments.at(-1);
  const outputs = production?.useCases[useCase];
  if (!production || !outputs || useCaseSettings(production.environment, useCase).source) return;
  const day = async (scenario: string, date: string, expected: readonly string[]) =>
    progress.step(`${production.environment}: a ${scenario} day (${date}) served and watched`, async () => {
      await serve(run, production, { date, scenario });
      const { found } = await judge(outputs, date, ["--demonstration"]);
      const hint = expected.includes(found) ? "" : `; expected ${expected.join(" or ")}: see population.py`;
      progress.say(`  the monitor found the ${scenario} day ${found}${hint}`);
      return found;
    });
  await journal.once("clean day", identity, () => day("clean", dayOf(-3), ["fine"]));
  await journal.once("drifted day", identity, () => day("drifted", dayOf(-2), ["warning", "critical"]));
}
