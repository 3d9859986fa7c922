import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stackNames } from "../cli/stacks";
import { InputError, SettingsError } from "../components/errors";
import { projectRoot } from "../local/home";
import { localEnvironment } from "./fixture";
import { parseSettings, readSettings } from "./settings";

const valid = {
  ...localEnvironment,
  "ecluse:useCases": '[{"name":"bank-churn","contract":{"target":"exited","id":"customer_id"},"rows":5000}]',
};

describe("parseSettings", () => {
  it("gives a frozen value with the defaults filled in", () => {
    const settings = parseSettings("local-dev", { ...valid, "ecluse:ports": '{"tracking":5000}' });
    expect(settings).toEqual({
      kind: "environment",
      stack: "local-dev",
      target: "local",
      environment: "dev",
      tier: "development",
      profile: "frugal",
      forge: "local-forge",
      monitorCron: "15 2 * * *",
      monitorRetrains: false,
      alerts: {},
      governance: { owner: "local", costCenter: "local", dataClassification: "internal" },
      ports: { tracking: 5000 },
      useCases: [
        {
          name: "bank-churn",
          rows: 5000,
          source: undefined,
          training: { cpu: 2, memoryGb: 8, gpu: false },
          monitorPartitions: 1,
          callers: ["person:*"],
          contract: { target: "exited", id: "customer_id" },
          gates: {
            metric: "roc_auc",
            floor: 0.8,
            baselineMargin: 0.02,
            nonInferiorityMargin: 0.01,
            risk: 0.05,
            maxSizeMb: 100,
            maxLatencyMs: 100,
            segments: [],
            maxBrier: 0.15,
            maxSlopeError: 0.25,
            maxInterceptError: 0.25,
          },
        },
      ],
    });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it.each<readonly [string, Record<string, string | undefined>, RegExp]>([
    ...["*", "shop", "person:*, ci:*"].map(
      (caller) =>
        [
          `a caller that is no principal: ${caller}`,
          {
            "ecluse:useCases": JSON.stringify([
              { name: "a", contract: { target: "b", id: "c" }, callers: [caller] },
            ]),
          },
          /ecluse:useCases\[0\]\.callers\[0\] is ".*": set it to a principal such as person:\*/,
        ] as const,
    ),
    [
      "a cron line that is none",
      { "ecluse:monitorCron": "at night" },
      /ecluse:monitorCron is "at night": set it to five fields/,
    ],
    ["text that is no JSON", { "ecluse:ports": "{x" }, /ecluse:ports is "\{x": is no JSON/],
    [
      "a port of no service",
      { "ecluse:ports": '{"trakcing":5000}' },
      /ecluse:ports\.trakcing is 5000: there is no such service; use database, blob, tracking, bank-churn/,
    ],
    [
      "a use case named as a service",
      { "ecluse:useCases": '[{"name":"blob"}]' },
      /ecluse:useCases\[0\]\.name is "blob": is reserved, as a service of the platform: choose another/,
    ],
    [
      "no forge on the local target",
      { "ecluse:forge": undefined },
      /ecluse:forge is not set: set it to the forge's stack/,
    ],
    [
      "a gate that is none",
      {
        "ecluse:useCases":
          '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"gates":{"flor":0.9}}]',
      },
      /ecluse:useCases\[0\]\.gates\.flor is 0\.9: there is no such key/,
    ],
    [
      "a metric that is none",
      {
        "ecluse:useCases":
          '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"gates":{"metric":"rmse"}}]',
      },
      /ecluse:useCases\[0\]\.gates\.metric is "rmse": set it to roc_auc, roc_auc_ovr, r2/,
    ],
    [
      "a bound of the other metric",
      {
        "ecluse:useCases":
          '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"gates":{"metric":"r2","maxBrier":0.1}}]',
      },
      /gates\.maxBrier is 0\.1: there is no such key; remove it, or use one of .*maxBias/,
    ],
    [
      "a bias without its metric",
      {
        "ecluse:useCases":
          '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"gates":{"maxBias":0.1}}]',
      },
      /gates\.maxBias is 0\.1: there is no such key; remove it, or use one of .*maxBrier/,
    ],
    [
      "a floor that chance reaches",
      {
        "ecluse:useCases":
          '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"gates":{"floor":0.4}}]',
      },
      /gates\.floor is 0\.4: set it to a number from 0\.5 to 1/,
    ],
    [
      "a floor under the mean's",
      {
        "ecluse:useCases":
          '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"gates":{"metric":"r2","floor":-0.1}}]',
      },
      /gates\.floor is -0\.1: set it to a number from 0 to 1/,
    ],
    [
      "an unknown key",
      { "ecluse:colour": "red" },
      /ecluse:colour is "red": there is no such key; .* \(Pulumi\.s\.yaml\)/,
    ],
    [
      "a wrong choice",
      { "ecluse:tier": "prod" },
      /ecluse:tier is "prod": set it to development, integration, staging, production/,
    ],
    [
      "a missing value",
      { "ecluse:environment": undefined },
      /ecluse:environment is not set: set it to a text/,
    ],
    [
      "a wrong type",
      { "ecluse:ports": '{"tracking":"many"}' },
      /ecluse:ports\.tracking is "many": set it to a number from 1024/,
    ],
    [
      "a privileged port",
      { "ecluse:ports": '{"blob":80}' },
      /ecluse:ports\.blob is 80: set it to a number from 1024 to 65535/,
    ],
    [
      "a name that is no label",
      { "ecluse:environment": "Dev_1" },
      /ecluse:environment is "Dev_1": use 1 to 40 of a-z/,
    ],
    [
      "the forge's name",
      { "ecluse:environment": "forge" },
      /ecluse:environment is "forge": is the forge's own name/,
    ],
    [
      "no use case",
      { "ecluse:useCases": "[]" },
      /ecluse:useCases is \[\]: set it to a list with at least one/,
    ],
    [
      "an unknown key of a use case",
      { "ecluse:useCases": '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"row":1}]' },
      /ecluse:useCases\[0\]\.row is 1: there is no such key/,
    ],
    [
      "half a row",
      { "ecluse:useCases": '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"rows":1000.5}]' },
      /ecluse:useCases\[0\]\.rows is 1000\.5: set it to a whole number/,
    ],
    [
      "a use case twice",
      {
        "ecluse:useCases":
          '[{"name":"a","contract":{"target":"exited","id":"customer_id"}},{"name":"a","contract":{"target":"exited","id":"customer_id"}}]',
      },
      /ecluse:useCases\[1\]\.name is "a": is listed twice: remove one/,
    ],
  ])("refuses %s by key, value and fix", (_, change, message) => {
    const config = Object.fromEntries(
      Object.entries({ ...valid, ...change }).filter(([, value]) => value !== undefined),
    );
    expect(() => parseSettings("s", config as Record<string, string>)).toThrow(message);
  });

  it("says every mistake of a file at once, a line each", () => {
    const config = {
      ...valid,
      "ecluse:tier": "prod",
      "ecluse:useCases":
        '[{"name":"a","contract":{"target":"exited","id":"customer_id"},"rows":1,"gates":{"floor":0.4}}]',
      "ecluse:ports": '{"b":5000}',
      "ecluse:colour": "red",
    };
    const known =
      "kind, target, environment, tier, profile, ports, monitorCron, monitorRetrains, alerts, retrainCron, useCases, " +
      "governance, forge";
    expect(() => parseSettings("s", config)).toThrow(
      new SettingsError(
        [
          new InputError("ecluse:tier", "prod", "set it to development, integration, staging, production"),
          new InputError("ecluse:useCases[0].gates.floor", 0.4, "set it to a number from 0.5 to 1"),
          new InputError("ecluse:useCases[0].rows", 1, "set it to a number from 1000 to 5000000"),
          new InputError("ecluse:colour", "red", `there is no such key; remove it, or use one of ${known}`),
        ],
        "Pulumi.s.yaml",
      ),
    );
  });
});

describe("the stack files of the checkout", () => {
  it.each(stackNames())("Pulumi.%s.yaml parses, and disables default providers", (stack) => {
    const text = readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
    expect(readSettings(stack, text).stack).toBe(stack);
    expect(text).toContain('pulumi:disable-default-providers: ["*"]');
  });
});
