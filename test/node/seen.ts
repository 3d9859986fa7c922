import type { Client, KubernetesObject } from "../../cluster/client";
import { networkOf, portsOf } from "../reach/cluster";
import type { Network, Pod } from "../reach/networkPolicies";

/** A pod that was seen, with its address. */
export interface SeenPod extends Pod {
  /** Namespace and role: `dev-platform/tracking`. */
  readonly name: string;
  readonly address: string;
  /** The name by which kubectl knows it. */
  readonly id: string;
  /** Whether it runs; one that has done its work does not. */
  readonly runs: boolean;
}

function seenPod(pod: KubernetesObject): SeenPod {
  const { metadata, status } = pod;
  const labels = (metadata.labels ?? {}) as Record<string, string>;
  const namespace = `${metadata.namespace}`;
  return {
    name: `${namespace}/${labels["app.kubernetes.io/name"] ?? metadata.name}`,
    id: metadata.name,
    runs: status.phase === "Running",
    namespace,
    labels,
    ports: portsOf(pod),
    address: status.podIP,
  };
}

/** The pods with an address of their own. */
export const seenPods = async (client: Client): Promise<SeenPod[]> =>
  (await client.list("v1", "Pod"))
    .filter(({ status, spec }) => status?.podIP && !spec.hostNetwork)
    .map(seenPod);

/** The NetworkPolicies as they are now. */
export const seenNetwork = async (client: Client): Promise<Network> =>
  networkOf(await client.list("networking.k8s.io/v1", "NetworkPolicy"), await client.list("v1", "Namespace"));
