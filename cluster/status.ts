import type { Condition, KubernetesObject, NodeSummary } from "./client";
import { administrator } from "./controlPlane";
import { nodeName } from "./node";
import { spaceId } from "./space";

/** A pod, and whether it is ready: one that has done its work is. */
export interface PodStatus {
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  /** How long it took from its making until it was ready, or had done its work. */
  readonly seconds?: number;
  /** What it uses now, in MiB; undefined when nothing of it runs. */
  readonly memory?: number;
}

/** Whether the cluster is up, and its pods. */
export interface ClusterStatus {
  readonly up: boolean;
  readonly pods: readonly PodStatus[];
}

/** When a pod became ready, or ended well. */
function readyAt({ status }: KubernetesObject): string | undefined {
  if (status.phase === "Succeeded") {
    const ends: string[] = status.containerStatuses.map(
      ({ state }: { state: { terminated: { finishedAt: string } } }) => state.terminated.finishedAt,
    );
    return ends.sort().at(-1);
  }
  const ready = (status.conditions ?? []).find(({ type }: Condition) => type === "Ready");
  return ready?.status === "True" ? ready.lastTransitionTime : undefined;
}

/** A pod, from what the API server and the kubelet of its node say of it. */
export function podStatus(pod: KubernetesObject, { pods }: NodeSummary): PodStatus {
  const { namespace = "", name, creationTimestamp } = pod.metadata;
  const end = readyAt(pod);
  const used = pods.find(({ podRef }) => podRef.name === name && podRef.namespace === namespace);
  const bytes = used?.memory?.workingSetBytes;
  return {
    namespace,
    name,
    ready: end !== undefined,
    ...(end && { seconds: (Date.parse(end) - Date.parse(`${creationTimestamp}`)) / 1000 }),
    ...(bytes && { memory: Math.round(bytes / 2 ** 20) }),
  };
}

/** How the cluster stands. */
export async function clusterStatus(): Promise<ClusterStatus> {
  if (spaceId() === undefined) return { up: false, pods: [] };
  const client = administrator();
  // The API server knows the pods of a kubelet that does not answer, too.
  const summary = client.nodeSummary(nodeName).catch(() => ({ pods: [] }));
  const pods = await client.list("v1", "Pod");
  const known = await summary;
  return { up: true, pods: pods.map((pod) => podStatus(pod, known)) };
}
