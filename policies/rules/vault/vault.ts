import { isWord, logs, narrow } from "../../azure";
import {
  allOf,
  anyOf,
  atLeast,
  every,
  given,
  implies,
  includes,
  inProduction,
  is,
  isNot,
  some,
  unset,
} from "../../conditions";
import { byId, eachHas } from "../../relations";
import type { Rule } from "../../rule";

const type = "azure-native:keyvault:Vault";
const where = "components/azure/vault.ts";
const vault = { scope: "resource", types: [type] } as const;

const days = (description: string, value: number) =>
  ({ type: "number", description, default: value }) as const;
const deleted = {
  id: "KV-02",
  parameters: {
    days: days("Days for which deleted secrets are kept at least.", 30),
    productionDays: days("The same in production.", 90),
  },
} as const;
/** Rules on a Key Vault: who reaches it, and what of it outlives a mistake. */
export const vaultRules: readonly Rule[] = [
  {
    ...vault,
    id: "KV-01",
    name: "roles-decide",
    severity: "high",
    environments: "all",
    description: "Roles decide who reads the vault, and no access policies.",
    remediation: `Set enableRbacAuthorization in ${where}, and leave accessPolicies out.`,
    check: allOf(is("properties.enableRbacAuthorization", true), unset("properties.accessPolicies")),
  },
  {
    ...vault,
    ...deleted,
    name: "soft-delete",
    severity: "critical",
    environments: "all",
    description:
      "What was deleted from the vault can be brought back, and nobody can purge it before its time.",
    remediation: `Set enablePurgeProtection and softDeleteRetentionInDays in ${where}.`,
    check: allOf(
      is("properties.enablePurgeProtection", true),
      given(deleted, "days", (least: number) => atLeast("properties.softDeleteRetentionInDays", least)),
      implies(
        inProduction,
        given(deleted, "productionDays", (least: number) =>
          atLeast("properties.softDeleteRetentionInDays", least),
        ),
      ),
    ),
  },
  {
    ...vault,
    id: "KV-03",
    name: "firewall-closed",
    severity: "high",
    environments: "all",
    description: "The vault answers the network alone, or named and narrow address ranges.",
    remediation: `Set publicNetworkAccess to Disabled in ${where}.`,
    deviation: "Ranges wider than a /8 are refused too: with them the firewall keeps nobody out.",
    check: anyOf(
      isWord("properties.publicNetworkAccess", "disabled"),
      allOf(
        isWord("properties.networkAcls.defaultAction", "Deny"),
        every("properties.networkAcls.ipRules", narrow("value")),
      ),
    ),
  },
  {
    id: "KV-04",
    name: "private-endpoint",
    scope: "stack",
    severity: "high",
    environments: "production",
    description: "The vault has an address in the network.",
    remediation: `Give the vault a network.privateEndpoint (${where}).`,
    check: eachHas(type, {
      type: "azure-native:network:PrivateEndpoint",
      relation: byId("privateLinkServiceConnections.0.privateLinkServiceId"),
      check: some("privateLinkServiceConnections", includes("groupIds", "vault")),
      missing: "no private endpoint leads to it",
    }),
  },
  {
    id: "KV-07",
    name: "audit-log",
    scope: "stack",
    severity: "high",
    environments: "all",
    description: "Reads and changes of secrets are logged in the workspace.",
    remediation: "Send AuditEvent by sendLogs for the vault (components/azure/vault.ts).",
    check: eachHas(type, logs(["AuditEvent"])),
  },
  {
    ...vault,
    id: "KV-08",
    name: "no-side-doors",
    severity: "low",
    environments: "all",
    description: "No virtual machine, disk encryption or template reads secrets past the roles.",
    remediation: `Set the enabledFor properties to false in ${where}.`,
    check: allOf(
      isNot("properties.enabledForDeployment", true),
      isNot("properties.enabledForTemplateDeployment", true),
      isNot("properties.enabledForDiskEncryption", true),
    ),
  },
];
