import type { Context } from "./context";
import type { Parameterized } from "./parameter";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import type { Judged } from "./verdict";

/** How much harm a violation may do, the gravest first. */
export const severities = ["critical", "high", "medium", "low"] as const;

/** One of them. */
export type Severity = (typeof severities)[number];

/** The description of a rule. */
export interface RuleText extends Parameterized {
  /** Of the catalogue, such as `AKS-01`; policies of other tools show it as the beginning of their name. */
  readonly id: string;
  /** In kebab case, such as `local-accounts-off`. */
  readonly name: string;
  readonly severity: Severity;
  /** `production`: mandatory there and advisory elsewhere; `all`: mandatory everywhere. */
  readonly environments: "all" | "production";
  /** One sentence that is true when the rule holds. */
  readonly description: string;
  /** What to do about a violation, in this project's own settings or files where that is the place. */
  readonly remediation: string;
  /** Where this rule differs from the catalogue, and why. */
  readonly deviation?: string;
  /** Why the rule does not apply to a stack, such as a feature that its GitLab lacks; undefined where it applies. */
  readonly notApplicableReason?: (context: Context) => string | undefined;
}

/** A condition on one resource, or on a part of it. */
export type Condition = (at: At, context: Context) => Judged;

/** What a condition looks at: the inputs of a resource, or a value within them. */
export interface At {
  readonly value: Resource["inputs"][string] | undefined;
  readonly resource: Resource;
}

/** A rule on each resource of some types. */
export interface ResourceRule extends RuleText {
  readonly scope: "resource";
  readonly types: readonly string[];
  /** The rule does not apply where this fails. */
  readonly when?: Condition;
  readonly check: Condition;
}

/** A verdict on one resource, from a rule that relates several. */
export interface Finding extends Judged {
  readonly urn: string;
}

/** A rule on how the resources of one stack stand to each other; no finding means that it does not apply. */
export interface StackRule extends RuleText {
  readonly scope: "stack";
  check(stack: Stack, context: Context): Iterable<Finding>;
}

/** A rule on several stacks. */
export interface AcrossRule extends RuleText {
  readonly scope: "across";
  check(stacks: readonly { readonly stack: Stack; readonly context: Context }[]): Iterable<Finding>;
}

/** Any rule. */
export type Rule = ResourceRule | StackRule | AcrossRule;

/** The name of a rule in other tools: `aks-01-local-accounts-off`. */
export const policyName = ({ id, name }: RuleText): string => `${id.toLowerCase()}-${name}`;
