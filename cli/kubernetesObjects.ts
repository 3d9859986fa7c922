import { createHash } from "node:crypto";
import type { ResourceState } from "../local/engine/document";
import { joinPath } from "../local/engine/paths";
import type { StepRecord } from "../local/engine/recorder";
import { prerequisites } from "../local/engine/state";
import { isObject, isSecret, type Properties, reveal, UNKNOWN, type Value } from "../protocol/properties";
import { isProviderType, parseUrn } from "../protocol/urn";
import type { Placeholder } from "./placeholders";
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
 * The Kubernetes objects of a plan, each after those that it depends on: namespaces first, and what does not depend
 * on each other in the order of the alphabet.
 */
export function objectsOf(steps: readonly StepRecord[]): KubernetesObject[] {
  const wanted = steps.filter(({ op }) => op !== "read").flatMap(({ newState }) => newState ?? []);
  const states = new Map(wanted.map((state) => [state.urn, state]));
  const depth = depths(states);
  const objects = leftToAutoscalers([...states.values()].filter(isKubernetes).map(objectOf));
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
      `${urn}: ${type} is no object of the Kubernetes API, so that it cannot be written as YAML; make ` +
        "its objects one by one",
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

/** Without the count of replicas where an autoscaler decides it: each `kubectl apply` would take its count back. */
function leftToAutoscalers(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const targets = objects.flatMap(({ kind, namespace, fields: { spec } }) =>
    kind === "HorizontalPodAutoscaler" && isObject(spec) && isObject(spec.scaleTargetRef)
      ? [`${spec.scaleTargetRef.kind} ${namespace}/${spec.scaleTargetRef.name}`]
      : [],
  );
  return objects.map((object) => {
    const { spec } = object.fields;
    if (!targets.includes(titleOf(object)) || !isObject(spec)) return object;
    const { replicas: _decided, ...rest } = spec;
    return { ...object, fields: { ...object.fields, spec: rest } };
  });
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
function resourceName(urn: string): string {
  const { type, name } = parseUrn(urn);
  return `${type} ${name}`;
}

/** A placeholder in one field of one object. */
export interface Use {
  readonly value: string;
  readonly secret: boolean;
  readonly object: string;
  readonly field: string;
  /** What gives the real value, as `<type> <name> <property>`. */
  readonly from: readonly string[];
}

/** Objects that can be shown and applied, and the placeholders in them. */
export interface Hidden {
  readonly objects: readonly { readonly object: KubernetesObject; readonly fields: Properties }[];
  readonly uses: readonly Use[];
}

/**
 * Replaces every secret by a placeholder, and finds the placeholders that the preview was filled with. `complete` keeps
 * secrets that are no placeholder.
 * @throws UserError for what a placeholder cannot stand for, and for values that nobody knows.
 */
export function hideSecrets(
  objects: readonly KubernetesObject[],
  made: readonly Placeholder[],
  complete = false,
): Hidden {
  const uses: Use[] = [];
  const wrong: string[] = [];
  const hidden = objects.map((object) => {
    const visitor = new Visitor(object, made, { uses, wrong, complete });
    return { object, fields: visitor.visit(object.fields, "", false) as Properties };
  });
  if (wrong.length > 0) throw new UserError(wrong.join("\n"));
  return { objects: hidden, uses };
}

class Visitor {
  private readonly title: string;

  constructor(
    private readonly object: KubernetesObject,
    private readonly made: readonly Placeholder[],
    private readonly found: { readonly uses: Use[]; readonly wrong: string[]; readonly complete: boolean },
  ) {
    this.title = titleOf(object);
  }

  visit(value: Value, field: string, secret: boolean): Value {
    if (isSecret(value)) return this.visit(value.value ?? null, field, true);
    if (Array.isArray(value)) return value.map((item, at) => this.visit(item, `${field}[${at}]`, secret));
    if (!isObject(value)) return this.leaf(value, field, secret);
    const entries = Object.entries(value).map(([key, item]) => {
      const path = joinPath(field, key);
      return [key, this.visit(item, path, secret || this.isData(path))] as const;
    });
    return Object.fromEntries(entries);
  }

  /** The data of a Secret is secret, whether its maker has marked it or not. */
  private isData(path: string): boolean {
    return this.object.kind === "Secret" && (path === "data" || path === "stringData");
  }

  private leaf(value: Exclude<Value, Value[] | Properties>, field: string, secret: boolean): Value {
    // An unknown value below a Secret's data is always a text.
    if (value === UNKNOWN && !(this.isData(field.replace(/[.[].*/, "")) && /[.[]/.test(field))) {
      const from = this.sources(field).join(" or ") || "an output";
      return this.refuse(`${field} is not known without ${from}: give it a value in cli/placeholders.ts`);
    }
    if (value === null || (typeof value !== "string" && !secret)) return value;
    if (typeof value !== "string")
      return this.refuse(
        `${field} is a secret ${typeof value}, which no placeholder can stand for: mark only texts`,
      );
    const found = this.made.filter((placeholder) => value.includes(placeholder.value));
    const from = found.map(({ type, name, property }) => `${type} ${name} ${property}`);
    if (!secret) {
      for (const { value: text } of found) this.note(text, false, field, from.slice(0, 1));
      return value;
    }
    if (this.found.complete && found.length === 0 && value !== UNKNOWN) return value;
    // What is one value is one placeholder, wherever it stands.
    const same = found.find((placeholder) => placeholder.value === value);
    const standIn = this.standIn(field, same ? `${same.type} ${same.name} ${same.property}` : undefined);
    this.note(standIn, true, field, from.length > 0 ? from : this.sources(field));
    return field.startsWith("data") && this.object.kind === "Secret" ? btoa(standIn) : standIn;
  }

  private note(value: string, secret: boolean, field: string, from: readonly string[]): void {
    this.found.uses.push({ value, secret, object: this.title, field, from });
  }

  private refuse(message: string): null {
    this.found.wrong.push(`${this.title}: ${message}`);
    return null;
  }

  private sources(field: string): string[] {
    const [top = ""] = field.split(/[.[]/);
    return (this.object.sources[top] ?? []).map(resourceName);
  }

  private standIn(field: string, source = `${this.object.urn} ${field}`): string {
    // The API server parses this one.
    if (field.includes(".dockerconfigjson")) return '{"auths":{}}';
    const hash = createHash("sha256").update(source).digest("hex");
    return `placeholder-${hash.slice(0, 16)}`;
  }
}
