import { isWord, narrow } from "../../azure";
import {
  allOf,
  anyOf,
  atMost,
  every,
  given,
  implies,
  inProduction,
  is,
  isNot,
  matches,
  never,
  not,
  ofType,
  unset,
} from "../../conditions";
import type { Rule } from "../../rule";

const type = "azure-native:storage:StorageAccount";
const container = "azure-native:storage:BlobContainer";
const localUser = "azure-native:storage:LocalUser";
const where = "components/azure/store.ts";
const account = { scope: "resource", types: [type] } as const;

const keys = {
  id: "ST-10",
  parameters: { days: { type: "number", description: "Days after which a shared key is old.", default: 90 } },
} as const;

/** Rules on a storage account: who reaches it, and with which identity. */
export const storageAccessRules: readonly Rule[] = [
  {
    ...account,
    id: "ST-01",
    name: "no-shared-keys",
    severity: "critical",
    environments: "all",
    description: "The account opens by roles alone: its shared keys open nothing.",
    remediation: `Set allowSharedKeyAccess to false in ${where}.`,
    check: is("allowSharedKeyAccess", false),
  },
  {
    id: "ST-02",
    name: "no-anonymous-blobs",
    scope: "resource",
    severity: "critical",
    environments: "all",
    types: [type, container],
    description: "Nobody reads a blob without saying who they are.",
    remediation: `Set allowBlobPublicAccess to false, and publicAccess of containers to None, in ${where}.`,
    check: allOf(
      ofType(type, is("allowBlobPublicAccess", false)),
      ofType(container, anyOf(unset("publicAccess"), isWord("publicAccess", "None"))),
    ),
  },
  {
    ...account,
    id: "ST-03",
    name: "no-public-access",
    severity: "critical",
    environments: "production",
    description: "The account has no address outside of the network.",
    remediation: `Set publicNetworkAccess to Disabled in ${where}.`,
    check: isWord("publicNetworkAccess", "Disabled", "SecuredByPerimeter"),
  },
  {
    ...account,
    id: "ST-04",
    name: "firewall-closed",
    severity: "high",
    environments: "all",
    description: "The account's firewall refuses all but named, narrow address ranges.",
    remediation: `Set networkRuleSet.defaultAction to Deny and ipRules to few addresses in ${where}.`,
    deviation: "Ranges wider than a /8 are refused too, since a few of them make up all addresses.",
    check: allOf(
      isWord("networkRuleSet.defaultAction", "Deny"),
      every("networkRuleSet.ipRules", narrow("iPAddressOrRange")),
    ),
  },
  {
    ...account,
    id: "ST-05",
    name: "https-only",
    severity: "high",
    environments: "all",
    description: "The account refuses plain HTTP.",
    remediation: `Set enableHttpsTrafficOnly to true in ${where}.`,
    check: isNot("enableHttpsTrafficOnly", false),
  },
  {
    ...account,
    id: "ST-06",
    name: "tls-1-2",
    severity: "high",
    environments: "all",
    description: "The account speaks TLS 1.2 or later.",
    remediation: `Set minimumTlsVersion to TLS1_2 in ${where}.`,
    check: isWord("minimumTlsVersion", "TLS1_2", "TLS1_3"),
  },
  {
    ...account,
    id: "ST-07",
    name: "no-copies-outside",
    severity: "medium",
    environments: "all",
    description: "Nobody replicates the account to another tenant, nor copies production's blobs out of it.",
    remediation: `Set allowCrossTenantReplication to false and allowedCopyScope to PrivateLink in ${where}.`,
    check: allOf(
      is("allowCrossTenantReplication", false),
      implies(inProduction, isWord("allowedCopyScope", "PrivateLink", "AAD")),
    ),
  },
  {
    ...account,
    id: "ST-08",
    name: "entra-by-default",
    severity: "medium",
    environments: "all",
    description: "By default, Azure's portal opens blobs by roles.",
    remediation: `Set defaultToOAuthAuthentication to true in ${where}.`,
    check: is("defaultToOAuthAuthentication", true),
  },
  {
    id: "ST-09",
    name: "no-local-users",
    scope: "resource",
    severity: "high",
    environments: "all",
    types: [type, localUser],
    description: "The account knows no users of its own, and speaks no SFTP.",
    remediation: `Set isLocalUserEnabled and isSftpEnabled to false in ${where}, and remove the LocalUser.`,
    deviation: "isLocalUserEnabled must be said to be false: Azure takes its absence for true.",
    check: allOf(
      ofType(type, allOf(is("isLocalUserEnabled", false), isNot("isSftpEnabled", true))),
      ofType(localUser, never("it is a user that Entra does not know of")),
    ),
  },
  {
    ...account,
    ...keys,
    name: "short-lived-keys",
    severity: "medium",
    environments: "all",
    description:
      "Where shared keys are allowed by a waiver, they are renewed, and what they sign lasts a day at most.",
    remediation: `Set allowSharedKeyAccess to false in ${where}, or sasPolicy and keyPolicy.`,
    when: not(is("allowSharedKeyAccess", false), "there are no shared keys"),
    check: allOf(
      matches(
        "sasPolicy.sasExpirationPeriod",
        /^(0*\.\d\d:\d\d:\d\d|0*1\.00:00:00)$/,
        "a day at most, such as 1.00:00:00",
      ),
      given(keys, "days", (days: number) => atMost("keyPolicy.keyExpirationPeriodInDays", days)),
    ),
  },
];
