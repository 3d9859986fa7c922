import { createHash } from "node:crypto";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as disruption from "@pulumi/kubernetes/policy/v1";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { trusting } from "./authorities";
import type { Egress, Pod, PodAccess, PodPlace, PodScope } from "./foundation";
import { labels, selector } from "./labels";
import { type Container, podTemplate, portName } from "./pod";
import { externalEgress, type Ingress, networkPolicy } from "./policy";

/** What a workload runs, what it needs for that, and who it talks with. */
export interface Workload extends Container {
  readonly replicas?: number;
  readonly access: readonly PodAccess[];
  readonly ingress?: readonly Ingress[];
  readonly egress?: readonly Egress[];
  /** Whether it reaches what is outside of the cluster: {@link PodScope.egressRanges}. */
  readonly allowExternalEgress?: boolean;
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** Metadata of what belongs to a pod, under the pod's own name. */
export const metadata = (pod: PodPlace) => ({
  name: pod.role,
  namespace: pod.namespace,
  labels: labels(pod),
});

/** The ServiceAccount of a role in its namespace, with what makes a cloud trust it; no pod gets its token unasked. */
export function account({ options, workloadIdentity }: PodScope, pod: Pod): core.ServiceAccount {
  const identity = workloadIdentity(pod);
  return new core.ServiceAccount(
    `${pod.name}-account`,
    {
      metadata: {
        name: pod.role,
        namespace: pod.namespace,
        labels: { ...labels(pod), ...identity.labels },
        annotations: { ...identity.annotations },
      },
      automountServiceAccountToken: false,
    },
    options,
  );
}

/** A pod with an account and openings of its own; what runs it is made with `options`. */
export function isolatedPod(scope: PodScope, pod: Pod, work: Workload) {
  const access = trusting(scope, pod.namespace, work.access);
  const identity = scope.workloadIdentity(pod);
  // A pod with an identity in the cloud exchanges its token there.
  const leaves = work.allowExternalEgress || Object.keys(identity.annotations).length > 0;
  const external = leaves ? externalEgress(scope) : [];
  const egress = [...access.egress, ...(work.egress ?? []), ...external];
  const policy = networkPolicy(scope, pod, { ingress: work.ingress ?? [], egress });
  const before = [account(scope, pod), policy, ...access.dependsOn, ...(work.dependsOn ?? [])];
  const { dependsOn = [], ...rest } = scope.options;
  const container = { ...work, replicas: work.replicas ?? 1 };
  const template: input.core.v1.PodTemplateSpec = podTemplate(pod, container, access, identity);
  return { template, options: { ...rest, dependsOn: [...dependsOn, ...before] } };
}

/**
 * Runs a pod to its end, once for what it is: a Job cannot change, so its name has a digest of its pod, and a change
 * makes a new one. What depends on it waits until it succeeded.
 */
export function runOnce(scope: PodScope, pod: Pod, work: Workload): batch.Job {
  const { template, options } = isolatedPod(scope, pod, work);
  const digest = pulumi
    .output(template)
    .apply((value) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10));
  return new batch.Job(
    pod.name,
    {
      metadata: { ...metadata(pod), name: pulumi.interpolate`${pod.role}-${digest}` },
      spec: { template, backoffLimit: 3, activeDeadlineSeconds: 1500, ttlSecondsAfterFinished: 86_400 },
    },
    { ...options, customTimeouts: { create: "30m" } },
  );
}

/** A name and a port in the cluster for a server's pods. */
export function service(scope: PodScope, pod: Pod, port: number, tls: boolean): core.Service {
  const name = portName(tls);
  return new core.Service(
    `${pod.name}-service`,
    {
      metadata: metadata(pod),
      spec: {
        type: "ClusterIP",
        selector: selector(pod),
        ports: [{ name, port, targetPort: name, protocol: "TCP" }],
      },
    },
    scope.options,
  );
}

/** Lets a node be drained, by one pod of a server at a time. */
export function disruptionBudget(scope: PodScope, pod: Pod): disruption.PodDisruptionBudget {
  return new disruption.PodDisruptionBudget(
    `${pod.name}-budget`,
    { metadata: metadata(pod), spec: { maxUnavailable: 1, selector: { matchLabels: selector(pod) } } },
    scope.options,
  );
}
