import type * as storage from "@pulumi/azure-native/types/input";
import { logDays } from "../processes/compaction";
import type { Governance } from "../settings";

/** Days for which the bytes of a released model cannot be deleted in production. */
export const releasedModelDays = 365;

/** Days for which earlier and deleted versions of other blobs are kept. */
const versionDays = 30;

type Rule = storage.storage.ManagementPolicyRuleArgs;

/** Lifecycle rules of the blobs; none of them deletes the current version of an artifact. */
export function lifecycleRules(
  classification: Governance["dataClassification"],
  production: boolean,
): Rule[] {
  const older = (days: number) => ({ version: { delete: { daysAfterCreationGreaterThan: days } } });
  return [
    rule("artifact-versions", ["artifacts/"], older(production ? releasedModelDays : versionDays)),
    rule("other-versions", ["data/", "holdout/", "inference/", "reports/"], older(versionDays)),
    rule("inference", ["inference/"], { baseBlob: aging(logDays[classification]) }),
  ];
}

/** Zone-redundant accounts have no archive tier: `cold` is the cheapest that every account has. */
const aging = (days: number) => ({
  tierToCool: { daysAfterModificationGreaterThan: 60 },
  // Azure bills 90 days of it at least.
  ...(days >= 365 && { tierToCold: { daysAfterModificationGreaterThan: 180 } }),
  delete: { daysAfterModificationGreaterThan: days },
});

function rule(
  name: string,
  prefixMatch: string[],
  actions: storage.storage.ManagementPolicyActionArgs,
): Rule {
  const filters = { blobTypes: ["blockBlob"], prefixMatch };
  return { name, type: "Lifecycle", enabled: true, definition: { actions, filters } };
}
