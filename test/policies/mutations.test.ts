import { beforeAll, describe, expect, it } from "vitest";
import type { ResourceState } from "../../local/engine/document";
import { rules } from "../../policies/all";
import { contextOfStack } from "../../policies/context";
import { judge, judgeAcross, type Result } from "../../policies/judge";
import { fromState } from "../../policies/resource";
import type { Rule } from "../../policies/rule";
import { Stack } from "../../policies/stack";
import { readWaivers } from "../../policies/waivers";
import { type Mutation, mutated } from "./mutation";
import { mutations, unbreakable } from "./mutations";
import { resourcesOf, stacks } from "./plannedStacks";

const planned = new Map<string, readonly ResourceState[]>();
beforeAll(async () => {
  for (const stack of stacks) planned.set(stack, await resourcesOf(stack));
}, 240_000);

const statesOf = (stack: string) => planned.get(stack) ?? [];
type Judged = ReturnType<typeof stackOf>;
const stackOf = (name: string, states: readonly ResourceState[]) => ({
  stack: new Stack(name, states.map(fromState)),
  context: contextOfStack(name),
});

/** The stacks that one is compared with: the one that is named, and the forge, which every stack shares. */
const beside = (name: string, other: string | undefined) =>
  [...new Set([other ?? "forge", "forge"])].filter((each) => each !== name);

const waivers = readWaivers(rules);

/** The stacks as they are: made once, because every mutation is compared with them. */
const asItIs = new Map<string, Judged>();
function stackAsItIs(name: string): Judged {
  const found = asItIs.get(name) ?? stackOf(name, statesOf(name));
  asItIs.set(name, found);
  return found;
}

/** What a rule finds violated, as rule and resource. */
function violated(rule: Rule, name: string, own: Judged, other?: string): Set<string> {
  const others = beside(name, other).map(stackAsItIs);
  const results: Result[] =
    rule.scope === "across"
      ? judgeAcross([rule], [own, ...others], waivers)
      : judge([rule], own.stack, own.context, waivers);
  return new Set(results.filter(({ kind }) => kind === "fail").map(({ urn, why }) => `${urn} ${why}`));
}

/** Whether the rule that is meant notices what was broken. */
function caught(mutation: Mutation): boolean {
  const rule = rules.find(({ id }) => id === mutation.rule);
  if (!rule) throw new Error(`${mutation.rule} is no rule`);
  const { stack, with: other } = mutation;
  const before = violated(rule, stack, stackAsItIs(stack), other);
  const states = mutated(statesOf(stack), mutation, statesOf(other ?? ""));
  const broken = { ...stackAsItIs(stack), stack: new Stack(stack, states.map(fromState)) };
  const after = violated(rule, stack, broken, other);
  return [...after].some((found) => !before.has(found));
}

it("every rule is broken somewhere, or says why it cannot be", () => {
  const tried = new Set([...mutations.map(({ rule }) => rule), ...unbreakable.map(({ rule }) => rule)]);
  expect(rules.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
});

it("at least 98 % of what is broken is caught by the rule meant", () => {
  const missed = mutations.filter((mutation) => !caught(mutation));
  expect(missed.length / mutations.length, JSON.stringify(missed, null, 1)).toBeLessThanOrEqual(0.02);
}, 240_000);

describe.each(stacks)("%s as it is", (name) => {
  it("violates nothing that nobody has waived", () => {
    const { stack, context } = stackOf(name, statesOf(name));
    const found = judge(rules, stack, context, readWaivers(rules)).filter(
      ({ kind, waiver, level }) => kind === "fail" && !waiver && level === "mandatory",
    );
    expect(found.map(({ rule, urn, why }) => `${rule.id} ${urn}: ${why}`)).toEqual([]);
  });
});

it.each([
  [["dev", "prod", "forge"]],
  [["onprem-dev", "onprem-prod"]],
  [["local-dev", "local-prod"]],
  [["dev", "prod", "onprem-dev", "onprem-prod", "forge"]],
])("%s share nothing, and agree on the forge", (names) => {
  const all = names.map((name) => stackOf(name, statesOf(name)));
  const found = judgeAcross(rules, all, readWaivers(rules)).filter(
    ({ kind, waiver }) => kind === "fail" && !waiver,
  );
  expect(found.map(({ rule, urn, why }) => `${rule.id} ${urn}: ${why}`)).toEqual([]);
});
