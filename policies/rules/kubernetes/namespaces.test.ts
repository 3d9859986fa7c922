import { expect, it } from "vitest";
import { drawn } from "../../cases";
import { contextOfStack } from "../../context";
import { judgeStack } from "../../judge";
import { Stack } from "../../stack";
import { namespaceRules } from "./namespaces";

const rule = namespaceRules.find(({ id }) => id === "K8S-15");

/** The verdict on a namespace of a stack that lets pods do what builds need. */
function verdictOn(stack: string, name: string): string | undefined {
  const labels = {
    "pod-security.kubernetes.io/enforce": "privileged",
    "pod-security.kubernetes.io/enforce-version": "v1.34",
  };
  const sketch = { type: "kubernetes:core/v1:Namespace", name, inputs: { metadata: { name, labels } } };
  if (!rule) throw new Error("there is no rule K8S-15");
  return judgeStack(rule, new Stack(stack, [drawn(sketch, stack)]), contextOfStack(stack))[0]?.verdict;
}

it.each([
  ["dev", "dev-build", "pass"],
  ["onprem-dev", "dev-build", "pass"],
  ["dev", "dev-bank-churn", "fail"],
  ["dev", "prod-build", "fail"],
  ["prod", "prod-build", "fail"],
  ["of-nobody", "of-nobody-build", "fail"],
])("in %s, privileged pods of %s: %s, by the settings", (stack, name, verdict) => {
  expect(verdictOn(stack, name)).toBe(verdict);
});
