import { describe, expect, it } from "vitest";
import { type Gate, type Inventory, inventoryText, isDoubtful, type ReleasedVersion } from "./models";

const gate = (name: string, value: number, result: Gate["result"] = "pass"): Gate => ({
  ...{ name, result, passed: result !== "fail", value, low: value - 0.01, high: value + 0.01, bound: 0.8 },
  ...{ rows: 2000, reason: "roc_auc on the hold-out", fix: result === "fail" ? "improve the model" : "" },
});

const version = (number: string, changed: Partial<ReleasedVersion> = {}): ReleasedVersion => ({
  ...{ version: number, champion: false, created: "2026-11-30T10:00:00+00:00", model_id: `m-${number}` },
  ...{ run_id: "r", commit: number.repeat(40), data_version: "d".repeat(64), holdout_version: "h" },
  ...{ pipeline_id: "7", format: "skops", training_metrics: { roc_auc: 0.9 }, refused: null },
  accountability: {
    ...{ owner: "ada@example.com", team: "retention", purpose: "Offers a talk", risk_class: "limited" },
    ...{ materiality: "medium", review_by: "2031-01-31", decision_threshold: 0.4 },
  },
  gates: [gate("floor", 0.86), gate("segment country=Spain", 0.85), gate("brier", 0.1, "undecided")],
  changes: [
    {
      ...{ action: "released", version: number, former: null, person: "ada", pipeline_id: "7" },
      ...{ reason: "it passed its gates", time: `2026-11-30T10:0${number}:00.000+00:00` },
    },
  ],
  ...changed,
});

const inventory = (changed: Partial<Inventory> = {}): Inventory => ({
  ...{ environment: "prod", use_case: "churn", champion: "2", problems: [] },
  versions: [version("2", { champion: true }), version("1", { accountability: null })],
  refusals: [
    {
      ...{
        commit: "c".repeat(40),
        run_id: "r3",
        pipeline_id: "8",
        person: "eve",
        reason: "refused by: floor",
      },
      ...{ time: "2026-11-30T11:00:00.000+00:00", gates: [gate("floor", 0.71, "fail")] },
    },
  ],
  ...changed,
});

describe("inventoryText", () => {
  it("has a column for each version, and below it who did what and why", () => {
    expect(inventoryText(inventory()).split("\n")).toEqual([
      "churn in prod: versions 2",
      "",
      "                  version 2 (champion)                 version 1",
      expect.stringMatching(/^─+ {2}─+ {2}─+$/),
      "released          2026-11-30 10:00 by ada              2026-11-30 10:00 by ada",
      "commit            22222222                             11111111",
      "data              dddddddddddddddd                     dddddddddddddddd",
      "pipeline          7                                    7",
      "format            skops                                skops",
      "owner             ada@example.com                      –",
      "materiality       medium                               –",
      "risk class        limited                              –",
      "validate by       2031-01-31                           –",
      "threshold         0.4                                  –",
      "gates             2 passed, 1 undecided                2 passed, 1 undecided",
      "  floor           0.8600 (0.8500 to 0.8700)            0.8600 (0.8500 to 0.8700)",
      "  brier           0.1000 (0.0900 to 0.1100) undecided  0.1000 (0.0900 to 0.1100) undecided",
      "training roc_auc  0.9000                               0.9000",
      "",
      "champions, the latest first:",
      "  2026-11-30 10:02  version 2 released by ada: it passed its gates",
      "  2026-11-30 10:01  version 1 released by ada: it passed its gates",
      "",
      "refused, the latest first:",
      "  2026-11-30 11:00  commit cccccccc of eve: refused by: floor",
      "    floor 0.7100 (0.7000 to 0.7200) fail, bound 0.8: improve the model",
    ]);
  });

  it("shows the latest four unless all are asked for", () => {
    const versions = ["6", "5", "4", "3", "2", "1"].map((each) => version(each));
    const text = inventoryText(inventory({ versions }));
    expect(text).toContain("versions 6, of which --all shows all");
    expect(text).not.toContain("version 2 ");
    expect(inventoryText(inventory({ versions }), true)).toContain("version 1 ");
  });

  it.each([
    ["shadow", "version 3 (challenger in the shadow)"],
    ["canary", "version 3 (challenger that answers some)"],
    ["withdrawn", "version 3 (given up)"],
  ])("shows where a rollout has left a version: %s", (action, shown) => {
    const [change] = version("3").changes;
    if (!change) throw new Error("a version has a change");
    const rolled = version("3", { changes: [{ ...change, action, reason: "50 % of requests" }] });
    const text = inventoryText(inventory({ versions: [rolled, ...inventory().versions] }));
    expect(text).toContain(shown);
    expect(text).toContain(`version 3 ${action} by ada: 50 % of requests`);
  });

  it("says what is not to be believed", () => {
    const versions = [version("1", { refused: "the manifest is not signed", gates: [] })];
    const doubtful = inventory({ versions, problems: ["tag x of version 1: it is copied"] });
    const text = inventoryText(doubtful);
    expect(text).toContain("version 1 (REFUSED)");
    expect(text).toContain(
      "NOT TO BE BELIEVED:\n  version 1: the manifest is not signed\n  tag x of version 1: it is copied",
    );
    expect([isDoubtful(doubtful), isDoubtful(inventory())]).toEqual([true, false]);
    expect(isDoubtful(inventory({ problems: ["x"] }))).toBe(true);
  });

  it("is short where nothing was released", () => {
    expect(inventoryText(inventory({ versions: [], refusals: [] }))).toBe("churn in prod: versions 0");
  });
});
