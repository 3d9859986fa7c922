import type { ResourceState } from "../../local/engine/document";
import { rules } from "../../policies/all";
import { type Context, contextOfStack } from "../../policies/context";
import { judgeResource, judgeStack } from "../../policies/judge";
import { fromState, type Resource } from "../../policies/resource";
import type { AcrossRule, Finding, ResourceRule, StackRule } from "../../policies/rule";
import { type KeysOf, Stack } from "../../policies/stack";
import type { Properties } from "../../protocol/properties";
import { type Input, othersThan } from "./inputs";

const of = <T extends { scope: string }>(scope: T["scope"]) =>
  (rules as readonly { scope: string }[]).filter((rule) => rule.scope === scope) as unknown as T[];
const resourceRules = of<ResourceRule>("resource");
const stackRules = of<StackRule>("stack");
const acrossRules = of<AcrossRule>("across");

/** A stack that remembers of which types somebody asked for resources. */
class AskedStack extends Stack {
  readonly asked = new Set<string>();
  override of(...types: string[]) {
    for (const type of types) this.asked.add(type);
    return super.of(...types);
  }
  override by(type: string, keysOf: KeysOf) {
    this.asked.add(type);
    return super.by(type, keysOf);
  }
}

const failures = (findings: Iterable<Finding>) =>
  new Set([...findings].filter(({ verdict }) => verdict === "fail").map(({ urn, why }) => `${urn} ${why}`));
const grown = (before: ReadonlySet<string>, after: ReadonlySet<string>) =>
  [...after].some((each) => !before.has(each));

/** What rules find in the shipped stacks as they are, and whether they notice a change. */
export class Noticing {
  private readonly stacks = new Map<string, { stack: Stack; context: Context }>();
  private readonly before = new Map<string, { failed: ReadonlySet<string>; asked: ReadonlySet<string> }>();

  constructor(planned: ReadonlyMap<string, readonly ResourceState[]>) {
    for (const [name, states] of planned)
      this.stacks.set(name, { stack: new Stack(name, states.map(fromState)), context: contextOfStack(name) });
  }

  /** Whether a rule finds more once one of an input's values is another. */
  notices({ places }: Input): boolean {
    const changes = places.flatMap(({ stack, state, leaf }) =>
      othersThan(leaf.value).map((to) => ({
        name: stack,
        changed: fromState({ ...state, inputs: (leaf.with(to) ?? {}) as Properties }),
      })),
    );
    // Rules on one resource cost least, and catch most.
    return (
      changes.some(({ name, changed }) => this.byResource(name, changed)) ||
      changes.some(({ name, changed }) => this.byStack(name, changed)) ||
      changes.some(({ name, changed }) => this.acrossStacks(name, changed))
    );
  }

  private at(name: string) {
    const found = this.stacks.get(name);
    if (!found) throw new Error(`${name} is not planned`);
    return found;
  }

  private byResource(name: string, changed: Resource): boolean {
    const { stack, context } = this.at(name);
    const fails = (rule: ResourceRule, resource: Resource | undefined) =>
      resource && judgeResource(rule, resource, context)?.verdict === "fail";
    return resourceRules.some(
      (rule) =>
        rule.types.includes(changed.type) && fails(rule, changed) && !fails(rule, stack.at(changed.urn)),
    );
  }

  private byStack(name: string, changed: Resource): boolean {
    const { context } = this.at(name);
    const broken = this.broken(name, changed);
    return stackRules.some((rule) => {
      const { failed, asked } = this.asItIs(rule, name);
      return asked.has(changed.type) && grown(failed, failures(judgeStack(rule, broken, context)));
    });
  }

  private acrossStacks(name: string, changed: Resource): boolean {
    const { context } = this.at(name);
    const broken = { stack: this.broken(name, changed), context };
    const all = [...this.stacks].map(([each, own]) => (each === name ? broken : own));
    return acrossRules.some((rule) => {
      const { failed, asked } = this.asItIs(rule, name);
      return asked.has(changed.type) && grown(failed, failures(rule.check(all)));
    });
  }

  private broken(name: string, changed: Resource): Stack {
    const resources = this.at(name).stack.resources.map((each) =>
      each.urn === changed.urn ? changed : each,
    );
    return new Stack(name, resources);
  }

  /** What a rule finds without any change, and which types it asks for. */
  private asItIs(rule: StackRule | AcrossRule, name: string) {
    const key = `${rule.id} ${rule.scope === "stack" ? name : ""}`;
    const found = this.before.get(key) ?? this.judged(rule, name);
    this.before.set(key, found);
    return found;
  }

  private judged(rule: StackRule | AcrossRule, name: string) {
    const asking = [...this.stacks].map(([each, { stack, context }]) => ({
      stack: new AskedStack(each, stack.resources),
      context,
    }));
    const own = asking.find(({ stack }) => stack.name === name);
    if (!own) throw new Error(`${name} is not planned`);
    const failed = failures(
      rule.scope === "stack" ? judgeStack(rule, own.stack, own.context) : rule.check(asking),
    );
    return { failed, asked: new Set(asking.flatMap(({ stack }) => [...stack.asked])) };
  }
}
