import { createHash } from "node:crypto";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as disruption from "@pulumi/kubernetes/policy/v1";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { account, logicalName } from "./account";
import type { Egress, Foundation, Pod, PodAccess } from "./foundation";
import { labels, selector } from "./labels";
import { type Container, podTemplate, together } from "./pod";
import { type Ingress, networkPolicy, outside } from "./policy";

/** What of a foundation a pod is made with: its store and its database are made of pods themselves. */
type Ground = Pick<Foundation, "options" | "marks" | "cluster">;

/** What a workload runs, what it needs for that, and who it talks with. */
export interface Workload extends Container {
  readonly replicas?: number;
  readonly access: readonly PodAccess[];
  readonly ingress?: readonly Ingress[];
  readonly egress?: readonly Egress[];
  /** Whether it reaches what is outside of the cluster. */
  readonly outside?: boolean;
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** Metadata of what belongs to a pod, under the pod's own name. */
export const metadata = (pod: Pod) => ({ name: pod.role, namespace: pod.namespace, labels: labels(pod) });

/** A pod with an account and openings of its own; what runs it is made with `options`. */
export function isolatedPod(foundation: Ground, pod: Pod, work: Workload) {
  const access = together(work.access);
  const marks = foundation.marks(pod);
  // A pod with an identity in the cloud trades its token there.
  const leaves = work.outside || Object.keys(marks.annotations).length > 0;
  const egress = [...access.egress, ...(work.egress ?? []), ...(leaves ? outside(foundation) : [])];
  const policy = networkPolicy(foundation, pod, { ingress: work.ingress ?? [], egress });
  const before = [account(foundation, pod), policy, ...access.dependsOn, ...(work.dependsOn ?? [])];
  const { dependsOn = [], ...rest } = foundation.options;
  const template: input.core.v1.PodTemplateSpec = podTemplate(
    pod,
    { ...work, replicas: work.replicas ?? 1 },
    access,
    marks,
  );
  return { template, options: { ...rest, dependsOn: [...dependsOn, ...before] } };
}

/**
 * Runs a pod to its end, once for what it is: a Job cannot change, so its name has a digest of its pod, and a change makes a new one.
 * What depends on it waits until it succeeded.
 */
export function runOnce(foundation: Ground, pod: Pod, work: Workload): batch.Job {
  const { template, options } = isolatedPod(foundation, pod, work);
  const digest = pulumi
    .output(template)
    .apply((value) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10));
  return new batch.Job(
    logicalName(pod),
    {
      metadata: { ...metadata(pod), name: pulumi.interpolate`${pod.role}-${digest}` },
      spec: { template, backoffLimit: 3, activeDeadlineSeconds: 1500, ttlSecondsAfterFinished: 86_400 },
    },
    { ...options, customTimeouts: { create: "30m" } },
  );
}

/** A name and a port in the cluster for a server's pods. */
export function service(foundation: Ground, pod: Pod, port: number): core.Service {
  return new core.Service(
    `${logicalName(pod)}-service`,
    {
      metadata: metadata(pod),
      spec: {
        type: "ClusterIP",
        selector: selector(pod),
        ports: [{ name: "http", port, targetPort: "http", protocol: "TCP" }],
      },
    },
    foundation.options,
  );
}

/** Lets a node be drained, by one pod of a server at a time. */
export function disruptionBudget(foundation: Ground, pod: Pod): disruption.PodDisruptionBudget {
  return new disruption.PodDisruptionBudget(
    `${logicalName(pod)}-budget`,
    { metadata: metadata(pod), spec: { maxUnavailable: 1, selector: { matchLabels: selector(pod) } } },
    foundation.options,
  );
}

/** Address of a server's Service for the pods of the cluster. */
export const address = (pod: Pod, port: number) =>
  `http://${pod.role}.${pod.namespace}.svc.cluster.local:${port}`;
