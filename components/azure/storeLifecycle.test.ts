import { expect, test } from "vitest";
import { logDays } from "../processes/compaction";
import { lifecycleRules } from "./storeLifecycle";

test.each(["public", "internal", "confidential", "restricted"] as const)(
  "%s predictions are kept at least six months and then deleted; no rule deletes a current artifact",
  (classification) => {
    const rules = lifecycleRules(classification, true);
    const deletesCurrent = rules.filter(({ definition }) => JSON.stringify(definition).includes("baseBlob"));
    expect(deletesCurrent).toHaveLength(1);
    expect(deletesCurrent[0]?.definition).toMatchObject({
      filters: { prefixMatch: ["inference/"] },
      actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: logDays[classification] } } },
    });
    expect(logDays[classification]).toBeGreaterThanOrEqual(184);
    expect(rules[0]?.definition).toMatchObject({
      filters: { prefixMatch: ["artifacts/"] },
      actions: { version: { delete: { daysAfterCreationGreaterThan: 365 } } },
    });
    expect(JSON.stringify(rules)).not.toContain("tierToArchive");
  },
);
