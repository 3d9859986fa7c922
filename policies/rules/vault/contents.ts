import { isWord } from "../../azure";
import { allOf, anyOf, given, holds, set, some } from "../../conditions";
import type { Rule } from "../../rule";

const renewed = {
  id: "KV-05",
  parameters: {
    days: { type: "number", description: "Days after which a secret is old, at most.", default: 365 },
  },
} as const;

const secondsFromNow = (count: number) => Date.now() / 1000 + count * 24 * 60 * 60;

/** Rules on the contents of a Key Vault. */
export const vaultContentsRules: readonly Rule[] = [
  {
    ...renewed,
    name: "secrets-expire",
    scope: "resource",
    severity: "medium",
    environments: "all",
    types: ["azure-native:keyvault:Secret"],
    description: "A secret says when it is due for renewal, is not overdue, and says what it is.",
    remediation: "Set attributes.expires and contentType of the secret (components/azure/vaultSecrets.ts).",
    check: allOf(
      given(renewed, "days", (most: number) =>
        holds(
          "properties.attributes.expires",
          (value) => typeof value === "number" && value > secondsFromNow(0) && value <= secondsFromNow(most),
          `a time to come, within ${most} days`,
        ),
      ),
      set("properties.contentType"),
    ),
  },
  {
    id: "KV-06",
    name: "keys-rotate",
    scope: "resource",
    severity: "medium",
    environments: "all",
    types: ["azure-native:keyvault:Key"],
    description: "A key expires, or gets a new version by itself.",
    remediation: "Set rotationPolicy.lifetimeActions of the key (components/azure/vault.ts).",
    deviation: "An action that only notifies is not enough: it rotates nothing.",
    check: anyOf(
      set("properties.attributes.expires"),
      some("properties.rotationPolicy.lifetimeActions", isWord("action.type", "rotate")),
    ),
  },
];
