import { allOf, anyOf, at, every, set, unset } from "./conditions";
import type { Condition } from "./rule";

/** What keeps pods running. */
export const serverTypes = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:apps/v1:DaemonSet",
  "kubernetes:apps/v1:ReplicaSet",
  "kubernetes:core/v1:ReplicationController",
  "kubernetes:core/v1:Pod",
] as const;

/** What runs pods to their end. */
export const jobTypes = ["kubernetes:batch/v1:Job", "kubernetes:batch/v1:CronJob"] as const;

/** Everything that pods are made of. */
export const podTypes: readonly string[] = [...serverTypes, ...jobTypes];

/** Path of a pod's template in what makes it, with the dot that follows it. */
export const templateOf = (type: string): string => {
  if (type === "kubernetes:core/v1:Pod") return "";
  return type === "kubernetes:batch/v1:CronJob" ? "spec.jobTemplate.spec.template." : "spec.template.";
};

/** The condition on a pod's spec, wherever its maker keeps that. */
export const inPod =
  (condition: Condition): Condition =>
  (from, context) =>
    at(`${templateOf(from.resource.type)}spec`, condition)(from, context);

/** The condition on every container of a pod, those that run first and those for debugging too. */
export const inContainers = (condition: Condition): Condition =>
  inPod(
    allOf(
      set("containers"),
      ...["containers", "initContainers", "ephemeralContainers"].map((list) => every(list, condition)),
    ),
  );

/** The condition on a key of every container's securityContext, which may leave it to the pod's. */
export function inSecurityContexts(key: string, condition: (path: string) => Condition): Condition {
  const path = `securityContext.${key}`;
  const leftToPod = allOf(inPod(condition(path)), inContainers(anyOf(unset(path), condition(path))));
  return anyOf(leftToPod, inContainers(condition(path)));
}
