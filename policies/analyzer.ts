import type { Analyzer, Violation } from "../local/engine/analyzer";
import type { ResourceState } from "../local/engine/document";
import { rules } from "./all";
import { type Context, contextOfStack, type StackOptions } from "./context";
import { judgeResource, judgeStack, levelOf } from "./judge";
import { fromState } from "./resource";
import { policyName, type ResourceRule, type Rule } from "./rule";
import { Stack } from "./stack";
import type { Judged } from "./verdict";
import { readWaivers, type Waivers } from "./waivers";

/** The rules as the embedded engine asks them: each resource before its step, and the whole at the end. */
function analyzer(context: Context, waivers: Waivers): Analyzer {
  const byType = new Map<string, ResourceRule[]>();
  for (const rule of rules)
    if (rule.scope === "resource")
      for (const type of rule.types) byType.set(type, [...(byType.get(type) ?? []), rule]);
  const violations = (rule: Rule, urn: string, judged: Judged | undefined): Violation[] =>
    judged?.verdict !== "fail" || waivers.covering(rule.id, urn)
      ? []
      : [
          {
            policy: policyName(rule),
            level: levelOf(rule, context),
            urn,
            message: `${judged.why}. ${rule.remediation}`,
          },
        ];
  return {
    resource(state: ResourceState) {
      const resource = fromState(state);
      return (byType.get(state.type) ?? []).flatMap((rule) =>
        violations(rule, state.urn, judgeResource(rule, resource, context)),
      );
    },
    stack(states) {
      const stack = new Stack(context.stack, states.map(fromState));
      return rules.flatMap((rule) =>
        rule.scope === "stack"
          ? judgeStack(rule, stack, context).flatMap((found) => violations(rule, found.urn, found))
          : [],
      );
    },
  };
}

/**
 * The rules for a stack of this repository, with its own waivers. Throws SettingsError for a stack's file that is
 * wrong.
 */
export const analyzerOf = (stack: string, options?: StackOptions): Analyzer =>
  analyzer(contextOfStack(stack, options), readWaivers(rules));
