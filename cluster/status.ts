import type { Condition } from "./client";
import { administrator } from "./controlPlane";
import { spaceId } from "./space";

/** A pod, and whether it is ready: one that has done its work is. */
export interface PodStatus {
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
}

/** Whether the cluster is up, and its pods. */
export interface ClusterStatus {
  readonly up: boolean;
  readonly pods: readonly PodStatus[];
}

/** How the cluster stands. */
export async function clusterStatus(): Promise<ClusterStatus> {
  if (spaceId() === undefined) return { up: false, pods: [] };
  const pods = await administrator().list("v1", "Pod");
  return {
    up: true,
    pods: pods.map(({ metadata: { namespace = "", name }, status }) => ({
      namespace,
      name,
      ready:
        status.phase === "Succeeded" ||
        (status.conditions ?? []).some((one: Condition) => one.type === "Ready" && one.status === "True"),
    })),
  };
}
