import { describe, expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { rules } from "../../policies/all";
import { contextOfStack } from "../../policies/context";
import { judge, type Result } from "../../policies/judge";
import { fromState } from "../../policies/resource";
import { secretName } from "../../policies/secretForms";
import { Stack } from "../../policies/stack";
import { readWaivers } from "../../policies/waivers";
import { isObject, isSecret, type Properties, type Value } from "../../protocol/properties";
import { mutated } from "./mutation";
import { object } from "./place";
import { resourcesOf } from "./plannedStacks";

// Short, as people choose them: neither its form nor its entropy shows that it is one.
const canary = "hunter2canary";

const named = (value: Properties) =>
  [value.name, value.key].some((name) => secretName.test(String(name ?? "")));

/** The value, with a secret in clear wherever something is called as one, though it was marked. */
function planted(value: Value): Value {
  if (isSecret(value)) return planted(value.value ?? null);
  if (Array.isArray(value)) return value.map(planted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value as Properties).map(([key, inner]): [string, Value] => {
    const secret = secretName.test(key) || (key === "value" && named(value as Properties));
    const text = typeof (isSecret(inner) ? inner.value : inner) === "string";
    return [key, secret && text ? canary : planted(inner)];
  });
  return Object.fromEntries(entries);
}

/** What is planted beside what stands there: a Secret that nobody marked, variables and words of containers. */
function withCanaries(stack: string, states: readonly ResourceState[]): readonly ResourceState[] {
  const everywhere = states.map((state) => ({ ...state, inputs: planted(state.inputs ?? {}) as Properties }));
  if (!states.some(({ type }) => type === "kubernetes:apps/v1:Deployment")) return everywhere;
  const secret = { ...object("core/v1:Secret", "canary", stack), rule: "", add: true as const };
  const variable = { ...object("apps/v1:Deployment", "bank-churn-serve", stack), rule: "" };
  const monitor = { ...object("batch/v1:CronJob", "bank-churn-monitor", stack), rule: "" };
  const job = "spec.jobTemplate.spec.template.spec.containers.monitor";
  const container = "spec.template.spec.containers.serve";
  return [
    { ...secret, set: { "metadata.name": "canary", stringData: { password: canary, a: canary } } },
    {
      ...variable,
      set: {
        [`${container}.env.DB_PASSWORD`]: { name: "DB_PASSWORD", value: canary },
        [`${container}.args`]: ["--password", canary],
      },
    },
    { ...monitor, set: { [`${job}.command`]: ["sh", "-c", `login --password ${canary}; true`] } },
  ].reduce((all, mutation) => mutated(all, mutation), everywhere as ResourceState[]);
}

const written = ({ rule, why }: Result) => `${rule.id}: ${why}`;

describe.each(["prod", "onprem-prod", "forge", "local-prod"])("%s with secrets in clear", (name) => {
  it("finds some, and shows none", async () => {
    const states = withCanaries(name, await resourcesOf(name));
    expect(JSON.stringify(states).split(canary).length).toBeGreaterThan(1);
    const found = judge(
      rules,
      new Stack(name, states.map(fromState)),
      contextOfStack(name),
      readWaivers(rules),
    );
    expect(found.filter((result) => written(result).includes(canary)).map(written)).toEqual([]);
    expect(found.some(({ kind }) => kind === "fail")).toBe(true);
  }, 60_000);
});
