import type { Properties } from "../protocol/properties";
import { parseUrn } from "../protocol/urn";
import { type Context, contextOfStack } from "./context";
import { judgeResource, judgeStack, type Level, levelOf } from "./judge";
import { onceByText } from "./lookup";
import type { Parameter } from "./parameter";
import type { Resource } from "./resource";
import { policyName, type ResourceRule, type Rule, type RuleText, type StackRule } from "./rule";
import { Stack } from "./stack";
import type { Judged } from "./verdict";
import type { Waivers } from "./waivers";

/** How one policy is set by who starts the CLI (`--policy-pack-config`), beside what the pack says of it. */
export interface PolicySetting {
  readonly level: Level | "disabled";
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A policy as the pack declares it to the CLI before anything is judged. */
export interface PolicyEntry {
  readonly rule: ResourceRule | StackRule;
  readonly level: Level;
  /** The parameters as JSON Schema. */
  readonly parameters: Readonly<Record<string, Parameter>>;
}

/** What a policy says of a resource, or why it says nothing: what is not known yet has not passed. */
export type PolicyMessage =
  | {
      readonly rule: Rule;
      readonly kind: "violation";
      readonly level: Level;
      readonly urn: string;
      readonly why: string;
    }
  | { readonly rule: Rule; readonly kind: "notApplicable"; readonly why: string };

const isOfPack = (rule: Rule): rule is ResourceRule | StackRule => rule.scope !== "across";

/** The context with the parameters that the CLI was given, over those that hold in the checkout. */
const configured = (context: Context, given: PolicySetting["parameters"] = {}): Context => ({
  ...context,
  parameter: <T extends Parameter["default"]>(rule: Pick<RuleText, "id" | "parameters">, name: string) =>
    (given[name] ?? context.parameter<T>(rule, name)) as T,
});

/**
 * The rules as a Pulumi policy pack, without those that compare stacks: a pack sees one stack. Pulumi first sends a
 * resource's inputs only. A rule that asks where a value comes from is postponed until Pulumi sends the whole stack.
 */
export class Pack {
  private readonly rules: readonly (ResourceRule | StackRule)[];
  private settings: ReadonlyMap<string, PolicySetting> = new Map();
  /**
   * Inputs by URN. At the end Pulumi shows outputs, which each provider forms in its own way: rules are on what was
   * asked for.
   */
  private readonly asked = new Map<string, Properties>();
  /** URNs by the rule that cannot judge them yet. */
  private readonly postponed = new Map<Rule, Set<string>>();
  private readonly contextOf: (stack: string) => Context;

  /** `stack` is what the CLI works on; it names none for a state, which says itself what it is of. */
  constructor(
    rules: readonly Rule[],
    private readonly waivers: Waivers,
    private readonly stack?: string,
  ) {
    this.rules = rules.filter(isOfPack);
    this.contextOf = onceByText((name) => contextOfStack(name, { state: stack === undefined }));
  }

  /**
   * Every policy, with the parameters that hold in the checkout as defaults: the CLI gives defaults back as if
   * somebody had set them.
   */
  policies(): readonly PolicyEntry[] {
    const context = this.contextOf(this.stack ?? "");
    return this.rules.map((rule) => ({
      rule,
      level: levelOf(rule, context),
      parameters: Object.fromEntries(
        Object.entries(rule.parameters ?? {}).map(([name, parameter]) => [
          name,
          { ...parameter, default: context.parameter(rule, name) },
        ]),
      ),
    }));
  }

  /** Sets policies, by name. */
  configure(settings: ReadonlyMap<string, PolicySetting>): void {
    this.settings = settings;
  }

  /** What the policies say of a resource before its step. */
  resource(resource: Resource): readonly PolicyMessage[] {
    this.asked.set(resource.urn, resource.inputs);
    return this.rules.flatMap((rule) => (rule.scope === "resource" ? this.ofResource(rule, resource) : []));
  }

  /** What the policies say of a whole stack. */
  stackOf(resources: readonly Resource[]): readonly PolicyMessage[] {
    const [first] = resources;
    const stack = new Stack(
      first ? parseUrn(first.urn).stack : (this.stack ?? ""),
      resources.map((each) => ({ ...each, inputs: this.asked.get(each.urn) ?? each.inputs })),
    );
    return this.rules.flatMap((rule) =>
      rule.scope === "stack" ? this.ofStack(rule, stack) : this.ofPostponed(rule, stack),
    );
  }

  private ofResource(rule: ResourceRule, resource: Resource): readonly PolicyMessage[] {
    if (!rule.types.includes(resource.type)) return [nothing(rule, `it is not about ${resource.type}`)];
    let wanted = false;
    const watched = {
      ...resource,
      get propertyDependencies() {
        wanted = true;
        return {};
      },
    };
    const said = this.judged(rule, watched);
    if (!wanted) return said;
    this.postpone(rule, resource.urn);
    return [nothing(rule, "where values come from is known with the whole stack, which is judged then")];
  }

  private postpone(rule: ResourceRule, urn: string): void {
    this.postponed.set(rule, (this.postponed.get(rule) ?? new Set()).add(urn));
  }

  private ofPostponed(rule: ResourceRule, stack: Stack): readonly PolicyMessage[] {
    const urns = [...(this.postponed.get(rule) ?? [])];
    return urns.flatMap((urn) => stack.at(urn) ?? []).flatMap((resource) => this.judged(rule, resource));
  }

  private judged(rule: ResourceRule, resource: Resource): readonly PolicyMessage[] {
    const level = this.level(rule, resource.urn);
    if (level === "disabled") return [nothing(rule, "it is disabled")];
    const context = this.context(rule, parseUrn(resource.urn).stack);
    const judged = judgeResource(rule, resource, context);
    if (!judged)
      return [nothing(rule, rule.notApplicableReason?.(context) ?? "it does not apply as this is set")];
    return this.said(rule, level, resource.urn, judged);
  }

  private ofStack(rule: StackRule, stack: Stack): readonly PolicyMessage[] {
    const level = this.level(rule, stack.urn);
    if (level === "disabled") return [nothing(rule, "it is disabled")];
    const context = this.context(rule, stack.name);
    const findings = judgeStack(rule, stack, context);
    if (findings.length === 0)
      return [nothing(rule, rule.notApplicableReason?.(context) ?? "nothing that it is about")];
    return findings.flatMap((found) => this.said(rule, level, found.urn, found));
  }

  private said(rule: Rule, level: Level, urn: string, { verdict, why }: Judged): readonly PolicyMessage[] {
    if (verdict === "pass") return [];
    if (verdict === "open") return [nothing(rule, `open: ${why}`)];
    const waiver = this.waivers.covering(rule.id, urn);
    if (waiver) return [nothing(rule, `waived by ${waiver.id}`)];
    return [{ rule, kind: "violation", level, urn, why }];
  }

  private context(rule: Rule, stack: string): Context {
    return configured(this.contextOf(stack), this.settings.get(policyName(rule))?.parameters);
  }

  /** The CLI sends back every level that the pack declared, so only a different one was set by somebody. */
  private level(rule: Rule, urn: string): PolicySetting["level"] {
    const given = this.settings.get(policyName(rule))?.level;
    const declared = levelOf(rule, this.contextOf(this.stack ?? ""));
    return given === undefined || given === declared
      ? levelOf(rule, this.contextOf(parseUrn(urn).stack))
      : given;
  }
}

const nothing = (rule: Rule, why: string): PolicyMessage => ({ rule, kind: "notApplicable", why });
