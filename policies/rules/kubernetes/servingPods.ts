import { allOf, atLeast, is, isNot, some } from "../../conditions";
import type { Context } from "../../context";
import { serverTypes } from "../../pods";
import { type Companion, has, judged, narrowed, referrers } from "../../relations";
import type { Resource } from "../../resource";
import type { Finding, StackRule } from "../../rule";
import { besides, fits } from "../../selectors";
import type { Stack } from "../../stack";
import { read } from "../../values";
import { allVerdicts } from "../../verdict";
import { modelServer, onEach } from "../../workloads";

const servesPods = narrowed(besides, (_stack, budget, server) =>
  fits(read(budget.inputs, "spec.selector"), read(server.inputs, "spec.template.metadata.labels")),
);

const budget: Companion = {
  type: "kubernetes:policy/v1:PodDisruptionBudget",
  relation: servesPods,
  // One that lets nobody go stops every update of the nodes.
  check: allOf(isNot("spec.maxUnavailable", 0, "0%"), isNot("spec.minAvailable", "100%")),
  missing: "no PodDisruptionBudget is for it",
};

const onDifferentNodes = some(
  "spec.template.spec.topologySpreadConstraints",
  allOf(is("topologyKey", "kubernetes.io/hostname"), is("whenUnsatisfiable", "DoNotSchedule")),
);

const several = allOf(atLeast("spec.replicas", 2), onDifferentNodes);

function least(stack: Stack, server: Resource, context: Context) {
  const scalers = referrers(stack, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", besides, server)
    .filter((scaler) => besides(stack, scaler, server).verdict === "pass")
    .filter(
      (scaler) => read(scaler.inputs, "spec.scaleTargetRef.name") === read(server.inputs, "metadata.name"),
    );
  return scalers.map((scaler) => judged(atLeast("spec.minReplicas", 2), scaler, context));
}

/** A rule on model servers that go on while a node goes. */
export const servingPodRules: readonly StackRule[] = [
  {
    id: "K8S-23",
    name: "serving-survives-a-node",
    scope: "stack",
    severity: "low",
    environments: "production",
    description: "Production's model servers have replicas on different nodes, of which drains leave one.",
    remediation: "Set ecluse:profile to standard or full, of which components/profiles.ts says the replicas.",
    deviation:
      "Of production only, also as advice: one replica is what a frugal development environment is for.",
    *check(stack, context): Iterable<Finding> {
      if (!context.production) return;
      const inCluster = { ...modelServer, types: serverTypes };
      yield* onEach(stack, inCluster, context, (server) =>
        allVerdicts([
          judged(several, server, context),
          has(stack, context, server, budget),
          ...least(stack, server, context),
        ]),
      );
    },
  },
];
