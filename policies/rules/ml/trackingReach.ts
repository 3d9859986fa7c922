import { allOf, anyOf, every, filled, given, holds, includes, is, set, unset } from "../../conditions";
import type { Context } from "../../context";
import { commandHas, hasVariable, inProgram, runs } from "../../program";
import { judged } from "../../relations";
import type { Resource } from "../../resource";
import type { Condition, StackRule } from "../../rule";
import { namespacesOf, selecting, servicesOf } from "../../selectors";
import type { Stack } from "../../stack";
import { read, text } from "../../values";
import { allVerdicts, anyVerdict, fail, type Judged, pass } from "../../verdict";
import { onEach, trackingServer } from "../../workloads";

const isLocal = ({ type }: Resource) => type.startsWith("ecluse-local:");

const authenticates = anyOf(
  allOf(runs(/\becluse_identity\.serve\b/), hasVariable("ECLUSE_IDENTITY")),
  commandHas(/--app-name[ =](basic-auth|oidc-auth)\b/),
);
// Where it is not set, ecluse_identity.serve listens on loopback.
const onLoopback = inProgram(
  anyOf(unset("env.ECLUSE_HOST"), is("env.ECLUSE_HOST", "127.0.0.1", "::1", "localhost")),
);
const inside = anyOf(unset("spec.type"), is("spec.type", "ClusterIP"));

const policiesOf = (stack: Stack, server: Resource) =>
  selecting(stack, server, "kubernetes:networking.k8s.io/v1:NetworkPolicy", ({ inputs }) =>
    read(inputs, "spec.podSelector"),
  );

const ports = {
  id: "ML-08",
  parameters: {
    ports: {
      type: "array",
      items: { type: "string" },
      description:
        "Ports that the tracking server may open connections to: DNS, PostgreSQL, the blob store, " +
        "whoever issues tokens, and the API server's keys.",
      default: ["53", "443", "5432", "6443", "8443"],
    },
  },
} as const;

const byLabels = anyOf(filled("podSelector.matchLabels"), filled("podSelector.matchExpressions"));
const namespaceName = "namespaceSelector.matchLabels.[kubernetes.io/metadata.name]";

/** Pods that are named, in a namespace of this stack. */
const knownPods = (stack: Stack, context: Context): Condition => {
  const gate = context.environment?.cluster?.ingressNamespace;
  return (at) => {
    if (read(at.value, "ipBlock") !== undefined) return fail("it is addresses, not pods");
    const name = text(at.value, namespaceName);
    if (name === undefined) return fail("it names no namespace");
    if (gate !== undefined && name === gate) return pass;
    if (!namespacesOf(stack).has(name)) return fail(`${name} is no namespace of this stack`);
    return byLabels(at, context);
  };
};

/** Those of the rule, and what the settings name of the cluster's DNS, GitLab and the provider of logins. */
const allowedPorts = given(
  ports,
  "ports",
  (allowed: readonly string[]): Condition =>
    (at, context) => {
      const { dns, egressPorts = [] } = context.environment?.cluster ?? {};
      const all = [...new Set([...allowed, ...(dns ? [String(dns.port)] : []), ...egressPorts.map(String)])];
      return holds("port", (port) => all.includes(String(port)), `one of ${all.join(", ")}`)(at, context);
    },
);

const denies = allOf(includes("spec.policyTypes", "Ingress"), includes("spec.policyTypes", "Egress"));

/** Policies add up: one must deny, and what any of them opens must be small. */
function reached(stack: Stack, server: Resource, context: Context): Judged {
  const openings = allOf(
    every("spec.ingress", allOf(set("from"), set("ports"), every("from", knownPods(stack, context)))),
    every("spec.egress", allOf(set("to"), set("ports"), every("ports", allowedPorts))),
  );
  const policies = policiesOf(stack, server);
  if (policies.length === 0) return fail("no NetworkPolicy is for it");
  return allVerdicts([
    anyVerdict(policies.map((policy) => judged(denies, policy, context))),
    ...policies.map((policy) => judged(openings, policy, context)),
  ]);
}

/** Rules on the ways that lead to the tracking server, and from it. */
export const trackingReachRules: readonly StackRule[] = [
  {
    id: "ML-01",
    name: "tracking-authenticates",
    scope: "stack",
    severity: "critical",
    environments: "all",
    description:
      "Nobody reaches the tracking server unauthenticated, and nobody from outside past the ingress.",
    remediation:
      "Start it by ecluse_identity.serve with ECLUSE_IDENTITY, behind a Service of type ClusterIP.",
    deviation:
      "A proxy before it does not count by itself: pods reach its Service past the proxy. " +
      "ecluse_identity.serve verifies a token with each request. On one machine it listens on loopback.",
    check: (stack, context) =>
      onEach(stack, trackingServer, context, (server) =>
        allVerdicts([
          judged(authenticates, server, context),
          ...(isLocal(server) ? [judged(onLoopback, server, context)] : []),
          ...servicesOf(stack, server).map((service) => judged(inside, service, context)),
        ]),
      ),
  },
  {
    ...ports,
    name: "tracking-reached-by-its-clients",
    scope: "stack",
    severity: "high",
    environments: "all",
    description:
      "Only named pods reach the tracking server, and it reaches databases, stores and issuers of tokens only.",
    remediation:
      "Name its clients in clients() of components/kubernetes/tracking.ts, and what it uses by PodAccess.egress.",
    deviation:
      "Egress is judged by ports: whose address a range is no manifest says, and K8S-17 refuses wide ones.",
    check: (stack, context) => {
      const types = trackingServer.types.filter((type) => type.startsWith("kubernetes:"));
      return onEach(stack, { ...trackingServer, types }, context, (server) =>
        reached(stack, server, context),
      );
    },
  },
];
