import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { namespaces as names } from "../naming";
import { profiles } from "../profiles";
import type { ClusterSettings, EnvironmentSettings, ProfileName, UseCaseSettings } from "../settings";
import type { ClusterOptions } from "./foundation";
import { accountability, ownership } from "./labels";
import { buildQuota, ciQuotas, type Quota, releaseQuota } from "./quotas";

/** A namespace as a component is made of it. */
export interface NamespaceArgs {
  /** Who owns it: {@link ownership} and {@link accountability}. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly quota: Quota;
  /** Whether images are built in it: no build does with what `restricted` and `baseline` leave. */
  readonly builds?: boolean;
}

// Rules of Pod Security are those of this version of Kubernetes, until it is raised here.
const podSecurityVersion = "v1.31";
const podSecurity = (level: "restricted" | "privileged"): Record<string, string> =>
  Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      [`pod-security.kubernetes.io/${mode}-version`, podSecurityVersion],
    ]),
  );

const dns = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

const hard = ({ cpu, memory, pods, gpus = 0, volumes = 0 }: Quota) => ({
  "requests.cpu": String(cpu),
  "requests.memory": `${memory}Gi`,
  "limits.memory": `${memory}Gi`,
  pods: String(pods),
  persistentvolumeclaims: String(volumes),
  "requests.nvidia.com/gpu": String(gpus),
  "services.nodeports": "0",
  "services.loadbalancers": "0",
});

/** A namespace where Pod Security is `restricted` (but where images are built), all traffic but DNS is denied until a policy opens it, and use is bounded. */
export class IsolatedNamespace extends pulumi.ComponentResource {
  constructor(name: string, args: NamespaceArgs, opts: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:IsolatedNamespace", name, {}, opts);
    const own = { provider: opts.provider, parent: this };
    const made = new core.Namespace(
      name,
      {
        metadata: {
          name,
          labels: { ...args.labels, ...podSecurity(args.builds ? "privileged" : "restricted") },
          annotations: args.annotations,
        },
      },
      own,
    );
    const inside = { ...own, dependsOn: [made] };
    const within = (object: string) => ({ name: object, namespace: name, labels: args.labels });
    const all = { podSelector: {} };
    new networking.NetworkPolicy(
      `${name}-deny`,
      { metadata: within("default-deny"), spec: { ...all, policyTypes: ["Ingress", "Egress"] } },
      inside,
    );
    new networking.NetworkPolicy(
      `${name}-dns`,
      { metadata: within("dns"), spec: { ...all, policyTypes: ["Egress"], egress: [dns] } },
      inside,
    );
    new core.ResourceQuota(
      `${name}-quota`,
      { metadata: within("quota"), spec: { hard: hard(args.quota) } },
      inside,
    );
    const sizes = { default: { memory: "256Mi" }, defaultRequest: { cpu: "50m", memory: "256Mi" } };
    new core.LimitRange(
      `${name}-limits`,
      { metadata: within("limits"), spec: { limits: [{ type: "Container", ...sizes }] } },
      inside,
    );
    this.registerOutputs({});
  }
}

/** Room for all replicas of the model server, one more while they roll, and the monitor. */
function serving(profile: ProfileName): Quota {
  const [, most] = profiles[profile].servingReplicas;
  return { cpu: most + 2, memory: most + 4, pods: most + 6 };
}

/** The namespaces of an environment, from its settings. */
export interface EnvironmentNamespacesArgs {
  readonly settings: EnvironmentSettings;
  readonly cluster: Pick<ClusterSettings, "runner" | "builds">;
  readonly options: Omit<ClusterOptions, "dependsOn">;
}

/** The namespaces of an environment; everything in them is made after them. */
export function isolatedNamespaces({
  settings,
  cluster,
  options,
}: EnvironmentNamespacesArgs): IsolatedNamespace[] {
  const { environment, profile, target, useCases } = settings;
  const of = names(environment);
  const make = (name: string, quota: Quota, useCase?: UseCaseSettings, builds = false) => {
    const labels = ownership(settings, useCase?.name);
    const annotations = useCase ? accountability(useCase) : {};
    return new IsolatedNamespace(name, { labels, annotations, quota, builds }, options);
  };
  return [
    make(of.platform, { cpu: 4, memory: 8, pods: 20 }),
    ...(target === "kubernetes" ? [make(of.data, { cpu: 8, memory: 32, pods: 20, volumes: 12 })] : []),
    ...(cluster.runner ? [make(of.release, releaseQuota)] : []),
    ...(cluster.builds ? [make(of.build, buildQuota, undefined, true)] : []),
    ...useCases.flatMap((useCase) => [
      make(of.useCase(useCase.name), serving(profile), useCase),
      make(of.ci(useCase.name), { ...ciQuotas[profile], gpus: useCase.gpu ? 1 : 0 }, useCase),
    ]),
  ];
}
