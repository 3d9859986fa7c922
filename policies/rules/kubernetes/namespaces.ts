import { namespaces } from "../../../components/naming";
import { UNKNOWN } from "../../../protocol/properties";
import { allOf, anyOf, filled, includes, is, set, unset } from "../../conditions";
import type { Context } from "../../context";
import { podTypes } from "../../pods";
import { eachHas, judged, referents } from "../../relations";
import type { Resource } from "../../resource";
import type { Condition, Finding, StackRule } from "../../rule";
import { liesIn } from "../../selectors";
import { read } from "../../values";
import { anyVerdict, fail, type Judged, open, pass } from "../../verdict";

const namespace = "kubernetes:core/v1:Namespace";
const where = "components/kubernetes/namespaces.ts";

/** Objects of no namespace. */
const ofCluster = [
  "APIService",
  "CSIDriver",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeSnapshotClass",
];

const placed = {
  id: "K8S-14",
  parameters: {
    clusterScoped: {
      type: "array",
      items: { type: "string" },
      description: "Kinds of custom resources without a namespace.",
      default: ["ClusterImageCatalog", "ClusterIssuer"],
    },
  },
} as const;

const object = /^kubernetes:(?!yaml|kustomize|helm\.sh\/v[24])[^:]+:(\w+?)(Patch|List)?$/;

function placeOf({ type, inputs }: Resource): Judged {
  const place = read(inputs, type.startsWith("kubernetes:helm.sh/") ? "namespace" : "metadata.namespace");
  if (place === UNKNOWN) return open("metadata.namespace is not known yet");
  if (place === undefined || place === "")
    return fail("metadata.namespace is not set, and so any context's own");
  return place === "default" || /^kube-/.test(String(place))
    ? fail(`metadata.namespace is ${place}, which is the cluster's own`)
    : pass;
}

const level = "metadata.labels.[pod-security.kubernetes.io/enforce]";

/** Where the settings have images built, which no build does under `restricted`; never in production. */
function buildNamespace({ environment, production }: Context): string | undefined {
  return environment?.cluster?.builds && !production ? namespaces(environment.environment).build : undefined;
}

const enforced: Condition = (at, context) => {
  const builds = buildNamespace(context);
  return allOf(
    builds ? anyOf(is(level, "restricted"), is("metadata.name", builds)) : is(level, "restricted"),
    set("metadata.labels.[pod-security.kubernetes.io/enforce-version]"),
  )(at, context);
};

/** A policy that takes all traffic of a direction from all pods, until others open some. */
const denies = (direction: "Ingress" | "Egress") => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  relation: liesIn,
  check: allOf(
    set("spec.podSelector"),
    unset("spec.podSelector.matchLabels"),
    unset("spec.podSelector.matchExpressions"),
    includes("spec.policyTypes", direction),
    unset(`spec.${direction.toLowerCase()}`),
  ),
  missing: `no NetworkPolicy denies ${direction} by default`,
});

const holding = (kind: "ResourceQuota" | "LimitRange", path: string) => ({
  type: `kubernetes:core/v1:${kind}`,
  relation: liesIn,
  check: filled(path),
  missing: `it has no ${kind}`,
});

const common = { scope: "stack", environments: "all" } as const;

/** Rules on the namespaces that keep environments and use cases apart. */
export const namespaceRules: readonly StackRule[] = [
  {
    ...common,
    ...placed,
    name: "own-namespace",
    severity: "medium",
    description: "Every object is in a namespace that was chosen for it.",
    remediation: `Set metadata.namespace to one that ${where} makes.`,
    deviation: "Over all objects of the stack, since their types are no closed list.",
    *check(stack, context): Iterable<Finding> {
      const loose = [...ofCluster, ...context.parameter<readonly string[]>(placed, "clusterScoped")];
      for (const resource of stack.resources) {
        const kind = object.exec(resource.type)?.[1];
        if (kind && !loose.includes(kind)) yield { urn: resource.urn, ...placeOf(resource) };
      }
    },
  },
  {
    ...common,
    id: "K8S-15",
    name: "pod-security-restricted",
    severity: "high",
    description:
      "The API server refuses pods that are not as Pod Security `restricted` asks, by the rules of one version.",
    remediation: `Make namespaces by ${where}, which sets pod-security.kubernetes.io/enforce and enforce-version.`,
    deviation:
      "Also refuses pods in namespaces that the stack does not make: nobody here says what those " +
      "enforce. Where `ecluse:cluster.builds` has images built may be less, outside of production.",
    *check(stack, context): Iterable<Finding> {
      for (const made of stack.of(namespace)) yield { urn: made.urn, ...judged(enforced, made, context) };
      for (const pods of stack.of(...podTypes)) {
        const { verdict, why } = anyVerdict(
          referents(stack, namespace, liesIn, pods).map((made) => liesIn(stack, pods, made)),
        );
        const elsewhere = `${read(pods.inputs, "metadata.namespace") ?? "default"} is no namespace of this stack`;
        yield { urn: pods.urn, verdict, why: verdict === "fail" ? elsewhere : why };
      }
    },
  },
  {
    ...common,
    id: "K8S-16",
    name: "default-deny",
    severity: "critical",
    description: "In every namespace traffic is denied, both ways, until a policy opens some.",
    remediation: `Make namespaces by ${where}, which makes the policy default-deny.`,
    check: eachHas(namespace, denies("Ingress"), denies("Egress")),
  },
  {
    ...common,
    id: "K8S-24",
    name: "use-bounded",
    severity: "medium",
    description:
      "Every namespace bounds what its pods take together, and what a container gets that does not say.",
    remediation: `Make namespaces by ${where}, which makes a ResourceQuota and a LimitRange.`,
    deviation: "For every namespace: the platform's own pods are neighbours of the use cases' as well.",
    check: eachHas(namespace, holding("ResourceQuota", "spec.hard"), holding("LimitRange", "spec.limits")),
  },
];
