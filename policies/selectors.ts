import { UNKNOWN, type Value } from "../engine/properties";
import { podTypes, templateOf } from "./pods";
import type { Relation } from "./relations";
import type { Resource } from "./resource";
import type { Stack } from "./stack";
import { items, read, shown, text } from "./values";
import { both, fail, type Judged, open, pass } from "./verdict";

/** The object lies in a namespace of the stack: by its name, or because the name came from there. */
export const liesIn: Relation = (_stack, object, namespace) => {
  const place = read(object.inputs, "metadata.namespace");
  const name = read(namespace.inputs, "metadata.name");
  if (place !== UNKNOWN && name !== UNKNOWN)
    return (place ?? "default") === name ? pass : fail("it lies in another namespace");
  const from = object.propertyDependencies.metadata ?? [];
  return from.includes(namespace.urn) ? pass : open(`the namespace of ${object.name} is not known yet`);
};

/** Two objects lie in one namespace. */
export const besides: Relation = (_stack, one, other) => {
  const [here, there] = [one, other].map(({ inputs }) => read(inputs, "metadata.namespace") ?? "default");
  if (here === UNKNOWN || there === UNKNOWN) return open(`the namespace of ${one.name} is not known yet`);
  return here === there ? pass : fail("it lies in another namespace");
};

function labelled(
  labels: Value | undefined,
  key: string,
  test: (value: Value | undefined) => boolean,
): Judged {
  const value = read(labels, `[${key}]`);
  if (value === UNKNOWN) return open(`the label ${key} is not known yet`);
  return test(value) ? pass : fail(`the label ${key} is ${shown(value)}`);
}

function meets(requirement: Value, labels: Value | undefined): Judged {
  const [key, operator] = [text(requirement, "key"), text(requirement, "operator")];
  const values = items(requirement, "values");
  if (!key || !operator || !values || values.includes(UNKNOWN)) return open("the selector is not known yet");
  return labelled(labels, key, (value) => {
    const among = value !== undefined && values.includes(value);
    if (operator === "In") return among;
    if (operator === "NotIn") return !among;
    return (value !== undefined) === (operator === "Exists");
  });
}

/** Whether labels fit a selector (`matchLabels`, `matchExpressions`); an empty one fits all. */
export function fits(selector: Value | undefined, labels: Value | undefined): Judged {
  const [wanted, expressions] = [read(selector, "matchLabels") ?? {}, items(selector, "matchExpressions")];
  if (wanted === UNKNOWN || !expressions) return open("the selector is not known yet");
  return both([
    ...Object.entries(wanted).map(([key, value]) =>
      value === UNKNOWN
        ? open(`the selector's ${key} is not known yet`)
        : labelled(labels, key, (its) => its === value),
    ),
    ...expressions.map((requirement) => meets(requirement, labels)),
  ]);
}

/** Pods as selectors see them: what makes them, and their labels. */
export interface Pods {
  readonly maker: Resource;
  readonly labels: Value | undefined;
}

const podLabels = /^pod_labels = \{(.*)\}$/m;

/** A runner's jobs are in no plan: its configuration says how their pods are labelled. */
function ofRunner(maker: Resource): Pods[] {
  const data = read(maker.inputs, "data");
  return Object.entries(data ?? {}).flatMap(([file, text]): Pods[] => {
    if (!file.endsWith(".toml")) return [];
    if (text === UNKNOWN) return [{ maker, labels: UNKNOWN }];
    const written = podLabels.exec(String(text))?.[1];
    const pairs = [...(written?.matchAll(/"([^"]+)" = "([^"]*)"/g) ?? [])];
    return written
      ? [{ maker, labels: Object.fromEntries(pairs.map(([, key, value]) => [key, value])) }]
      : [];
  });
}

/** All pods that a stack brings into a cluster, those that an operator or a runner makes of its objects too. */
export const podsOf = (stack: Stack): readonly Pods[] => [
  ...stack.of(...podTypes).map((maker) => ({
    maker,
    labels: read(maker.inputs, `${templateOf(maker.type)}metadata.labels`),
  })),
  ...stack.of("kubernetes:postgresql.cnpg.io/v1:Cluster").map((maker) => ({
    maker,
    labels: { "cnpg.io/cluster": read(maker.inputs, "metadata.name") ?? UNKNOWN },
  })),
  ...stack.of("kubernetes:core/v1:ConfigMap").flatMap(ofRunner),
];

/** The objects of a type whose selector fits a server's pods. */
export const selecting = (
  stack: Stack,
  server: Resource,
  type: string,
  selector: (object: Resource) => Value | undefined,
) =>
  stack.of(type).filter((object) => {
    const labels = read(server.inputs, "spec.template.metadata.labels");
    return both([besides(stack, object, server), fits(selector(object), labels)]).verdict !== "fail";
  });

/** The Services that lead to a server. */
export const servicesOf = (stack: Stack, server: Resource) =>
  selecting(stack, server, "kubernetes:core/v1:Service", ({ inputs }) => ({
    matchLabels: read(inputs, "spec.selector") ?? {},
  }));
