import type { Cluster } from "./cluster";
import { type NamedEnd, needLine, needsOf, openedLines } from "./needs";
import { mayConnect, type Pod } from "./networkPolicies";
import { others, placesOf } from "./outside";

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
export function unmet(cluster: Cluster, stack: string): string[] {
  const closed = needsOf(cluster, placesOf(stack)).filter(
    ({ from, to, port, protocol }) => !mayConnect(cluster, from, to, port, protocol),
  );
  return [...new Set(closed.map(needLine))];
}

/** What policies open, and no pod needs. */
export function unneeded(
  cluster: Cluster,
  stack: string,
  outside: readonly NamedEnd[] = placesOf(stack),
): string[] {
  const needed = new Set(needsOf(cluster, placesOf(stack)).map(needLine));
  return [...new Set(opened(cluster, outside))].filter((line) => !needed.has(line));
}

/** The ranges of policies that are none of the settings'. */
export function unknownRanges({ policies }: Cluster, stack: string): string[] {
  const known = placesOf(stack).map(({ range }) => range);
  const found = JSON.stringify(policies).matchAll(/"cidr":"([^"]+)"/g);
  return [...new Set([...found].map(([, range = ""]) => range))].filter((range) => !known.includes(range));
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
