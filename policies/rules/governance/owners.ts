import { allOf, holds, matches, set } from "../../conditions";
import type { Context } from "../../context";
import { judged } from "../../relations";
import type { Condition, Finding, Rule, RuleText } from "../../rule";
import type { Stack } from "../../stack";
import { text } from "../../values";

const daysFromNow = (value: unknown) => (Date.parse(String(value)) - Date.now()) / (24 * 3600 * 1000);

const annotation = (key: string) => `metadata.annotations.[ecluse.local/${key}]`;

/** What a namespace must say of its use case, and until when that holds. */
export const declared: Condition = allOf(
  ...["owner", "team", "purpose"].map((key) => set(annotation(key))),
  matches(annotation("risk-class"), /^(minimal|limited|high)$/, "minimal, limited or high"),
  matches(annotation("materiality"), /^(low|medium|high)$/, "low, medium or high"),
  holds(
    annotation("review-by"),
    (value) => daysFromNow(value) > 0,
    "a day in the future, such as 2030-01-31",
  ),
);

function* owned(stack: Stack, context: Context): Iterable<Finding> {
  for (const namespace of stack.of("kubernetes:core/v1:Namespace")) {
    const useCase = text(namespace.inputs, "metadata.labels.[ecluse.local/use-case]");
    if (useCase !== undefined && useCase !== "platform")
      yield { urn: namespace.urn, ...judged(declared, namespace, context) };
  }
}

const exemption = {
  id: "GOV-08",
  parameters: { days: { type: "number", description: "The longest that an exemption lasts.", default: 180 } },
} as const satisfies Pick<RuleText, "id" | "parameters">;

const soonOver: Condition = (at, context) => {
  const days = context.parameter<number>(exemption, "days");
  return holds(
    "expiresOn",
    (value) => daysFromNow(value) > 0 && daysFromNow(value) <= days,
    `a day in the future, within ${days} days`,
  )(at, context);
};

/** Rules on who answers, for what, and until when. */
export const governanceOwnersRules: readonly Rule[] = [
  {
    id: "GOV-07",
    name: "use-cases-owned",
    scope: "stack",
    severity: "high",
    environments: "all",
    description:
      "Every use case says who and which team answers for it, what it is for, its risk class and materiality, " +
      "and until when that holds.",
    remediation:
      "Say it in ecluse:useCases[].accountability: owner, team, purpose, riskClass (minimal, limited or " +
      "high), materiality (low, medium or high) and reviewBy, a day in the future.",
    deviation:
      "Judged on the namespaces of a cluster, where a use case shows in a plan; a local one runs for its " +
      "developer alone.",
    check: owned,
  },
  {
    ...exemption,
    name: "exemptions-end",
    scope: "resource",
    types: ["azure-native:authorization:PolicyExemption"],
    severity: "medium",
    environments: "all",
    description:
      "An exemption from Azure Policy has a reason, an owner and a ticket, and ends within half a year.",
    remediation: "Set expiresOn, exemptionCategory, description, and owner and ticket in metadata.",
    check: allOf(
      soonOver,
      ...["exemptionCategory", "description", "metadata.owner", "metadata.ticket"].map(set),
    ),
  },
];
