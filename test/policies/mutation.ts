import type { ResourceState } from "../../local/engine/document";
import { partsOf } from "../../policies/values";
import { isObject, isSecret, type Properties, type Value } from "../../protocol/properties";
import { makeUrn, parseUrn } from "../../protocol/urn";
import { at } from "../graphs/plan";

/** A change of one resource of a stack. */
export interface Change {
  /** The type of the resource that is broken, and its name after the environment's where there are several. */
  readonly type: string;
  readonly name?: string;
  /**
   * Values by path, such as `networkAcls.defaultAction`, `spec.rules.0.host` or `containers.serve.image`, an item of
   * a list by its place or its name; `undefined` takes the value away.
   */
  readonly set?: Readonly<Record<string, Value | undefined>>;
  /** Paths whose values are those of the same resource in the stack of `with`. */
  readonly copied?: readonly string[];
  /** Options of the resource that change. */
  readonly options?: Partial<
    Pick<ResourceState, "protect" | "ignoreChanges" | "replaceOnChanges" | "provider" | "outputs">
  >;
  /** The resource is not there; of a type without a name, none of them. */
  readonly drop?: true;
  /** A resource of this type and name is there as well, made of `set`. */
  readonly add?: true;
}

/** One way to break a rule in a stack that is really planned. The bad values stand here, apart from the rules. */
export interface Mutation extends Change {
  /** Id of the rule that must notice. */
  readonly rule: string;
  /** The stack that is broken; for a rule across stacks, the one beside `with`. */
  readonly stack: string;
  /** The stack that a rule across stacks compares with. */
  readonly with?: string;
  /** What changes too, where one change alone breaks nothing. */
  readonly also?: Change;
}

function changed(
  value: Value | undefined,
  path: readonly string[],
  to: Value | undefined,
): Value | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (isSecret(value)) return { ...value, value: changed(value.value, path, to) ?? null };
  if (Array.isArray(value)) {
    const is = (item: Value, at: number) => String(at) === key || (isObject(item) && item.name === key);
    const items = value.map((item, at) => (is(item, at) ? changed(item, rest, to) : item));
    if (!value.some(is)) items.push(changed(/^\d+$/.test(key) ? undefined : { name: key }, rest, to));
    return items.filter((item) => item !== undefined);
  }
  const { [key]: inner, ...others } = (isObject(value) ? value : {}) as Properties;
  const next = changed(inner, rest, to);
  return next === undefined ? others : { ...others, [key]: next };
}

/** The inputs with values put in or taken out. */
const withValues = (inputs: Properties, set: Change["set"] = {}) =>
  Object.entries(set).reduce<Properties>(
    (all, [path, value]) => changed(all, partsOf(path), value) as Properties,
    inputs,
  );

/** A property with a new value comes from no resource any more. */
const origins = ({ propertyDependencies = {} }: ResourceState, set: Change["set"] = {}) =>
  Object.fromEntries(Object.entries(propertyDependencies).filter(([property]) => !(property in set)));

/** The environment or forge that a URN's stack makes, with which the names of all its resources begin. */
const owner = (stack: string) => stack.replace(/^(onprem|local)-/, "");

const matches =
  ({ type, name }: Change) =>
  ({ type: found, urn }: ResourceState) => {
    const parts = parseUrn(urn);
    return found === type && (name === undefined || parts.name === `${owner(parts.stack)}-${name}`);
  };

function valuesOf(change: Change, others: readonly ResourceState[]): Change["set"] {
  const other = others.find(matches(change));
  const copies = (change.copied ?? []).map((path) => [path, at(other?.inputs, path)] as const);
  const missing = copies.find(([, value]) => value === undefined)?.[0];
  if (missing) throw new Error(`the other stack's ${change.type} has no ${missing}`);
  return { ...Object.fromEntries(copies), ...change.set };
}

function apply(
  states: readonly ResourceState[],
  stack: string,
  change: Change,
  others: readonly ResourceState[],
): ResourceState[] {
  const { type, name = "added", options = {}, drop, add } = change;
  const set = valuesOf(change, others);
  if (add) {
    const urn = makeUrn(stack, "ecluse", type, `${owner(stack)}-${name}`);
    return [...states, { urn, type, custom: true, inputs: withValues({}, set), outputs: {}, ...options }];
  }
  const meant = states.filter(matches(change));
  if (meant.length === 0) throw new Error(`${stack} has no ${type} ${change.name ?? ""}`);
  if (drop) return states.filter((state) => !meant.includes(state));
  const [first] = meant;
  const broken = (state: ResourceState) => ({
    ...state,
    ...options,
    inputs: withValues(state.inputs ?? {}, set),
    propertyDependencies: origins(state, set),
  });
  return states.map((state) => (state === first ? broken(state) : state));
}

/**
 * The resources of a stack, broken; `others` are those of the stack of `with`. Throws where there is nothing to
 * break.
 */
export function mutated(
  states: readonly ResourceState[],
  mutation: Mutation,
  others: readonly ResourceState[] = [],
): ResourceState[] {
  const { stack, also } = mutation;
  const once = apply(states, stack, mutation, others);
  return also ? apply(once, stack, also, others) : once;
}
