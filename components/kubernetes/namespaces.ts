import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { namespaces as names } from "../naming";
import { profiles } from "../profiles";
import type { EnvironmentSettings, ProfileName, UseCaseSettings } from "../settings";
import type { Foundation } from "./foundation";
import { accountability, ownership } from "./labels";
import { buildQuota, ciQuotas, type Quota, releaseQuota } from "./quotas";

type Base = Pick<Foundation, "settings" | "cluster"> & {
  readonly options: Pick<Foundation["options"], "provider" | "parent">;
};

/** A namespace as a component is made of it. */
export interface NamespaceArgs {
  readonly settings: EnvironmentSettings;
  readonly quota: Quota;
  readonly useCase?: UseCaseSettings;
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
    const labels = ownership(args.settings, args.useCase?.name);
    const annotations = args.useCase ? accountability(args.useCase) : {};
    const own = { provider: opts.provider, parent: this };
    const made = new core.Namespace(
      name,
      {
        metadata: {
          name,
          labels: { ...labels, ...podSecurity(args.builds ? "privileged" : "restricted") },
          annotations,
        },
      },
      own,
    );
    const inside = { ...own, dependsOn: [made] };
    const within = (object: string) => ({ name: object, namespace: name, labels });
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

/** The namespaces of an environment; everything in them is made after them. */
export function isolatedNamespaces(base: Base): IsolatedNamespace[] {
  const { environment, profile, target, useCases } = base.settings;
  const of = names(environment);
  const make = (name: string, quota: Quota, more: Partial<NamespaceArgs> = {}) =>
    new IsolatedNamespace(name, { settings: base.settings, quota, ...more }, base.options);
  return [
    make(of.platform, { cpu: 4, memory: 8, pods: 20 }),
    ...(target === "kubernetes" ? [make(of.data, { cpu: 8, memory: 32, pods: 20, volumes: 12 })] : []),
    ...(base.cluster.runner ? [make(of.release, releaseQuota)] : []),
    ...(base.cluster.builds ? [make(of.build, buildQuota, { builds: true })] : []),
    ...useCases.flatMap((useCase) => [
      make(of.useCase(useCase.name), serving(profile), { useCase }),
      make(of.ci(useCase.name), { ...ciQuotas[profile], gpus: useCase.gpu ? 1 : 0 }, { useCase }),
    ]),
  ];
}
