import { UNKNOWN } from "../protocol/properties";
import type { Context } from "./context";
import { onceByText } from "./lookup";
import type { Resource } from "./resource";
import type { Condition, Finding, StackRule } from "./rule";
import type { KeysOf, Stack } from "./stack";
import { read, text } from "./values";
import { allVerdicts, anyVerdict, fail, type Judged, open, pass } from "./verdict";

/**
 * Whether one resource is related to another; open where a preview cannot know. Only resources that share a key of
 * `from` and `to` can be related: the others are not looked at.
 */
export interface Relation {
  (stack: Stack, from: Resource, to: Resource): Judged;
  readonly keys: { readonly from: KeysOf; readonly to: KeysOf };
}

/** A relation by how it is judged and by what the two are found. */
export const relation = (
  keys: Relation["keys"],
  judge: (stack: Stack, from: Resource, to: Resource) => Judged,
): Relation => Object.assign(judge, { keys });

/** A relation that asks for more than another one does. */
export const narrowed = (
  base: Relation,
  also: (stack: Stack, from: Resource, to: Resource) => Judged,
): Relation =>
  relation(base.keys, (stack, from, to) => allVerdicts([base(stack, from, to), also(stack, from, to)]));

/** The resources of a type that may stand in the relation to another. */
export const referrers = (stack: Stack, type: string, { keys }: Relation, to: Resource) =>
  stack.by(type, keys.from).of(keys.to(to));

/** The resources of a type to which one may stand in the relation. */
export const referents = (stack: Stack, type: string, { keys }: Relation, from: Resource) =>
  stack.by(type, keys.to).of(keys.from(from));

const another = fail("it is another's");
const sourcesOf = (from: Resource, path: string) =>
  from.propertyDependencies[path.replace(/[.[].*/, "")] ?? [];

/**
 * What a property names, by each form of its text, and what its value came from; a value that came from nothing known
 * may be anything.
 */
export const namedBy =
  (path: string, formsOf: (text: string) => readonly string[] = () => []): KeysOf =>
  (from) => {
    const [value, sources] = [read(from.inputs, path), sourcesOf(from, path)];
    if (value === UNKNOWN) return sources.length > 0 ? sources : undefined;
    return typeof value === "string" ? [...formsOf(value), ...sources] : sources;
  };

/** An unknown value of which nobody says what it comes from may be anything. */
const unrelated = (from: Resource, path: string): Judged =>
  read(from.inputs, path) === UNKNOWN && sourcesOf(from, path).length === 0
    ? open(`${path} of ${from.name} is not known yet`)
    : another;

/** The property's value came from the other. */
export const bySource: (path: string) => Relation = onceByText((path) =>
  relation({ from: namedBy(path), to: ({ urn }) => [urn] }, (_stack, from, to) =>
    sourcesOf(from, path).includes(to.urn) ? pass : unrelated(from, path),
  ),
);

/** An id, and the ids of what it is a part of. */
const wholes = (id: string) => {
  const parts = id.toLowerCase().split("/");
  return parts.map((_part, at) => parts.slice(0, at + 1).join("/"));
};

/** The property holds the other's id, or that of a part of it. */
export const byId: (path: string) => Relation = onceByText((path) =>
  relation(
    { from: namedBy(path, wholes), to: ({ urn, id }) => (id ? [urn, id.toLowerCase()] : [urn]) },
    (stack, from, to) => (stack.refers(from, path, to) ? pass : unrelated(from, path)),
  ),
);

/** The property holds the other's name, which the other has under the same property, such as `serverName`. */
export const byName: (property: string) => Relation = onceByText((property) => {
  const nameOf = ({ inputs }: Resource) => text(inputs, property)?.toLowerCase();
  const keys = {
    from: namedBy(property, (name) => [name.toLowerCase()]),
    to: (to: Resource) => [to.urn, nameOf(to) ?? to.urn],
  };
  return relation(keys, (stack, from, to) => {
    const [name, its] = [nameOf(from), nameOf(to)];
    if (name === undefined || its === undefined) return bySource(property)(stack, from, to);
    return name === its ? pass : another;
  });
});

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
  const found = referrers(stack, type, relation, to).flatMap((from) => {
    const related = allVerdicts([relation(stack, from, to), judged(which, from, context)]);
    return related.verdict === "fail" ? [] : [allVerdicts([related, judged(check, from, context)])];
  });
  if (found.length === 0) return fail(missing);
  return sole ? allVerdicts(found) : anyVerdict(found);
}

/** A rule's check that each resource of a type has all of these companions. */
export const eachHas = (type: string, ...companions: readonly Companion[]): StackRule["check"] =>
  function* (stack, context): Iterable<Finding> {
    for (const to of stack.of(type))
      yield {
        urn: to.urn,
        ...allVerdicts(companions.map((companion) => has(stack, context, to, companion))),
      };
  };
