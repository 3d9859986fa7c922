import type { ResourceState } from "../local/engine/document";
import { isObject, type Properties, reveal } from "../local/engine/properties";
import type { StepRecord } from "../local/engine/recorder";
import { prerequisites } from "../local/engine/state";
import { isProviderType, parseUrn } from "../local/engine/urn";
import { UserError } from "./stacks";

/** A Kubernetes object of a plan; secrets in `fields` are marked. */
export interface KubernetesObject {
  readonly urn: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly fields: Properties;
  /** The resources that each field comes from. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** How people name an object. */
export const titleOf = ({ kind, namespace, name }: KubernetesObject) =>
  `${kind} ${namespace ? `${namespace}/` : ""}${name}`;

/**
 * The Kubernetes objects of a plan, each after those that it depends on: namespaces first, and what does not depend on each other in
 * the order of the alphabet.
 */
export function objectsOf(steps: readonly StepRecord[]): KubernetesObject[] {
  const wanted = steps.filter(({ op }) => op !== "read").flatMap(({ newState }) => newState ?? []);
  const states = new Map(wanted.map((state) => [state.urn, state]));
  const depth = depths(states);
  const objects = [...states.values()].filter(isKubernetes).map(objectOf);
  refuseTwins(objects);
  const rank = (object: KubernetesObject) => (object.kind === "Namespace" ? 0 : depth(object.urn));
  const title = (object: KubernetesObject) => titleOf(object);
  return objects.sort((one, other) => rank(one) - rank(other) || (title(one) < title(other) ? -1 : 1));
}

const isKubernetes = ({ custom, type }: ResourceState) =>
  custom && type.startsWith("kubernetes:") && !isProviderType(type);

/** How many Kubernetes objects there are on the longest way down from a resource, itself included. */
function depths(states: ReadonlyMap<string, ResourceState>): (urn: string) => number {
  const known = new Map<string, number>();
  const depth = (urn: string): number => {
    const state = states.get(urn);
    if (!state) return 0;
    const found =
      known.get(urn) ?? Math.max(0, ...prerequisites(state).map(depth)) + (isKubernetes(state) ? 1 : 0);
    known.set(urn, found);
    return found;
  };
  return depth;
}

function objectOf({
  urn,
  type,
  inputs = {},
  propertyDependencies: sources = {},
}: ResourceState): KubernetesObject {
  const { apiVersion, kind, metadata = {} } = reveal(inputs);
  const { name, namespace = "" } = isObject(metadata) ? metadata : {};
  if (typeof apiVersion !== "string" || typeof kind !== "string" || !type.endsWith(`:${kind}`))
    throw new UserError(
      `${urn}: ${type} is no object of the Kubernetes API, so that it cannot be written as YAML; make its objects one by one`,
    );
  if (typeof name !== "string")
    throw new UserError(
      `${urn}: metadata.name is not set; set it, so that the object has the same name each time`,
    );
  return { urn, kind, name, namespace: String(namespace), fields: apiFields(inputs), sources };
}

/** Without what is Pulumi's own: keys with two underscores before, and annotations of `pulumi.com`. */
function apiFields(inputs: Properties): Properties {
  const { apiVersion, kind, metadata, ...rest } = inputs;
  const others = Object.keys(rest).filter((key) => !key.startsWith("__"));
  const entries = others.sort().map((key) => [key, rest[key] ?? null] as const);
  const head = { apiVersion: apiVersion ?? null, kind: kind ?? null, metadata: withoutMarks(metadata ?? {}) };
  return { ...head, ...Object.fromEntries(entries) };
}

function withoutMarks(metadata: Properties[string]): Properties[string] {
  if (!isObject(metadata) || !isObject(metadata.annotations)) return metadata;
  const { annotations, ...rest } = metadata;
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith("pulumi.com/"));
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

function refuseTwins(objects: readonly KubernetesObject[]): void {
  const seen = new Map<string, string>();
  for (const object of objects) {
    const identity = `${reveal(object.fields).apiVersion} ${titleOf(object)}`;
    const twin = seen.get(identity);
    if (twin) throw new UserError(`${twin} and ${object.urn} are both ${identity}: make it once`);
    seen.set(identity, object.urn);
  }
}

/** A resource as people know it: its type and its name in Pulumi. */
export function resourceName(urn: string): string {
  const { type, name } = parseUrn(urn);
  return `${type} ${name}`;
}
