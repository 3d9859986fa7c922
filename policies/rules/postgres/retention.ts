import { isWord, setFrom } from "../../azure";
import {
  allOf,
  atLeast,
  confidential,
  given,
  holds,
  implies,
  inProduction,
  isProtected,
} from "../../conditions";
import { identityType } from "../../identities";
import type { Rule } from "../../rule";

const key = "azure-native:keyvault:Key";
const where = "components/azure/database.ts";
const server = { scope: "resource", types: ["azure-native:dbforpostgresql:Server"] } as const;

const backups = {
  id: "PG-09",
  parameters: {
    days: { type: "number", description: "Days for which backups are kept at least.", default: 14 },
  },
} as const;

const supported = {
  id: "PG-14",
  parameters: {
    versions: {
      type: "array",
      items: { type: "string" },
      description: "Major versions of PostgreSQL that get fixes.",
      default: ["16", "17", "18"],
    },
  },
} as const;

/** Rules on the PostgreSQL server: what of its data outlives a loss, a thief and time. */
export const postgresRetentionRules: readonly Rule[] = [
  {
    ...server,
    ...backups,
    name: "geo-redundant-backups",
    severity: "high",
    environments: "production",
    description: "Backups are kept long enough, and in another region too.",
    remediation: "Set ecluse:profile to standard or full (components/profiles.ts).",
    check: allOf(
      given(backups, "days", (days: number) => atLeast("backup.backupRetentionDays", days)),
      isWord("backup.geoRedundantBackup", "Enabled"),
    ),
  },
  {
    ...server,
    id: "PG-10",
    name: "stand-by",
    severity: "medium",
    environments: "production",
    description: "A stand-by takes over when the server fails.",
    remediation: "Set ecluse:profile to standard or full, and ecluse:azure.database.tier to GeneralPurpose.",
    check: isWord("highAvailability.mode", "ZoneRedundant", "SameZone"),
  },
  {
    ...server,
    id: "PG-11",
    name: "own-key",
    severity: "medium",
    environments: "production",
    description: "Confidential data is encrypted with a key of the environment's own.",
    remediation: "Give the server keys (components/azure/args.ts).",
    when: confidential,
    check: allOf(
      isWord("dataEncryption.type", "AzureKeyVault"),
      setFrom("dataEncryption.primaryUserAssignedIdentityId", identityType, key),
    ),
  },
  {
    ...server,
    id: "PG-13",
    name: "protected",
    severity: "medium",
    environments: "production",
    description: "Pulumi refuses to delete or replace the server.",
    remediation: `Keep the options of stateful() on it (${where}).`,
    check: isProtected,
  },
  {
    ...server,
    ...supported,
    name: "supported-version",
    severity: "medium",
    environments: "all",
    description: "The server's version gets fixes, in production at a time that was chosen.",
    remediation: `Set version and maintenanceWindow in ${where}, or the versions of PG-14 in policies/config.json.`,
    check: allOf(
      given(supported, "versions", (versions: readonly string[]) =>
        holds(
          "version",
          (value) => versions.includes(String(value).split(".")[0] ?? ""),
          versions.join(" or "),
        ),
      ),
      implies(inProduction, isWord("maintenanceWindow.customWindow", "Enabled")),
    ),
  },
];
