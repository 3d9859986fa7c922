import { allOf, anyOf, atLeast, every, is, isNot, matches, set, some } from "../../conditions";
import type { Rule } from "../../rule";

const operations = every("properties.keyOps", is("", "wrapKey", "unwrapKey", "encrypt", "decrypt"));
const strong = anyOf(
  allOf(matches("properties.kty", /^RSA(-HSM)?$/, "RSA"), atLeast("properties.keySize", 3072)),
  allOf(
    matches("properties.kty", /^EC(-HSM)?$/, "EC"),
    matches("properties.curveName", /^P-(256|384|521)$/, "P-256 or more"),
  ),
);
// ISO 8601: at most one year, in whichever unit.
const yearly = /^P(1Y|([1-9]|1[0-2])M|([1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5])D)$/;

/** The rule on the keys that encrypt an environment's data. */
export const vaultKeyRules: readonly Rule[] = [
  {
    id: "KV-10",
    name: "keys-stay-in-the-vault",
    scope: "resource",
    severity: "critical",
    environments: "all",
    types: ["azure-native:keyvault:Key"],
    description: "A key cannot be exported, is strong, only encrypts, and gets a new version each year.",
    remediation:
      "Leave exportable false, keySize at 3072, and keyOps and rotation as components/azure/vault.ts has them.",
    check: allOf(
      isNot("properties.attributes.exportable", true),
      isNot("properties.attributes.enabled", false),
      strong,
      set("properties.keyOps"),
      operations,
      some(
        "properties.rotationPolicy.lifetimeActions",
        matches("trigger.timeAfterCreate", yearly, "a year at most"),
      ),
    ),
  },
];
