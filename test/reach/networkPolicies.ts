import { BlockList, isIPv6 } from "node:net";
import type { input } from "@pulumi/kubernetes/types";
import type { Unwrap } from "@pulumi/pulumi";
import { fits } from "../../policies/selectors";
import type { Value } from "../../protocol/properties";

/** What a NetworkPolicy of `networking.k8s.io/v1` asks for. */
export type PolicySpec = Unwrap<input.networking.v1.NetworkPolicySpec>;

type Peer = Unwrap<input.networking.v1.NetworkPolicyPeer>;
type PolicyPort = Unwrap<input.networking.v1.NetworkPolicyPort>;
type Selector = Unwrap<input.meta.v1.LabelSelector>;

/** Labels of a pod or of a namespace. */
export type Labels = Readonly<Record<string, string>>;

/** A NetworkPolicy in its namespace. */
export interface Policy {
  readonly namespace: string;
  readonly spec: PolicySpec;
}

/** A port that a container names; policies may use the name. */
export interface NamedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol?: string;
}

/** A pod as NetworkPolicies see it. The same pod at both ends of a connection stands for two replicas. */
export interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly NamedPort[];
  readonly address?: string;
}

/** An end of a connection: a pod, or an address that is no pod's. */
export type End = Pod | { readonly address: string };

/** The policies of a cluster, and the labels of its namespaces. */
export interface Network {
  readonly policies: readonly Policy[];
  readonly namespaces: Readonly<Record<string, Labels>>;
}

/** Ports that may be connected to, both ends included. */
export interface Opening {
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

type Direction = "Ingress" | "Egress";

const isPod = (end: End): end is Pod => "namespace" in end;

const whole = (protocol: string): Opening => ({ protocol, first: 1, last: 65_535 });

const everything = ["TCP", "UDP", "SCTP"].map(whole);

/** Whether labels fit a selector; an empty one fits all. Throws for a selector that is not known. */
export function selects(selector: Selector | undefined, labels: Labels): boolean {
  const { verdict, why } = fits(selector as Value | undefined, labels);
  if (verdict === "open") throw new Error(`${JSON.stringify(selector)}: ${why}`);
  return verdict === "pass";
}

/** Without `policyTypes` a policy is for ingress, and for egress too where it has such rules. */
const directionsOf = ({ policyTypes, egress }: PolicySpec): readonly string[] =>
  policyTypes?.length ? policyTypes : ["Ingress", ...(egress?.length ? ["Egress"] : [])];

/** The rules of a direction, with the other end and the ports of each. */
const rulesOf = ({ ingress = [], egress = [] }: PolicySpec, direction: Direction) =>
  direction === "Ingress"
    ? ingress.map(({ from, ports }) => ({ peers: from, ports }))
    : egress.map(({ to, ports }) => ({ peers: to, ports }));

function inRange(range: string, address: string): boolean {
  const [first = "", length] = range.split("/");
  if (isIPv6(first) !== isIPv6(address)) return false;
  const family = isIPv6(first) ? "ipv6" : "ipv4";
  const block = new BlockList();
  block.addSubnet(first, Number(length), family);
  return block.check(address, family);
}

/** The labels of a namespace; its name is one that the API server sets itself. */
const labelsOf = ({ namespaces }: Network, name: string): Labels => ({
  ...namespaces[name],
  "kubernetes.io/metadata.name": name,
});

/** Whether an end is one of a rule's peers; `home` is the namespace of its policy. */
export function isPeer(network: Network, home: string, peer: Peer, end: End): boolean {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  const { address } = end;
  if (ipBlock) {
    const holds = (range: string) => address !== undefined && inRange(range, address);
    return holds(ipBlock.cidr) && !ipBlock.except?.some(holds);
  }
  if (!namespaceSelector && !podSelector) throw new Error(`a peer in ${home} names nobody`);
  if (!isPod(end)) return false;
  const placed = namespaceSelector
    ? selects(namespaceSelector, labelsOf(network, end.namespace))
    : end.namespace === home;
  return placed && selects(podSelector, end.labels);
}

/** What a rule's entry opens at a destination, whose containers say what a name of a port is. */
function opened({ protocol = "TCP", port, endPort }: PolicyPort, to: End): Opening[] {
  if (port === undefined) return [whole(protocol)];
  if (typeof port === "number") return [{ protocol, first: port, last: endPort ?? port }];
  const named = isPod(to) ? to.ports : [];
  return named
    .filter((each) => each.name === port && (each.protocol ?? "TCP") === protocol)
    .map((each) => ({ protocol, first: each.port, last: each.port }));
}

/** What the policies of one end allow. Policies add up; no policy of a direction allows everything. */
function allowed(network: Network, direction: Direction, from: End, to: End): readonly Opening[] {
  const [self, other] = direction === "Egress" ? [from, to] : [to, from];
  if (!isPod(self)) return everything;
  const own = network.policies.filter(
    ({ namespace, spec }) =>
      namespace === self.namespace &&
      selects(spec.podSelector, self.labels) &&
      directionsOf(spec).includes(direction),
  );
  if (own.length === 0) return everything;
  return own.flatMap(({ namespace, spec }) =>
    rulesOf(spec, direction)
      .filter(({ peers }) => !peers?.length || peers.some((peer) => isPeer(network, namespace, peer, other)))
      .flatMap(({ ports }) => (ports?.length ? ports.flatMap((port) => opened(port, to)) : everything)),
  );
}

function common(one: Opening, other: Opening): Opening[] {
  const [first, last] = [Math.max(one.first, other.first), Math.min(one.last, other.last)];
  return one.protocol === other.protocol && first <= last ? [{ ...one, first, last }] : [];
}

/** Adds an opening to a sorted list, as a part of its last one where they touch. */
function joined(list: readonly Opening[], next: Opening): Opening[] {
  const before = list.at(-1);
  if (before?.protocol !== next.protocol || next.first > before.last + 1) return [...list, next];
  return [...list.slice(0, -1), { ...before, last: Math.max(before.last, next.last) }];
}

/** The ports of `to` that `from` may connect to: what the egress of one and the ingress of the other both allow. */
export function openings(network: Network, from: End, to: End): readonly Opening[] {
  const ingress = allowed(network, "Ingress", from, to);
  return allowed(network, "Egress", from, to)
    .flatMap((one) => ingress.flatMap((other) => common(one, other)))
    .sort((one, other) => one.protocol.localeCompare(other.protocol) || one.first - other.first)
    .reduce<readonly Opening[]>(joined, []);
}

/** Whether `from` may connect to a port of `to`. */
export const mayConnect = (network: Network, from: End, to: End, port: number, protocol = "TCP"): boolean =>
  openings(network, from, to).some(
    (each) => each.protocol === protocol && each.first <= port && port <= each.last,
  );
