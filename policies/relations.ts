import { UNKNOWN } from "../engine/properties";
import type { Context } from "./context";
import type { Resource } from "./resource";
import type { Condition, Finding, StackRule } from "./rule";
import type { Stack } from "./stack";
import { read, text } from "./values";
import { both, either, fail, type Judged, open, pass } from "./verdict";

/** Whether one resource stands to another in some way; open where a preview cannot tell. */
export type Relation = (stack: Stack, from: Resource, to: Resource) => Judged;

const another = fail("it is another's");
const sourcesOf = (from: Resource, path: string) =>
  from.propertyDependencies[path.replace(/[.[].*/, "")] ?? [];

/** An unknown value of which nobody says what it comes from may be anything. */
const unrelated = (from: Resource, path: string): Judged =>
  read(from.inputs, path) === UNKNOWN && sourcesOf(from, path).length === 0
    ? open(`${path} of ${from.name} is not known yet`)
    : another;

/** The property's value came from the other. */
export const bySource =
  (path: string): Relation =>
  (_stack, from, to) =>
    sourcesOf(from, path).includes(to.urn) ? pass : unrelated(from, path);

/** The property holds the other's id, or that of a part of it. */
export const byId =
  (path: string): Relation =>
  (stack, from, to) =>
    stack.refers(from, path, to) ? pass : unrelated(from, path);

/** The property holds the other's name, which the other has under the same property, such as `serverName`. */
export const byName =
  (property: string): Relation =>
  (stack, from, to) => {
    const [name, its] = [text(from.inputs, property), text(to.inputs, property)];
    if (name !== undefined && its !== undefined)
      return name.toLowerCase() === its.toLowerCase() ? pass : another;
    return bySource(property)(stack, from, to);
  };

/** Something that a resource must have. */
export interface Companion {
  readonly type: string;
  readonly relation: Relation;
  /** Which of the related it is; all of them where it is not set. */
  readonly which?: Condition;
  /** What one of them must meet. */
  readonly check: Condition;
  /** Azure keeps one of it: of several, the last one written holds, so that all must meet the check. */
  readonly sole?: true;
  /** Says that there is none. */
  readonly missing: string;
}

/** A condition on a whole resource. */
export const judged = (condition: Condition, resource: Resource, context: Context): Judged =>
  condition({ value: resource.inputs, resource }, context);

/** Whether a resource has a companion. */
export function has(stack: Stack, context: Context, to: Resource, companion: Companion): Judged {
  const { type, relation, which = () => pass, check, sole, missing } = companion;
  const found = stack.of(type).flatMap((from) => {
    const related = both([relation(stack, from, to), judged(which, from, context)]);
    return related.verdict === "fail" ? [] : [both([related, judged(check, from, context)])];
  });
  if (found.length === 0) return fail(missing);
  return sole ? both(found) : either(found);
}

/** A rule's check that each resource of a type has all of these companions. */
export const eachHas = (type: string, ...companions: readonly Companion[]): StackRule["check"] =>
  function* (stack, context): Iterable<Finding> {
    for (const to of stack.of(type))
      yield { urn: to.urn, ...both(companions.map((companion) => has(stack, context, to, companion))) };
  };
