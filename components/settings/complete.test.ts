import { expect, it } from "vitest";
import { completeSettings } from "./complete";
import type { EnvironmentInput } from "./index";

const contract = { target: "left", id: "customer" };

const given: EnvironmentInput = {
  kind: "environment",
  stack: "dev",
  target: "local",
  environment: "dev",
  tier: "development",
  useCases: [
    { name: "churn", contract },
    { name: "demand", contract, gates: { metric: "r2", maxBias: 0.2 } },
  ],
  governance: { owner: "team", costCenter: "42", dataClassification: "internal" },
};

it("a program's settings may leave out every key that has a default", () => {
  const calibrated = { maxBrier: 0.15, maxSlopeError: 0.25, maxInterceptError: 0.25 };
  const costs = { maxSizeMb: 100, maxLatencyMs: 100 };
  const margins = { baselineMargin: 0.02, nonInferiorityMargin: 0.01, risk: 0.05, segments: [], ...costs };
  const useCase = {
    callers: ["person:*"],
    contract,
    training: { cpu: 2, memoryGb: 8, gpu: false },
    monitorPartitions: 1,
    rows: 10_000,
  };
  expect(completeSettings(given)).toEqual({
    ...given,
    ports: {},
    profile: "frugal",
    monitorCron: "15 2 * * *",
    signingKey: 1,
    monitorRetrains: false,
    alerts: {},
    useCases: [
      { ...useCase, name: "churn", gates: { metric: "roc_auc", floor: 0.8, ...margins, ...calibrated } },
      { ...useCase, name: "demand", gates: { metric: "r2", floor: 0.5, ...margins, maxBias: 0.2 } },
    ],
  });
});

it("what is complete stays as it is", () => {
  const complete = completeSettings(given);
  expect(completeSettings(complete)).toEqual(complete);
});

it("a program's value out of bounds is named, with its fix", () => {
  const useCases = [{ name: "churn", contract, gates: { floor: 80 } }];
  expect(() => completeSettings({ ...given, useCases })).toThrow(
    "settings.useCases.0.gates.floor is 80: set it to a number from 0.5 to 1",
  );
});
