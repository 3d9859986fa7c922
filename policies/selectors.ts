import { UNKNOWN, type Value } from "../protocol/properties";
import { type Keys, Lookup, once } from "./lookup";
import { podTypes, templateOf } from "./pods";
import { referrers, relation } from "./relations";
import type { Resource } from "./resource";
import type { KeysOf, Stack } from "./stack";
import { items, read, shown, text } from "./values";
import { allVerdicts, fail, type Judged, open, pass } from "./verdict";

const keysFor = (value: Value | undefined): Keys => (value === UNKNOWN ? undefined : [String(value)]);
const placeOf = ({ inputs }: Resource) => read(inputs, "metadata.namespace") ?? "default";
const nameOf = ({ inputs }: Resource) => read(inputs, "metadata.name");

/** The namespace of an object. */
export const namespaceOf: KeysOf = (object) => keysFor(placeOf(object));
const nameOfNamespace: KeysOf = (namespace) => keysFor(nameOf(namespace));
const elsewhere = fail("it is in another namespace");

/** The object is in a namespace of the stack: it has that name, or its name came from there. */
export const liesIn = relation(
  { from: namespaceOf, to: nameOfNamespace },
  (_stack, object, namespace): Judged => {
    const [place, name] = [placeOf(object), nameOf(namespace)];
    if (place !== UNKNOWN && name !== UNKNOWN) return place === name ? pass : elsewhere;
    const from = object.propertyDependencies.metadata ?? [];
    return from.includes(namespace.urn) ? pass : open(`the namespace of ${object.name} is not known yet`);
  },
);

/** The namespace holds an object. */
export const holdsObject = relation(
  { from: liesIn.keys.to, to: liesIn.keys.from },
  (stack, namespace, object) => liesIn(stack, object, namespace),
);

/** Two objects are in one namespace. */
export const besides = relation({ from: namespaceOf, to: namespaceOf }, (_stack, one, other): Judged => {
  const [here, there] = [placeOf(one), placeOf(other)];
  if (here === UNKNOWN || there === UNKNOWN) return open(`the namespace of ${one.name} is not known yet`);
  return here === there ? pass : elsewhere;
});

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
  return allVerdicts([
    ...Object.entries(wanted).map(([key, value]) =>
      value === UNKNOWN
        ? open(`the selector's ${key} is not known yet`)
        : labelled(labels, key, (its) => its === value),
    ),
    ...expressions.map((requirement) => meets(requirement, labels)),
  ]);
}

/** Pods as selectors see them: what makes them, and their labels. */
interface Pods {
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

const podsOf = (stack: Stack): readonly Pods[] => [
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

/**
 * All pods that a stack brings into a cluster, by namespace: those that an operator or a runner makes of its objects
 * too.
 */
export const podsByNamespace = once(
  (stack: Stack) => new Lookup(podsOf(stack), ({ maker }) => namespaceOf(maker)),
);

/** The names of the namespaces that a stack makes. */
export const namespacesOf = once(
  (stack: Stack): ReadonlySet<string> =>
    new Set(
      stack.of("kubernetes:core/v1:Namespace").flatMap(({ inputs }) => text(inputs, "metadata.name") ?? []),
    ),
);

/** The objects of a type whose selector fits a server's pods. */
export const selecting = (
  stack: Stack,
  server: Resource,
  type: string,
  selector: (object: Resource) => Value | undefined,
) =>
  referrers(stack, type, besides, server).filter((object) => {
    const labels = read(server.inputs, "spec.template.metadata.labels");
    return allVerdicts([besides(stack, object, server), fits(selector(object), labels)]).verdict !== "fail";
  });

/** The Services that lead to a server. */
export const servicesOf = (stack: Stack, server: Resource) =>
  selecting(stack, server, "kubernetes:core/v1:Service", ({ inputs }) => ({
    matchLabels: read(inputs, "spec.selector") ?? {},
  }));
