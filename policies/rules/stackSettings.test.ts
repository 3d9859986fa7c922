import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../local/home";
import { type Properties, secret, UNKNOWN } from "../../protocol/properties";
import { readSettings } from "../../stacks/settings";
import { rules } from "../all";
import { drawn, type Sketch, urnOf } from "../cases";
import { contextOf, secretsProviderOf } from "../context";
import { judgeResource, judgeStack } from "../judge";
import type { ResourceRule, StackRule } from "../rule";
import { Stack } from "../stack";

/** The context of a stack of the checkout; `none` is one that nobody has settings of. */
function contextFor(stack: string) {
  const file = join(projectRoot, `Pulumi.${stack}.yaml`);
  return contextOf(stack, stack === "none" ? undefined : readSettings(stack, readFileSync(file, "utf8")));
}

function verdict(id: string, stack: string, sketch: Sketch): string | undefined {
  const rule = rules.find((each) => each.id === id) as ResourceRule | StackRule;
  const context = contextFor(stack);
  return rule.scope === "stack"
    ? judgeStack(rule, new Stack(stack, [drawn(sketch, stack)]), context)[0]?.verdict
    : judgeResource(rule, drawn(sketch, stack), context)?.verdict;
}

const secretOf = (stringData: Properties, from: string[]): Sketch => ({
  type: "kubernetes:core/v1:Secret",
  inputs: { stringData },
  propertyDependencies: { stringData: from },
});
const random = urnOf("random:index/randomBytes:RandomBytes", "a");
const reference = (name: string): Sketch => ({ type: "pulumi:pulumi:StackReference", inputs: { name } });
const variable = (scope: string): Sketch => ({
  type: "gitlab:index/projectVariable:ProjectVariable",
  inputs: { environmentScope: scope },
});
const namespace: Sketch = { type: "kubernetes:core/v1:Namespace", inputs: { metadata: { name: "prod-a" } } };
const local = (kind: string, inputs: Properties): Sketch => ({ type: `ecluse-local:index:${kind}`, inputs });
const workspace = (retentionInDays: number): Sketch => ({
  type: "azure-native:operationalinsights:Workspace",
  inputs: { retentionInDays },
});
const image = (name: string): Sketch => ({
  type: "kubernetes:apps/v1:Deployment",
  inputs: { spec: { template: { spec: { containers: [{ image: name }] } } } },
});

it.each([
  ["SEC-03", "onprem-prod", secretOf({ a: secret(UNKNOWN) }, [random]), "pass"],
  ["SEC-03", "onprem-prod", secretOf({ a: secret("x") }, []), "fail"],
  [
    "SEC-03",
    "onprem-prod",
    secretOf({ a: secret("x") }, [random, urnOf("kubernetes:core/v1:Secret")]),
    "fail",
  ],
  ["SEC-03", "prod", secretOf({ a: secret(UNKNOWN) }, [random]), "fail"],
  ["SEC-03", "none", secretOf({ a: secret(UNKNOWN) }, [random]), "fail"],
  ["ENV-01", "local-dev", reference("organization/ecluse/local-forge"), "pass"],
  ["ENV-01", "local-dev", reference("organization/ecluse/local-prod"), "fail"],
  ["ENV-01", "local-forge", reference("organization/ecluse/local-forge"), "fail"],
  ["ENV-05", "none", namespace, "open"],
  ["ENV-06", "dev", variable("dev"), "pass"],
  ["ENV-06", "dev", variable("prod"), "fail"],
  ["ENV-06", "local-forge", variable("*"), undefined],
  ["ENV-06", "none", variable("prod"), "open"],
  [
    "GOV-02",
    "none",
    { type: "azure-native:keyvault:Vault", inputs: { tags: { environment: "prod" } } },
    "open",
  ],
  ["LOC-05", "local-forge", local("Port", { environment: "forge" }), "pass"],
  ["LOC-05", "local-dev", local("Port", { environment: "prod" }), "fail"],
  ["LOC-05", "none", local("Port", { environment: "prod" }), "open"],
  ["LOC-10", "local-dev", local("CiVariable", { protected: false, masked: false }), "pass"],
  ["LOC-10", "local-prod", local("CiVariable", { protected: false, masked: false }), "fail"],
  ["LOG-01", "dev", workspace(90), "pass"],
  ["LOG-01", "dev", workspace(89), "fail"],
  ["SC-01", "dev", image("r.example.com/mlflow:1.0"), "pass"],
  ["SC-01", "dev", image("r.example.com/mlflow:latest"), "fail"],
  ["SC-01", "dev", image("r.example.com:5000/mlflow"), "fail"],
] as const)("%s in %s judges %j: %s", (id, stack, sketch, expected) => {
  expect(verdict(id, stack, sketch as Sketch)).toBe(expected);
});

it("reads what seals a state from the stack's file", () => {
  expect(secretsProviderOf("secretsprovider: azurekeyvault://v/keys/k\nconfig: {}")).toBe(
    "azurekeyvault://v/keys/k",
  );
  expect(secretsProviderOf("config: {}")).toBeUndefined();
  expect(secretsProviderOf("")).toBeUndefined();
});
