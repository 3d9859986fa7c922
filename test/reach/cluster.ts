import type { KubernetesObject } from "../../cluster/client";
import { namespaces } from "../../components/naming";
import type { ResourceState } from "../../local/engine/document";
import { reveal } from "../../protocol/properties";
import { podsOf } from "../cluster/manifests";
import { type Labels, type NamedPort, type Network, type Pod, type Policy, selects } from "./networkPolicies";

/** A text that a pod is configured by, and where it stands: a variable, a flag, a file. */
export interface Setting {
  readonly by: string;
  readonly text: string;
}

/** A pod that the objects of a stack lead to, whoever makes it. */
export interface ClusterPod extends Pod {
  /** Namespace and role: `dev-platform/tracking`. */
  readonly name: string;
  readonly settings: readonly Setting[];
  /** Whether it has a token for the cluster's API. */
  readonly asksApi: boolean;
}

/** A Service, with the pods and ports that it leads to. */
export interface ClusterService {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Labels;
  readonly ports: readonly {
    readonly name?: string;
    readonly port: number;
    readonly targetPort: number | string;
  }[];
}

/** What the objects of a stack come to in a cluster. */
export interface Cluster extends Network {
  readonly objects: readonly KubernetesObject[];
  readonly policies: readonly (Policy & { readonly name: string })[];
  readonly pods: readonly ClusterPod[];
  readonly services: readonly ClusterService[];
}

/** A resource of a plan. */
export type Planned = Pick<ResourceState, "type" | "inputs">;

/** What is asked for of the types that begin so, without marks of secrets. */
const inputsOf = (resources: readonly Planned[], type: string) =>
  resources
    .filter((resource) => resource.type.startsWith(type))
    .map(({ inputs = {} }) => reveal(inputs) as unknown as KubernetesObject);

/** The objects of a kind. */
export const ofKind = (objects: readonly KubernetesObject[], kind: string) =>
  objects.filter((object) => object.kind === kind);

const namespaceOf = ({ metadata }: KubernetesObject) => `${metadata.namespace}`;

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly args?: readonly string[];
  readonly command?: readonly string[];
}

const settingsOf = ({ env = [], args = [], command = [] }: Container): Setting[] => [
  ...env.flatMap(({ name, value }) => (value === undefined ? [] : [{ by: name, text: value }])),
  ...args.map((text) => ({ by: text.split("=")[0] as string, text })),
  ...command.map((text) => ({ by: "its command", text })),
];

/** The files of the ConfigMaps that a pod mounts. The tail of a runner's config.toml is for its jobs. */
function mountedFiles(objects: readonly KubernetesObject[], { metadata, spec }: KubernetesObject): Setting[] {
  const names = (spec.volumes ?? []).map(({ configMap }: KubernetesObject) => configMap?.name);
  return ofKind(objects, "ConfigMap")
    .filter((map) => map.metadata.namespace === metadata.namespace && names.includes(map.metadata.name))
    .flatMap(({ data }) => Object.entries<string>(data))
    .filter(([file]) => file !== "tail.toml")
    .map(([file, text]) => ({ by: file.replace("head.", "config."), text }));
}

/** A token without an audience is one for the API. */
const hasApiToken = (spec: KubernetesObject["spec"]): boolean =>
  (spec.volumes ?? [])
    .flatMap(({ projected }: KubernetesObject) => projected?.sources ?? [])
    .some(({ serviceAccountToken: token }: KubernetesObject) => token && token.audience === undefined);

/** The ports that the containers of a pod name. */
export const portsOf = ({ spec }: KubernetesObject): NamedPort[] =>
  spec.containers.flatMap(({ ports = [] }: KubernetesObject) =>
    ports.map(({ name, containerPort, protocol }: KubernetesObject) => ({
      name: `${name}`,
      port: Number(containerPort),
      ...(protocol && { protocol }),
    })),
  );

function templatePod(objects: readonly KubernetesObject[], pod: KubernetesObject): ClusterPod {
  const labels = pod.metadata.labels as Labels;
  const containers: Container[] = pod.spec.containers;
  return {
    name: `${namespaceOf(pod)}/${labels["app.kubernetes.io/name"]}`,
    namespace: namespaceOf(pod),
    labels,
    ports: portsOf(pod),
    settings: [...containers.flatMap(settingsOf), ...mountedFiles(objects, pod)],
    asksApi: hasApiToken(pod.spec),
  };
}

/** The CI variables that GitLab gives to the jobs of a namespace. */
const ciVariables = (resources: readonly Planned[], namespace: string): Setting[] =>
  inputsOf(resources, "gitlab:index/projectVariable:")
    .filter(
      ({ environmentScope, project }) =>
        namespaces(environmentScope).ci(project.split("/").at(-1)) === namespace,
    )
    .map(({ key, value }) => ({ by: key, text: value }));

/** The pod of a runner's jobs: labels, variables and GitLab are in the runner's configuration. */
function jobPods(resources: readonly Planned[], map: KubernetesObject): ClusterPod[] {
  const { "head.toml": head = "", "tail.toml": tail } = map.data ?? {};
  if (!tail) return [];
  const written = /^pod_labels = \{(.*)\}$/m.exec(tail)?.[1] ?? "";
  const pairs = [...written.matchAll(/"([^"]+)" = "([^"]*)"/g)].map(([, key, value]) => [key, value]);
  const labels: Labels = Object.fromEntries(pairs);
  const patch = JSON.parse(JSON.parse(/"patch" = ("(?:[^"\\]|\\.)*")/.exec(tail)?.[1] as string));
  return [
    {
      name: `${namespaceOf(map)}/${labels["app.kubernetes.io/name"]} (runner's job)`,
      namespace: namespaceOf(map),
      labels,
      ports: [],
      settings: [
        ...patch.containers.flatMap(settingsOf),
        ...ciVariables(resources, namespaceOf(map)),
        { by: "config.toml", text: head },
      ],
      asksApi: hasApiToken(patch),
    },
  ];
}

/** A pod of PostgreSQL, with the labels and ports that CloudNativePG 1.30 gives it (pkg/specs/pods.go). */
function databasePod(cluster: KubernetesObject): ClusterPod {
  const { name } = cluster.metadata;
  return {
    name: `${namespaceOf(cluster)}/${name}`,
    namespace: namespaceOf(cluster),
    labels: {
      "app.kubernetes.io/name": "postgresql",
      "app.kubernetes.io/instance": name,
      "app.kubernetes.io/component": "database",
      "app.kubernetes.io/managed-by": "cloudnative-pg",
      "cnpg.io/cluster": name,
      "cnpg.io/instanceName": `${name}-1`,
      "cnpg.io/instanceRole": "primary",
      "cnpg.io/podRole": "instance",
    },
    ports: [
      { name: "postgresql", port: 5432 },
      { name: "metrics", port: 9187 },
      { name: "status", port: 8000 },
    ],
    settings: [{ by: "spec.backup", text: JSON.stringify(cluster.spec.backup ?? {}) }],
    asksApi: true,
  };
}

/** The Service of a PostgreSQL's primary, which the operator makes. */
const databaseService = (cluster: KubernetesObject): ClusterService => ({
  namespace: namespaceOf(cluster),
  name: `${cluster.metadata.name}-rw`,
  selector: { "cnpg.io/cluster": cluster.metadata.name, "cnpg.io/instanceRole": "primary" },
  ports: [{ name: "postgres", port: 5432, targetPort: 5432 }],
});

const serviceOf = (service: KubernetesObject): ClusterService => ({
  namespace: namespaceOf(service),
  name: service.metadata.name,
  selector: service.spec.selector,
  ports: service.spec.ports.map(({ name, port, targetPort = port }: KubernetesObject) => ({
    name,
    port,
    targetPort,
  })),
});

/** What NetworkPolicies and Namespaces come to. */
export const networkOf = (policies: readonly KubernetesObject[], spaces: readonly KubernetesObject[]) => ({
  policies: policies.map((each) => ({
    ...{ name: each.metadata.name, namespace: namespaceOf(each) },
    spec: each.spec,
  })),
  namespaces: Object.fromEntries(spaces.map(({ metadata }) => [metadata.name, metadata.labels as Labels])),
});

/** The pods, Services and policies that planned resources lead to, of one stack or of several in one cluster. */
export function clusterOf(resources: readonly Planned[]): Cluster {
  const objects = inputsOf(resources, "kubernetes:");
  const databases = ofKind(objects, "Cluster");
  return {
    objects,
    ...networkOf(ofKind(objects, "NetworkPolicy"), ofKind(objects, "Namespace")),
    pods: [
      ...podsOf(objects).map((pod) => templatePod(objects, pod)),
      ...ofKind(objects, "ConfigMap").flatMap((map) => jobPods(resources, map)),
      ...databases.map(databasePod),
    ],
    services: [...ofKind(objects, "Service").map(serviceOf), ...databases.map(databaseService)],
  };
}

/** The pods that a Service leads to by one of its ports, of a number or name, and at which port of theirs. */
export function backends(
  { pods, services }: Cluster,
  namespace: string,
  name: string,
  port: number | string,
) {
  const service = services.find((each) => each.namespace === namespace && each.name === name);
  const target = service?.ports.find((each) => each.port === port || each.name === port)?.targetPort;
  if (!service || target === undefined) return [];
  const selector = { matchLabels: { ...service.selector } };
  return pods
    .filter((pod) => pod.namespace === namespace && selects(selector, pod.labels))
    .flatMap((pod) => {
      const ports = typeof target === "number" ? [target] : portsNamed(pod, target);
      return ports.map((number) => ({ pod, port: number }));
    });
}

/** The ports to which a pod's containers give a name. */
export const portsNamed = ({ ports }: Pod, wanted: string) =>
  ports.filter(({ name }) => name === wanted).map(({ port }) => port);
