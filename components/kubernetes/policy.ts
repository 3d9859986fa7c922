import { BlockList, isIPv6 } from "node:net";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type { input } from "@pulumi/kubernetes/types";
import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../errors";
import type { Egress, Pod, PodPlace, PodScope } from "./foundation";
import { labels, selector } from "./labels";

type Peer = input.networking.v1.NetworkPolicyPeer;
type Block = input.networking.v1.IPBlock;

/** Peers that may connect to a port of a pod. */
export interface Ingress {
  readonly from: readonly Peer[];
  readonly port: number;
}

// What a cloud gives any caller on a node: its identity's tokens and its start-up secrets.
const metadata = ["169.254.169.254", "168.63.129.16", "fd00:ec2::254"];

const ofNamespace = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });

/** The pods of one role in their namespace. */
export const podPeer = (pod: PodPlace): Peer => ({
  namespaceSelector: ofNamespace(pod.namespace),
  podSelector: { matchLabels: selector(pod) },
});

/** Every pod of a namespace that others keep, such as the ingress controller's. */
export const namespacePeer = (name: string): Peer => ({ namespaceSelector: ofNamespace(name) });

/**
 * Refuses a range that contains a cloud's metadata address; 0.0.0.0/0 is one. Throws with the key, the range and the
 * fix.
 */
export function refuseMetadata(key: string, range: string): string {
  const [address = "", length] = range.split("/");
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  const block = new BlockList();
  block.addSubnet(address, Number(length), family);
  const inside = metadata.find((one) => isIPv6(one) === isIPv6(address) && block.check(one, family));
  if (!inside) return range;
  throw new InputError(
    key,
    range,
    `it opens the cloud's metadata address ${inside}; give narrower ranges, as 192.0.2.10/32`,
  );
}

/** Addresses of a range. */
export const rangePeer = (cidr: string): Peer => ({ ipBlock: { cidr } });

/** The ingress controller: its pods, and its nodes where it runs in their network. */
export const controllerPeers = (namespace: string, ranges: readonly string[]): Peer[] => [
  namespacePeer(namespace),
  ...ranges.map(rangePeer),
];

/**
 * Openings to ranges outside of the cluster: the forge, the provider of logins, the cloud's token endpoint. Port 443,
 * and what the scope names beside it.
 */
export function externalEgress({
  egressRanges,
  egressPorts,
}: Pick<PodScope, "egressRanges" | "egressPorts">): Egress[] {
  if (egressRanges.length === 0) return [];
  const to = egressRanges.map((range) => rangePeer(refuseMetadata("ecluse:cluster.egressRanges", range)));
  return [{ to, ports: [...new Set([443, ...egressPorts])] }];
}

/** Ports of a NetworkPolicy's rule. */
export const tcp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: "TCP", port }));

function guarded(name: string, peer: Peer): Peer {
  const block = peer.ipBlock as Block | pulumi.Output<Block> | undefined;
  if (!block) return peer;
  const check = (cidr: string) => refuseMetadata(`NetworkPolicy ${name}`, cidr);
  // A range of the settings is refused before anything is made; one that a resource gives, when it is known.
  if ("cidr" in block && typeof block.cidr === "string") check(block.cidr);
  const ipBlock = pulumi.output(block).apply((known) => ({ ...known, cidr: check(known.cidr) }));
  return { ...peer, ipBlock };
}

function rule(name: string, peers: readonly Peer[]): Peer[] {
  // An empty list of peers means all of them.
  if (peers.length === 0)
    throw new Error(
      `NetworkPolicy ${name} has an opening without peers, which opens all: name them, or leave it out`,
    );
  return peers.map((peer) => guarded(name, peer));
}

/** Opens what a pod takes and makes, and nothing else; its namespace denies the rest and opens DNS. */
export function networkPolicy(
  { options }: Pick<PodScope, "options">,
  pod: Pod,
  openings: { readonly ingress: readonly Ingress[]; readonly egress: readonly Egress[] },
): networking.NetworkPolicy {
  const name = `${pod.namespace}/${pod.role}`;
  const ingress = openings.ingress.map(({ from, port }) => ({ from: rule(name, from), ports: tcp(port) }));
  const egress = openings.egress.map(({ to, ports }) => ({ to: rule(name, to), ports: tcp(...ports) }));
  return new networking.NetworkPolicy(
    `${pod.name}-policy`,
    {
      metadata: { name: pod.role, namespace: pod.namespace, labels: labels(pod) },
      spec: {
        podSelector: { matchLabels: selector(pod) },
        policyTypes: ["Ingress", "Egress"],
        // The API drops an empty list, so that one would be a change at each update.
        ...(ingress.length > 0 && { ingress }),
        ...(egress.length > 0 && { egress }),
      },
    },
    options,
  );
}
