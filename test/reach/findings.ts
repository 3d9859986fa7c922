import type { Cluster } from "./cluster";
import { type NamedEnd, needLine, needsOf, openedLines } from "./needs";
import { isPeer, mayConnect, type Pod } from "./networkPolicies";
import { others, type Place } from "./outside";

/** Ends that no pod has a reason to reach: what a cloud gives to nodes, and the internet. */
export const farAway: readonly NamedEnd[] = [
  "169.254.169.254",
  "168.63.129.16",
  "fd00:ec2::254",
  "1.1.1.1",
  "2001:db8::1",
].map((address) => ({ name: address, address }));

/** Pods beside the environments, which no policy knows. */
export const neighbours: readonly NamedEnd[] = ["kube-system", "monitoring", "cnpg-system", "default"].map(
  (namespace) => ({
    name: `a pod of ${namespace}`,
    ...{ namespace, labels: {}, ports: [] },
  }),
);

/** All that may be opened from or to the pods of a stack, by the ends that its cluster has. */
export function opened(cluster: Cluster, outside: readonly NamedEnd[]): string[] {
  const around = [...Object.values(others), ...neighbours, ...outside];
  return [
    ...openedLines(cluster, cluster.pods, [...cluster.pods, ...around]),
    ...openedLines(cluster, around, cluster.pods),
  ];
}

/** What pods need and policies do not open. */
export function unmet(cluster: Cluster, places: readonly Place[]): string[] {
  const closed = needsOf(cluster, places).filter(
    ({ from, to, port, protocol }) => !mayConnect(cluster, from, to, port, protocol),
  );
  return [...new Set(closed.map(needLine))];
}

/** What policies open, and no pod needs. */
export function unneeded(
  cluster: Cluster,
  places: readonly Place[],
  outside: readonly NamedEnd[] = places,
): string[] {
  const needed = new Set(needsOf(cluster, places).map(needLine));
  return [...new Set(opened(cluster, outside))].filter((line) => !needed.has(line));
}

/** The peers of policies that nobody knows: ranges that are none of the settings', and selectors of other pods. */
export function unknownPeers(cluster: Cluster, places: readonly Place[]): string[] {
  const ranges = places.map(({ range }) => range);
  const ends = [...cluster.pods, ...Object.values(others)];
  return cluster.policies.flatMap(({ namespace, name, spec }) => {
    const rules = [
      ...(spec.ingress ?? []).map(({ from }) => from),
      ...(spec.egress ?? []).map(({ to }) => to),
    ];
    const unknown = rules
      .flatMap((peers) => peers ?? [])
      .filter((peer) =>
        peer.ipBlock
          ? !ranges.includes(peer.ipBlock.cidr)
          : !ends.some((end) => isPeer(cluster, namespace, peer, end)),
      );
    return unknown.map((peer) => `${namespace}/${name}: ${JSON.stringify(peer)}`);
  });
}

const roleOf = ({ labels }: Pod) => labels["app.kubernetes.io/name"];

/** Pods with the labels of others, or with none, in each namespace that has no such pod, and in one of nobody. */
function impostors({ pods, namespaces }: Cluster): (NamedEnd & Pod)[] {
  return [...Object.keys(namespaces), "default"].flatMap((namespace) => {
    const own = new Set(pods.filter((pod) => pod.namespace === namespace).map(roleOf));
    return [{ labels: {}, name: "a pod" }, ...pods]
      .map(({ name, labels }) => ({ name: `${name} in ${namespace}`, namespace, labels, ports: [] }))
      .filter((pod) => !own.has(roleOf(pod)));
  });
}

/**
 * What impostors may open, and others to them, beside DNS. Outside of the environments it is what they may open to
 * these, and these to them.
 */
export const impostures = (cluster: Cluster): string[] =>
  impostors(cluster).flatMap((impostor) => {
    const inside = impostor.namespace in cluster.namespaces;
    const ends = [...cluster.pods, ...(inside ? [...Object.values(others), ...neighbours, ...farAway] : [])];
    const open = [...openedLines(cluster, [impostor], ends), ...openedLines(cluster, ends, [impostor])];
    return open.filter((line) => !/ → cluster DNS 53\/(TCP|UDP)$/.test(line));
  });

/** What pods of one environment may open to those of another. */
export function crossings(cluster: Cluster): string[] {
  const of = ({ namespace }: Pod) => cluster.namespaces[namespace]?.["ecluse.local/environment"];
  return cluster.pods.flatMap((pod) => {
    const foreign = cluster.pods.filter((other) => of(other) !== of(pod));
    return openedLines(cluster, [pod], foreign);
  });
}
