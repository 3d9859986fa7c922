import { expect, it } from "vitest";
import { only } from "./fixture";
import { container, environment, run } from "./fixtureWorkloads";

it("compacts the log each hour, knows nothing but it, and runs again where it was killed", async () => {
  const made = await run();
  const { jobTemplate, ...schedule } = only(made, "CronJob", "compact").inputs.spec;
  expect(schedule).toEqual({
    schedule: "5 * * * *",
    timeZone: "Etc/UTC",
    suspend: false,
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 1800,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
  });
  expect({ ...jobTemplate.spec, template: undefined }).toEqual({
    template: undefined,
    backoffLimit: 2,
    activeDeadlineSeconds: 3000,
    ttlSecondsAfterFinished: 86_400,
  });
  expect(container(made, "compact").command).toEqual(["python", "-m", "ecluse_monitor", "compact"]);
  const names = Object.keys(environment(made, "compact")).filter((name) => name.startsWith("ECLUSE_"));
  expect(names.sort()).toEqual(["ECLUSE_INFERENCE_URL", "ECLUSE_LOG_DAYS", "ECLUSE_USE_CASE"]);
});
