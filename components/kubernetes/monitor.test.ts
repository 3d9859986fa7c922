import { beforeAll, describe, expect, it } from "vitest";
import { only, type Recorded, testSettings } from "./fixture";
import { container, environment, run, without } from "./fixtureWorkloads";

let made: Recorded[];
beforeAll(async () => {
  made = await run();
});

describe("the monitor", () => {
  it("checks at its time, never twice at once, and does not repeat what it found", () => {
    const { spec } = only(made, "CronJob", "monitor").inputs;
    const { jobTemplate, ...schedule } = spec;
    expect(schedule).toEqual({
      schedule: "15 2 * * *",
      timeZone: "Etc/UTC",
      suspend: false,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
    });
    expect({ ...jobTemplate.spec, template: undefined }).toEqual({
      template: undefined,
      backoffLimit: 2,
      activeDeadlineSeconds: 1800,
      ttlSecondsAfterFinished: 604_800,
      podFailurePolicy: {
        rules: [
          {
            action: "FailJob",
            onExitCodes: { containerName: "monitor", operator: "In", values: [10, 20, 30, 40] },
          },
        ],
      },
    });
    expect(container(made, "monitor").command).toEqual(["python", "-m", "ecluse_monitor", "check"]);
  });

  it("authenticates to the forge by the token in its file", () => {
    expect(environment(made, "monitor")).toMatchObject({
      ECLUSE_FORGE_URL: "https://gitlab.example.com",
      ECLUSE_PROJECT_ID: "7",
      ECLUSE_FORGE_TOKEN_FILE: "/var/run/ecluse/forge/token",
    });
  });

  it("starts pipelines by a token of its own, in the same folder", () => {
    expect(environment(made, "monitor").ECLUSE_TRIGGER_TOKEN_FILE).toBe("/var/run/ecluse/forge/trigger");
  });

  it("reports to the blob store only where there is no forge", async () => {
    const silent = await run(without({ ...testSettings(), forge: undefined }, "runner"));
    expect(Object.keys(environment(silent, "monitor")).filter((name) => /FORGE|PROJECT/.test(name))).toEqual(
      [],
    );
  });
});
