import { isWord } from "../../azure";
import { byId, type Companion, eachHas } from "../../relations";
import type { Rule } from "../../rule";

const lock: Companion = {
  type: "azure-native:authorization:ManagementLockByScope",
  relation: byId("scope"),
  check: isWord("level", "CanNotDelete", "ReadOnly"),
  missing: "no lock keeps it from being deleted",
};
const data = ["dbforpostgresql:Server", "storage:StorageAccount", "keyvault:Vault"];

/** The rule on locks of what holds data. */
export const governanceLockRules: readonly Rule[] = [
  {
    id: "GOV-09",
    name: "data-locked",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "A lock keeps PostgreSQL, blobs and vaults from being deleted, by whichever role.",
    remediation: "Leave the lock, which components/azure/lock.ts makes; lift it for one approved deletion.",
    *check(stack, context) {
      // Elsewhere data may go with its environment.
      if (!context.production) return;
      for (const type of data) yield* eachHas(`azure-native:${type}`, lock)(stack, context);
    },
  },
];
