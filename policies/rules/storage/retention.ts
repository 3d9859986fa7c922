import { isWord, logs } from "../../azure";
import {
  allOf,
  at,
  atLeast,
  confidential,
  given,
  implies,
  is,
  isNot,
  isProtected,
  matches,
} from "../../conditions";
import { byId, byName, type Companion, eachHas, has, judged } from "../../relations";
import type { Condition, Rule } from "../../rule";
import { text } from "../../values";
import { anyVerdict, fail, pass } from "../../verdict";

const type = "azure-native:storage:StorageAccount";
const where = "components/azure/store.ts";
const account = { scope: "resource", types: [type] } as const;

const blobService = (check: Condition): Companion => ({
  type: "azure-native:storage:BlobServiceProperties",
  relation: byName("accountName"),
  check,
  sole: true,
  missing: "the account has no BlobServiceProperties",
});

const deleted = {
  id: "ST-12",
  parameters: {
    days: { type: "number", description: "Days for which deleted blobs are kept at least.", default: 7 },
  },
} as const;
const retains = (policy: string) =>
  at(
    policy,
    allOf(
      is("enabled", true),
      given(deleted, "days", (days: number) => atLeast("days", days)),
    ),
  );

const lock: Companion = {
  type: "azure-native:authorization:ManagementLockByScope",
  relation: byId("scope"),
  check: isWord("level", "CanNotDelete", "ReadOnly"),
  missing: "nothing locks it",
};

// While the id is not known, the category shows that a service is meant; this program uses only one.
const ofBlobs: Condition = ({ value }) => {
  const uri = text(value, "resourceUri");
  return uri === undefined || /\/blobServices\/default$/i.test(uri) ? pass : fail("it is of another service");
};

/** Rules on what of a storage account's blobs outlives a mistake, a thief and the loss of a building. */
export const storageRetentionRules: readonly Rule[] = [
  {
    id: "ST-11",
    name: "versions",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "What was overwritten is still there as a version.",
    remediation: `Set isVersioningEnabled in ${where}.`,
    check: eachHas(type, blobService(is("isVersioningEnabled", true))),
  },
  {
    ...deleted,
    name: "soft-delete",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "Deleted blobs and containers can be brought back for a time, and nobody can cut it short.",
    remediation: `Set deleteRetentionPolicy and containerDeleteRetentionPolicy in ${where}.`,
    check: eachHas(
      type,
      blobService(
        allOf(
          retains("deleteRetentionPolicy"),
          retains("containerDeleteRetentionPolicy"),
          isNot("deleteRetentionPolicy.allowPermanentDelete", true),
        ),
      ),
    ),
  },
  {
    ...account,
    id: "ST-14",
    name: "copies-elsewhere",
    severity: "medium",
    environments: "production",
    description: "Blobs outlive the loss of a building.",
    remediation: `Set ecluse:profile to standard or full, or choose a region with zones (redundancy in ${where}).`,
    check: matches("sku.name", /_(Z|G|GZ|RAG|RAGZ)RS$/i, "redundant over zones or regions"),
  },
  {
    ...account,
    id: "ST-15",
    name: "encrypted-twice",
    severity: "medium",
    environments: "production",
    description: "Blobs are encrypted twice, confidential ones with a key of the environment's own.",
    remediation:
      `Set encryption.requireInfrastructureEncryption in ${where}, and give the store a key ` +
      "(components/azure/args.ts).",
    check: allOf(
      is("encryption.requireInfrastructureEncryption", true),
      implies(confidential, isWord("encryption.keySource", "Microsoft.Keyvault")),
    ),
  },
  {
    id: "ST-16",
    name: "reads-and-writes-logged",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "Reads, writes and deletions of blobs are logged in the workspace.",
    remediation:
      "Send StorageRead, StorageWrite and StorageDelete by sendLogs for the blob service (components/azure/store.ts).",
    check: eachHas(
      type,
      ...["StorageRead", "StorageWrite", "StorageDelete"].map((category) => logs([category], ofBlobs)),
    ),
  },
  {
    id: "ST-18",
    name: "protected",
    scope: "stack",
    severity: "medium",
    environments: "production",
    description: "The account cannot be deleted by mistake.",
    remediation: `Keep the options of stateful() on it (${where}), and its lock (components/azure/lock.ts).`,
    deviation: "It looks at the whole stack, since a lock is a resource of its own.",
    *check(stack, context) {
      for (const one of stack.of(type)) {
        const ways = [judged(isProtected, one, context), has(stack, context, one, lock)];
        yield { urn: one.urn, ...anyVerdict(ways) };
      }
    },
  },
];
