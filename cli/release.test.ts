import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { gatesDocument } from "../components/processes/release";
import { projectRoot } from "../local/home";
import { python, pythonPath } from "../local/provider/supervisor";
import { parseSettings } from "../stacks/settings";

const gatesOf = (gates: object) => {
  const useCases = JSON.stringify([{ name: "a", gates }]);
  const config = {
    "pulumi:disable-default-providers": '["*"]',
    "ecluse:kind": "forge",
    "ecluse:target": "local",
    "ecluse:useCases": useCases,
  };
  const [useCase] = parseSettings("local-forge", config).useCases;
  if (!useCase) throw new Error("no use case");
  return gatesDocument(useCase.gates);
};

const common = { baseline_margin: 0.02, non_inferiority_margin: 0.005 };

const cases: [object, object][] = [
  [{}, { ...common, metric: "roc_auc", floor: 0.8, max_brier: 0.15 }],
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
