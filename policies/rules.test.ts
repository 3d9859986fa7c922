import { describe, expect, it } from "vitest";
import type { Properties } from "../protocol/properties";
import { rules } from "./all";
import { type AcrossCase, drawn, type ResourceCase, type Sketch, type StackCase, unknown } from "./cases";
import { type Context, contextOfStack } from "./context";
import { judgeResource, judgeStack } from "./judge";
import type { AcrossRule, ResourceRule, StackRule } from "./rule";
import { allCases } from "./rules/all.cases";
import { Stack } from "./stack";

const prod = contextOfStack("prod");

const of = <T extends { scope: string }>(scope: T["scope"]) =>
  (rules as readonly { scope: string; id: string }[]).filter(
    (rule) => rule.scope === scope,
  ) as unknown as (T & { id: string })[];

for (const { id } of rules)
  if (!allCases[id])
    throw new Error(`${id} has no case: add it to policies/rules/<family>/<family>.cases.ts`);

it("every rule has a case, and every case a rule", () => {
  expect(Object.keys(allCases).sort()).toEqual(rules.map(({ id }) => id).sort());
});

describe.each(of<ResourceRule>("resource"))("$id $name", (rule) => {
  const {
    pass,
    fail,
    notApplicable = [],
    open,
    parameters = {},
    context = prod,
  } = allCases[rule.id] as ResourceCase;
  const own: Context = {
    ...context,
    parameter: <T>(of: typeof rule, name: string) => (parameters[name] ?? context.parameter(of, name)) as T,
  };
  const sketch = (given: Properties | Sketch): Sketch =>
    "type" in given && "inputs" in given
      ? (given as Sketch)
      : { type: rule.types[0] as string, inputs: given as Properties };
  const verdict = (given: Properties | Sketch) => judgeResource(rule, drawn(sketch(given)), own)?.verdict;

  it("passes what it is for", () => {
    // A rule that refuses all is about nothing else.
    if (pass === "never") expect(verdict({ type: "a:b:C", inputs: {} })).toBeUndefined();
    else expect(verdict(pass)).toBe("pass");
  });
  it.each(fail)("refuses %j", (given) => expect(verdict(given)).toBe("fail"));
  it.each(notApplicable)("does not apply to %j", (given) => expect(verdict(given)).toBeUndefined());
  it("is neither passed nor refused by what is not known", () => {
    if (open === "never" || pass === "never") return;
    const { inputs = {}, ...rest } = sketch(open ?? pass);
    expect(verdict({ ...rest, inputs: open ? inputs : unknown(inputs) } as Sketch)).toBe("open");
  });
});

describe.each(of<StackRule>("stack"))("$id $name", (rule) => {
  const { pass, fail, open, alsoOpen = [], notApplicable, context = prod } = allCases[rule.id] as StackCase;
  const verdicts = (sketches: readonly Sketch[]) =>
    judgeStack(
      rule,
      new Stack(
        "prod",
        sketches.map((each) => drawn(each)),
      ),
      context,
    ).map(({ verdict }) => verdict);

  it("passes what it is for", () => {
    expect(verdicts(pass)).not.toEqual([]);
    expect(new Set(verdicts(pass))).toEqual(new Set(["pass"]));
  });
  it.each(fail.map((each) => [each] as const))("refuses %j", (each) =>
    expect(verdicts(each)).toContain("fail"),
  );
  it("is neither passed nor refused by what is not known", () => {
    for (const each of open === "never" ? [] : [open, ...alsoOpen]) {
      expect(verdicts(each)).toContain("open");
      expect(verdicts(each)).not.toContain("fail");
    }
  });
  it("says nothing where there is nothing that it is about", () =>
    expect(verdicts(notApplicable ?? [])).toEqual([]));
});

describe.each(of<AcrossRule>("across"))("$id $name", (rule) => {
  const { pass, fail, open, alsoOpen = [], contexts = {} } = allCases[rule.id] as AcrossCase;
  const verdicts = (stacks: Readonly<Record<string, readonly Sketch[]>>) =>
    [
      ...rule.check(
        Object.entries(stacks).map(([name, sketches]) => ({
          stack: new Stack(
            name,
            sketches.map((each) => drawn(each, name)),
          ),
          context: { ...contextOfStack(name), ...contexts[name] },
        })),
      ),
    ].map(({ verdict }) => verdict);

  it("passes what it is for", () => {
    expect(verdicts(pass)).not.toEqual([]);
    expect(new Set(verdicts(pass))).toEqual(new Set(["pass"]));
  });
  it.each(fail)("refuses %j", (each) => expect(verdicts(each)).toContain("fail"));
  it("is neither passed nor refused by what is not known", () => {
    for (const each of open === "never" ? [] : [open, ...alsoOpen]) {
      expect(verdicts(each)).toContain("open");
      expect(verdicts(each)).not.toContain("fail");
    }
  });
});
