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

  it("judges a day by several pods where the use case asks for it", async () => {
    const settings = testSettings();
    const useCases = settings.useCases.map((useCase) => ({ ...useCase, monitorPartitions: 4 }));
    const several = await run({ ...settings, useCases });
    const job = only(several, "CronJob", "monitor").inputs.spec.jobTemplate.spec;
    expect(job).toMatchObject({ completionMode: "Indexed", completions: 4, parallelism: 4 });
    const { command, env } = container(several, "monitor");
    expect(command.slice(3)).toEqual([
      "check",
      "--partitions",
      "4",
      "--partition",
      "$(JOB_COMPLETION_INDEX)",
    ]);
    expect(env.find(({ name }: { name: string }) => name === "ECLUSE_RUN")).toEqual({
      name: "ECLUSE_RUN",
      valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } },
    });
    expect(JSON.stringify(only(made, "CronJob", "monitor").inputs)).not.toMatch(
      /Indexed|ECLUSE_RUN|partition/,
    );
  });

  it("authenticates to the forge by the token in its file", () => {
    expect(environment(made, "monitor")).toMatchObject({
      ECLUSE_FORGE_URL: "https://gitlab.example.com",
      ECLUSE_PROJECT_ID: "7",
      ECLUSE_FORGE_TOKEN_FILE: "/var/run/ecluse/forge/token",
    });
  });

  it("asks for a training by its project where the settings let it", async () => {
    expect(environment(made, "monitor").ECLUSE_ASKS_RETRAINING).toBeUndefined();
    const asking = await run({ ...testSettings(), monitorRetrains: true });
    expect(environment(asking, "monitor").ECLUSE_ASKS_RETRAINING).toBe("true");
    const alone = without({ ...testSettings(), monitorRetrains: true, forge: undefined }, "runner");
    expect(environment(await run(alone), "monitor").ECLUSE_ASKS_RETRAINING).toBeUndefined();
  });

  it("sends alerts where the settings say, by secrets that somebody keeps", async () => {
    const kept = { secret: "alerts", key: "k" };
    const webhook = { url: "https://hooks.example.com/a", networks: ["10.20.0.0/16"], secret: kept };
    const server = {
      host: "smtp.example.com",
      port: 587,
      user: "m",
      sender: "m@example.com",
      to: ["a@example.com"],
    };
    const place = { url: "https://alerts.example.com/am", networks: [], hours: 24 };
    const alerts = { webhook, mail: { ...server, password: kept }, alertmanager: { ...place, token: kept } };
    const settings = { ...testSettings(), alerts };
    const sending = await run(without({ ...settings, forge: undefined }, "runner"));
    const {
      ECLUSE_WEBHOOK = "",
      ECLUSE_MAIL = "",
      ECLUSE_ALERTMANAGER = "",
    } = environment(sending, "monitor");
    expect(JSON.parse(ECLUSE_WEBHOOK)).toEqual({ url: webhook.url, networks: webhook.networks });
    expect(JSON.parse(ECLUSE_MAIL)).toEqual(server);
    expect(JSON.parse(ECLUSE_ALERTMANAGER)).toEqual(place);
    const names = container(sending, "monitor").env.flatMap(
      ({ name, valueFrom }: { name: string; valueFrom?: object }) => (valueFrom ? [name] : []),
    );
    const secrets = ["ECLUSE_WEBHOOK_SECRET", "ECLUSE_MAIL_PASSWORD", "ECLUSE_ALERTMANAGER_TOKEN"];
    expect(names).toEqual(expect.arrayContaining(secrets));
    const [policy] = sending.filter(
      ({ type, name }) => type.endsWith(":NetworkPolicy") && name.includes("monitor"),
    );
    expect(JSON.stringify(policy?.inputs.spec.egress)).toContain("ipBlock");
  });

  it("reports to the blob store only where there is no forge", async () => {
    const silent = await run(without({ ...testSettings(), forge: undefined }, "runner"));
    expect(Object.keys(environment(silent, "monitor")).filter((name) => /FORGE|PROJECT/.test(name))).toEqual(
      [],
    );
  });
});
