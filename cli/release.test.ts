import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { gatesDocument } from "../components/processes/release";
import { projectRoot } from "../local/home";
import { python, pythonPath } from "../local/provider/supervisor";
import { parseSettings } from "../stacks/settings";

const gatesOf = (gates: object, tier = "production") => {
  const useCases = JSON.stringify([{ name: "a", gates }]);
  const config = {
    "pulumi:disable-default-providers": '["*"]',
    "ecluse:kind": "forge",
    "ecluse:target": "local",
    "ecluse:useCases": useCases,
  };
  const [useCase] = parseSettings("local-forge", config).useCases;
  if (!useCase) throw new Error("no use case");
  return gatesDocument(useCase.gates, tier);
};

const common = {
  baseline_margin: 0.02,
  non_inferiority_margin: 0.01,
  risk: 0.05,
  undecided: "refuse",
  max_size_mb: 100,
  max_latency_ms: 100,
  segments: [],
};
const calibrated = { max_brier: 0.15, max_slope_error: 0.25, max_intercept_error: 0.25 };

const cases: [object, object][] = [
  [{}, { ...common, ...calibrated, metric: "roc_auc", floor: 0.8 }],
  [
    { segments: [{ column: "country", floor: 0.7, maxGap: 0.1 }], undecided: "pass" },
    {
      ...common,
      ...calibrated,
      metric: "roc_auc",
      floor: 0.8,
      undecided: "pass",
      segments: [{ column: "country", floor: 0.7, max_gap: 0.1, min_rows: 200 }],
    },
  ],
  [
    { maxRetrainGap: 0.01 },
    { ...common, ...calibrated, metric: "roc_auc", floor: 0.8, max_retrain_gap: 0.01 },
  ],
  [{ metric: "r2" }, { ...common, metric: "r2", floor: 0.5, max_bias: 0.1 }],
  [
    { metric: "r2", floor: 0, maxBias: 0.3 },
    { ...common, metric: "r2", floor: 0, max_bias: 0.3 },
  ],
];

describe("gatesDocument", () => {
  it.each(cases)("%j has the release's names", (gates, expected) => {
    expect(gatesOf(gates)).toEqual(expected);
  });

  it.each([
    ["development", "pass"],
    ["integration", "pass"],
    ["staging", "refuse"],
    ["production", "refuse"],
  ])("in tier %s too little data to decide is %s, unless the stack says it", (tier, undecided) => {
    expect(gatesOf({}, tier)).toMatchObject({ undecided });
    expect(gatesOf({ undecided: "pass" }, tier)).toMatchObject({ undecided: "pass" });
  });

  it("is what the release reads", () => {
    const code =
      "import sys; from ecluse_release.settings import parse_rules; [parse_rules(text) for text in sys.argv[1:]]";
    const documents = cases.map(([gates]) => JSON.stringify(gatesOf(gates)));
    const env = { ...process.env, PYTHONPATH: pythonPath };
    const { status, stderr } = spawnSync(python, ["-c", code, ...documents], {
      cwd: projectRoot,
      env,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
  }, 60_000);
});
