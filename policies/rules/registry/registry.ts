import { isWord } from "../../azure";
import { allOf, confidential, given, isNot, matchesNot, never, not, unset } from "../../conditions";
import type { Rule } from "../../rule";
import { pass } from "../../verdict";

const where = "components/azure/registry.ts";
const registry = { scope: "resource", types: ["azure-native:containerregistry:Registry"] } as const;

const imagesHold = {
  holds: { type: "string", description: "what images hold: `code`, or `data`", default: "code" },
} as const;

/** Rules on the registry that clusters pull from. */
export const registryRules: readonly Rule[] = [
  {
    ...registry,
    id: "ACR-01",
    name: "no-admin-user",
    severity: "critical",
    environments: "all",
    description: "The registry has no user of its own with a password for everything.",
    remediation: `Set adminUserEnabled to false in ${where}.`,
    check: isNot("adminUserEnabled", true),
  },
  {
    ...registry,
    id: "ACR-02",
    name: "no-anonymous-pull",
    severity: "high",
    environments: "all",
    description: "Nobody pulls without saying who they are.",
    remediation: `Set anonymousPullEnabled to false in ${where}.`,
    check: isNot("anonymousPullEnabled", true),
  },
  {
    ...registry,
    id: "ACR-03",
    name: "no-public-access",
    severity: "high",
    environments: "production",
    description: "The registry has no address outside of the network.",
    remediation: `Keep sku Premium, publicNetworkAccess Disabled and networkRuleSet.defaultAction Deny in ${where}.`,
    check: allOf(
      isWord("sku.name", "Premium"),
      isWord("publicNetworkAccess", "Disabled"),
      isWord("networkRuleSet.defaultAction", "Deny"),
    ),
  },
  {
    ...registry,
    id: "ACR-04",
    name: "no-export",
    severity: "medium",
    environments: "production",
    description: "Nobody carries images out of the registry through Azure.",
    remediation: `Set policies.exportPolicy.status to disabled in ${where}.`,
    check: isWord("policies.exportPolicy.status", "disabled"),
  },
  {
    ...registry,
    id: "ACR-05",
    name: "soft-delete",
    severity: "medium",
    environments: "production",
    description: "Deleted images can be brought back, and all outlive the loss of a zone.",
    remediation: `Set policies.softDeletePolicy.status to enabled in ${where}, and choose a region with zones.`,
    deviation: "A retentionPolicy does not do in place of it: it deletes manifests, and keeps nothing.",
    check: allOf(isWord("policies.softDeletePolicy.status", "enabled"), isWord("zoneRedundancy", "Enabled")),
  },
  {
    id: "ACR-06",
    name: "no-tokens",
    scope: "resource",
    severity: "high",
    environments: "all",
    types: ["azure-native:containerregistry:Token"],
    description: "Nobody pulls or pushes by a password of the registry's own.",
    remediation: "Remove the Token, and give AcrPull to an identity.",
    deviation: "An enabled token is refused without passwords too: Azure makes them outside of any plan.",
    check: allOf(isWord("status", "disabled"), unset("credentials.passwords")),
  },
  {
    ...registry,
    id: "ACR-07",
    name: "own-key",
    severity: "low",
    environments: "production",
    description: "Where data is confidential, images are encrypted with a key of the environment's own.",
    remediation: `Give the registry encryption with a key in ${where}.`,
    deviation:
      "Asked only where images hold data or models, by the parameter `holds`. Images of this platform " +
      "hold neither, and a registry cannot reach a key in a vault that is closed to the public, which " +
      "KV-03 asks for.",
    parameters: imagesHold,
    when: allOf(
      confidential,
      given({ id: "ACR-07", parameters: imagesHold }, "holds", (what: string) =>
        what === "data" ? () => pass : never("images hold code alone"),
      ),
    ),
    check: isWord("encryption.status", "enabled"),
  },
  {
    id: "ACR-08",
    name: "webhooks-by-https",
    scope: "resource",
    severity: "medium",
    environments: "all",
    types: ["azure-native:containerregistry:Webhook"],
    description: "Webhooks of the registry use HTTPS only.",
    remediation: "Give the Webhook a serviceUri that begins with https://.",
    // By its opposite, since the finding of `matches` would show the URL, which may hold a token.
    check: not(matchesNot("serviceUri", /^https:\/\//i), "serviceUri does not begin with https://"),
  },
];
