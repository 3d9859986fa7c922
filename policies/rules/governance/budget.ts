import { isObject, UNKNOWN, type Value } from "../../../protocol/properties";
import { allOf, anyOf, holds, is, matches, set } from "../../conditions";
import type { Context } from "../../context";
import { byId, has } from "../../relations";
import type { Condition, Finding, Rule } from "../../rule";
import type { Stack } from "../../stack";
import { read } from "../../values";
import { allVerdicts, anyVerdict, fail, open } from "../../verdict";

const heard = allOf(is("enabled", true), anyOf(set("contactEmails"), set("contactGroups")));
const forecast = matches("thresholdType", /^forecasted$/i, '"Forecasted"');

/** Every notification reaches somebody, and one comes before the money is spent. */
const notified: Condition = (at, context) => {
  const all = read(at.value, "notifications");
  if (all === UNKNOWN) return open("notifications is not known yet");
  const each = (condition: Condition) =>
    Object.values(isObject(all) ? all : {}).map((value: Value) => condition({ ...at, value }, context));
  return allVerdicts([
    ...each(heard),
    anyVerdict([...each(forecast), fail("no notification is of a forecast")]),
  ]);
};

const budget = {
  type: "azure-native:consumption:Budget",
  relation: byId("scope"),
  check: allOf(
    notified,
    holds("timePeriod.endDate", (value) => Date.parse(String(value)) > Date.now(), "a day in the future"),
  ),
  missing: "no budget watches it",
};

function* watched(stack: Stack, context: Context): Iterable<Finding> {
  for (const group of stack.of("azure-native:resources:ResourceGroup"))
    yield { urn: group.urn, ...has(stack, context, group, budget) };
}

/** The rule on what an environment may cost. */
export const governanceBudgetRules: readonly Rule[] = [
  {
    id: "GOV-04",
    name: "budget-watched",
    scope: "stack",
    severity: "medium",
    environments: "all",
    description: "A budget watches every resource group, and alerts somebody before it is spent.",
    remediation: "Set ecluse:azure.budget and alertEmails; components/azure/budget.ts makes it.",
    check: watched,
  },
];
