import { describe, expect, it } from "vitest";
import type { FullTrace, Lineage } from "./trace";
import { traceText } from "./traceTree";

const commit = "a".repeat(40);
const gate = {
  ...{ name: "floor", result: "pass" as const, passed: true, value: 0.86, low: 0.85, high: 0.87, bound: 0.8 },
  ...{ rows: 2000, reason: "roc_auc on the hold-out", fix: "" },
};
const lineage: Lineage = {
  version: {
    ...{ version: "2", champion: true, created: "2026-11-30T10:00:00+00:00", model_id: "m-2", run_id: "r2" },
    ...{
      commit,
      data_version: "d1",
      holdout_version: "h1",
      pipeline_id: "7",
      format: "skops",
      gates: [gate],
      accountability: {
        ...{ owner: "ada@example.com", team: "t", purpose: "Offers a talk", risk_class: "limited" },
        ...{ materiality: "high", review_by: "2031-01-31", decision_threshold: null },
      },
    },
    ...{ training_metrics: {}, refused: null },
    changes: [
      {
        ...{ action: "rolled back", version: "2", former: "3", person: "ada", pipeline_id: "9" },
        ...{ reason: "3 is slow", time: "2026-11-30T12:00:00.000+00:00" },
      },
    ],
  },
  run: { run_id: "r2", user: "ci:churn:train", commit, status: "FINISHED", data_version: "d1" },
  files: { MLmodel: "0".repeat(64) },
  signature: "the manifest and every file that it names",
  problems: [],
};
const trace: FullTrace = {
  ...{ environment: "prod", use_case: "churn", asked: "p-1", champion_then: "2", refusals: [], problems: [] },
  prediction: {
    ...{ prediction_id: "p-1", id: "c-7", version: "2", score: 0.25 },
    ...{ time: "2026-11-30T12:30:00.000+00:00", blob: "churn/date=2026-11-30/x.parquet" },
  },
  versions: [lineage],
  code: [
    {
      ...{ commit, subject: "Bring in churn", author: "eve", lock: "f".repeat(64) },
      pipelines: [
        {
          ...{ id: "7", ref: "main", source: "push", status: "passed" as const, approver: "none" as const },
          createdAt: "2026-11-30T09:00:00.000Z",
          jobs: [
            {
              id: "7001",
              name: "release-prod",
              stage: "prod",
              status: "passed" as const,
              allowFailure: false,
            },
          ],
        },
      ],
    },
  ],
};

describe("traceText", () => {
  it("is a tree from the prediction to the commit, its pipeline and who approved", () => {
    expect(traceText(trace).split("\n")).toEqual([
      "p-1 is of churn in prod",
      "└─ prediction p-1 of c-7: score 0.25 at 2026-11-30 12:30; champion then: version 2; " +
        "logged in churn/date=2026-11-30/x.parquet",
      "   └─ version 2 (champion), 2026-11-30 10:00",
      "      ├─ signature verifies the manifest and every file that it names",
      `      ├─ run r2 by ci:churn:train, FINISHED, verified commit ${commit}`,
      "      │  ├─ data version d1",
      "      │  ├─ held out: h1",
      "      │  └─ model m-2 (skops), 1 files",
      `      ├─ commit ${commit} of eve: Bring in churn`,
      `      │  ├─ image of requirements.lock, sha256 ${"f".repeat(64)}`,
      "      │  └─ pipeline 7 of main (push), 2026-11-30 09:00: passed",
      "      │     ├─ release-prod: passed",
      "      │     └─ approver: none, since one machine has nobody to ask",
      "      ├─ gates: 1",
      "      │  └─ floor 0.8600 (0.8500 to 0.8700), bound 0.8, 2000 rows: roc_auc on the hold-out",
      "      ├─ accountability:",
      "      │  ├─ owner: ada@example.com",
      "      │  ├─ purpose: Offers a talk",
      "      │  ├─ materiality: high",
      "      │  ├─ risk class: limited",
      "      │  └─ validate by: 2031-01-31",
      "      └─ champion:",
      "         └─ 2026-11-30 12:00  version 2 rolled back by ada, in place of version 3: 3 is slow",
    ]);
  });

  it("says what is missing, and ends with a line for each error", () => {
    const version = {
      ...lineage.version,
      refused: "the manifest is not signed",
      gates: [],
      accountability: null,
    };
    const broken: Lineage = {
      ...lineage,
      version,
      run: null,
      signature: "",
      problems: ["version 2: not signed"],
    };
    const found = traceText({
      ...trace,
      prediction: null,
      versions: [broken],
      code: [],
      problems: ["no commit"],
    });
    const said = found.split("\n");
    expect(said).toContain("   ├─ signature DOES NOT VERIFY: the manifest is not signed");
    expect(said).toContain("   ├─ run MISSING");
    expect(said).toContain("   ├─ gates: none that are signed");
    expect(said).toContain("   │  └─ not said by the stack: set accountability of its use case");
    expect(said.slice(-2)).toEqual(["ERROR version 2: not signed", "ERROR no commit"]);
  });

  it("shows a commit that was refused, with the gates that refused it", () => {
    const refusal = {
      ...{ commit, run_id: "r3", pipeline_id: "8", person: "eve", reason: "refused by: floor" },
      ...{
        time: "2026-11-30T11:00:00.000+00:00",
        gates: [{ ...gate, result: "fail" as const, fix: "improve it" }],
      },
    };
    const said = traceText({ ...trace, prediction: null, versions: [], refusals: [refusal] }).split("\n");
    expect(said.slice(1, 3)).toEqual([
      "└─ refused 2026-11-30 11:00  commit aaaaaaaa of eve: refused by: floor",
      "   ├─ floor 0.8600 (0.8500 to 0.8700) fail, bound 0.8: improve it",
    ]);
    expect(said[3]).toContain(`└─ commit ${commit} of eve`);
  });
});
