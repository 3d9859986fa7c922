import type { KubernetesObject } from "../../cluster/client";
import { backends, type Cluster, type ClusterPod, ofKind, portsNamed } from "./cluster";
import { type End, type Opening, openings, selects } from "./networkPolicies";
import { namesOnly, others, type Place } from "./outside";

/** An end of a connection with the name that it has in messages. */
export type NamedEnd = End & { readonly name: string };

/** A connection that one end is configured to open to another, and what says so. */
export interface Need {
  readonly from: NamedEnd;
  readonly to: NamedEnd;
  readonly port: number;
  readonly protocol: string;
  readonly by: string;
}

const need = (from: NamedEnd, to: NamedEnd, port: number, by: string, protocol = "TCP"): Need => ({
  ...{ from, to, port, protocol, by },
});

const usualPorts: Readonly<Record<string, number>> = { http: 80, https: 443, wasbs: 443 };

const url = /([a-z][a-z0-9+]*):\/\/(?:[^@/\s"\\]*@)?([a-z0-9.-]+)(?::(\d+))?/g;
const ofService = /(?<![\w/@.-])([a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.[a-z.]+)?):(\d+)/g;

/** The hosts and ports that a text has addresses of; that of an S3 bucket names its endpoint beside it. */
function calledIn(text: string): { readonly host: string; readonly port: number }[] {
  const plain = text.replaceAll("%3A", ":").replaceAll("%2F", "/");
  const urls = [...plain.matchAll(url)].filter(([, scheme]) => scheme !== "s3");
  return [
    ...urls.map(([, scheme = "", host = "", port]) => ({ host, port: Number(port ?? usualPorts[scheme]) })),
    ...[...plain.matchAll(ofService)].map(([, host = "", port]) => ({ host, port: Number(port) })),
  ];
}

/** Where a host and port lead. Throws for a host that is neither a Service of the cluster nor a known place. */
function destinations(
  cluster: Cluster,
  places: readonly Place[],
  host: string,
  port: number,
): { readonly to: NamedEnd; readonly port: number }[] {
  const place = places.find(({ hosts }) => hosts.includes(host));
  if (place) return (place.ports ?? [port]).map((each) => ({ to: place, port: each }));
  const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/.exec(host) ?? [];
  const found = name && namespace ? backends(cluster, namespace, name, port) : [];
  if (found.length === 0)
    throw new Error(
      `${host}:${port} leads nowhere: no Service has it, nor does test/reach/outside.ts; correct the one or the other`,
    );
  return found.map(({ pod, port: own }) => ({ to: pod, port: own }));
}

/** Names by which browsers come, and names that are no address. */
const uncalled = ({ objects }: Cluster) =>
  new Set([
    ...namesOnly,
    ...ofKind(objects, "Ingress").flatMap(({ spec }) => spec.rules.map(({ host }: { host: string }) => host)),
  ]);

/** What a pod calls by its settings; its own name is there for those who call it. */
function configured(cluster: Cluster, places: readonly Place[], pod: ClusterPod): Need[] {
  const skipped = uncalled(cluster);
  const calls = pod.settings.flatMap(({ by, text }) => calledIn(text).map((call) => ({ by, ...call })));
  return calls
    .filter(({ host }) => !skipped.has(host))
    .flatMap(({ host, port, by }) =>
      destinations(cluster, places, host, port).map((found) => need(pod, found.to, found.port, by)),
    )
    .filter(({ to }) => to !== pod);
}

function asked(places: readonly Place[], pod: ClusterPod): Need[] {
  const api = places.find(({ name }) => name === "API server");
  if (!pod.asksApi || !api) return [];
  return (api.ports ?? []).map((port) => need(pod, api, port, "a token for the API"));
}

const resolved = (pod: ClusterPod): Need[] =>
  ["TCP", "UDP"].map((protocol) => need(pod, others.dns, 53, "names of hosts", protocol));

/** What Ingress objects have their controller call. */
const shown = (cluster: Cluster): Need[] =>
  ofKind(cluster.objects, "Ingress").flatMap(({ metadata, spec }) => {
    const paths: KubernetesObject[] = spec.rules.flatMap(({ http }: KubernetesObject) => http.paths);
    return paths.flatMap(({ backend }) => {
      const { name, port } = backend.service;
      const found = backends(cluster, `${metadata.namespace}`, name, port.name);
      return found.map(({ pod, port: own }) => need(others.gate, pod, own, "an Ingress"));
    });
  });

/** What PodMonitors have Prometheus read. */
const scraped = ({ objects, pods }: Cluster): Need[] =>
  ofKind(objects, "PodMonitor").flatMap(({ metadata, spec }) => {
    const endpoints: { readonly port: string }[] = spec.podMetricsEndpoints;
    return pods
      .filter((pod) => pod.namespace === metadata.namespace && selects(spec.selector, pod.labels))
      .flatMap((pod) => endpoints.flatMap(({ port }) => portsNamed(pod, port)).map((port) => ({ pod, port })))
      .map(({ pod, port }) => need(others.prometheus, pod, port, "a PodMonitor"));
  });

/** What no object says, with the reason. */
function unwritten({ pods }: Cluster, places: readonly Place[]): Need[] {
  const databases = pods.filter(({ labels }) => "cnpg.io/cluster" in labels);
  const builds = pods.filter(({ labels }) => labels["app.kubernetes.io/name"] === "build");
  const indexes = places.filter(({ name }) => name === "package indexes");
  return [
    ...databases.flatMap((pod) => [
      need(pod, pod, 5432, "replication"),
      need(pod, pod, 8000, "state of the replicas"),
      need(others.operator, pod, 5432, "the operator's work"),
      need(others.operator, pod, 8000, "the operator's work"),
    ]),
    ...builds.flatMap((pod) => indexes.map((to) => need(pod, to, 443, "builds.egressRanges"))),
  ];
}

/** Every connection that a stack's pods need, or that others need to them. */
export const needsOf = (cluster: Cluster, places: readonly Place[]): Need[] => [
  ...cluster.pods.flatMap((pod) => [
    ...configured(cluster, places, pod),
    ...asked(places, pod),
    ...resolved(pod),
  ]),
  ...shown(cluster),
  ...scraped(cluster),
  ...unwritten(cluster, places),
];

const portsOf = ({ first, last, protocol }: Opening) =>
  `${first === last ? first : `${first}-${last}`}/${protocol}`;

/** A need as a line, in the words of {@link openedLines}. */
export const needLine = ({ from, to, port, protocol }: Need) =>
  `${from.name} → ${to.name} ${portsOf({ first: port, last: port, protocol })}`;

/** Every connection that may be opened from one of some ends to one of others. */
export const openedLines = (cluster: Cluster, from: readonly NamedEnd[], to: readonly NamedEnd[]): string[] =>
  from.flatMap((one) =>
    to.flatMap((other) =>
      openings(cluster, one, other).map((opening) => `${one.name} → ${other.name} ${portsOf(opening)}`),
    ),
  );
