import { parseUrn } from "../protocol/urn";
import type { Context } from "./context";
import type { Resource } from "./resource";
import type { AcrossRule, Finding, ResourceRule, Rule, StackRule } from "./rule";
import type { Stack } from "./stack";
import { fail, impliesVerdict, type Judged } from "./verdict";
import type { Waiver, Waivers } from "./waivers";

/** Whether a violation stops the step. */
export type Level = "mandatory" | "advisory";

/** What a rule found about one resource, or that it does not apply to the stack. */
export interface Result {
  readonly rule: Rule;
  readonly stack: string;
  readonly urn: string;
  readonly kind: "pass" | "fail" | "open" | "notApplicable";
  readonly level: Level;
  /** The reason, and of a pass what was seen; empty where a rule on several resources reads no one value. */
  readonly why: string;
  /** The waiver that covers a violation. */
  readonly waiver?: Waiver;
}

/** How hard a rule is in a stack. */
export const levelOf = ({ environments }: Rule, { production }: Context): Level =>
  environments === "all" || production ? "mandatory" : "advisory";

/** A rule that breaks has not shown that it holds, and must not hide the others. */
const broken = ({ id }: Rule, error: unknown): Judged =>
  fail(`${id} broke, which is a defect of the rule: ${(error as Error).message}`);

function guarded(rule: Rule, judge: () => Judged): Judged {
  try {
    return judge();
  } catch (error) {
    return broken(rule, error);
  }
}

/** What a rule on whole stacks finds; a rule that breaks is a finding on `urn`. */
function found(rule: Rule, urn: string, check: () => Iterable<Finding>): readonly Finding[] {
  try {
    return [...check()];
  } catch (error) {
    return [{ urn, ...broken(rule, error) }];
  }
}

/** Judges one resource by one rule; undefined where the rule does not apply to it. */
export function judgeResource(rule: ResourceRule, resource: Resource, context: Context): Judged | undefined {
  if (!rule.types.includes(resource.type) || rule.notApplicableReason?.(context)) return undefined;
  const at = { value: resource.inputs, resource };
  const { when } = rule;
  const applies = when && guarded(rule, () => when(at, context));
  if (applies?.verdict === "fail") return undefined;
  const judged = guarded(rule, () => rule.check(at, context));
  // Whether it applies is not known: then what it would say is not, unless it holds in any case.
  return applies ? impliesVerdict(applies, judged) : judged;
}

/** Judges a stack by one rule. */
export const judgeStack = (rule: StackRule, stack: Stack, context: Context): readonly Finding[] =>
  rule.notApplicableReason?.(context) ? [] : found(rule, stack.urn, () => rule.check(stack, context));

/** Every result of some rules on one stack, in the order of rules and resources. */
export function judge(rules: readonly Rule[], stack: Stack, context: Context, waivers: Waivers): Result[] {
  return rules.flatMap((rule) => {
    if (rule.scope === "across") return [];
    const findings =
      rule.scope === "stack" ? judgeStack(rule, stack, context) : ofResources(rule, stack, context);
    return results(rule, findings, context, waivers, stack.urn);
  });
}

function ofResources(rule: ResourceRule, stack: Stack, context: Context): Finding[] {
  return stack.of(...rule.types).flatMap((resource) => {
    const judged = judgeResource(rule, resource, context);
    return judged ? [{ urn: resource.urn, ...judged }] : [];
  });
}

function results(
  rule: Rule,
  findings: readonly Finding[],
  context: Context,
  waivers: Waivers,
  stackUrn: string,
): Result[] {
  const level = levelOf(rule, context);
  const base = { rule, stack: context.stack, level };
  if (findings.length === 0)
    return [
      {
        ...base,
        kind: "notApplicable",
        urn: stackUrn,
        why: rule.notApplicableReason?.(context) ?? "nothing that it is about",
      },
    ];
  return findings.map(({ verdict: kind, urn, why, saw }) => {
    const waiver = kind === "fail" ? waivers.covering(rule.id, urn) : undefined;
    const reason = kind === "pass" ? (saw?.() ?? "") : why;
    return { ...base, kind, urn, why: reason, ...(waiver ? { waiver } : {}) };
  });
}

/** Every result of the rules that compare stacks. */
export function judgeAcross(
  rules: readonly Rule[],
  stacks: readonly { readonly stack: Stack; readonly context: Context }[],
  waivers: Waivers,
): Result[] {
  const [first] = stacks;
  if (!first || stacks.length < 2) return [];
  const isAcross = (rule: Rule): rule is AcrossRule => rule.scope === "across";
  return rules.filter(isAcross).flatMap((rule) => {
    const findings = found(rule, first.stack.urn, () => rule.check(stacks));
    // As hard as the hardest of them: what two environments share is in production, too.
    const context = stacks.find(({ context: { production } }) => production)?.context ?? first.context;
    const all = results(rule, findings, context, waivers, first.stack.urn);
    return all.map((result) => ({ ...result, stack: parseUrn(result.urn).stack }));
  });
}
