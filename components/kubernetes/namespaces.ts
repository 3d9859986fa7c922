import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { namespaces as names } from "../naming";
import { profiles } from "../profiles";
import {
  type ClusterSettings,
  type DnsSettings,
  type EnvironmentSettings,
  type UseCaseSettings,
  usualDns,
} from "../settings";
import type { ClusterOptions } from "./foundation";
import { accountability, ownership } from "./labels";
import { namespacePeer, rangePeer } from "./policy";
import {
  buildQuota,
  ciQuota,
  dataQuota,
  platformQuota,
  type Quota,
  releaseQuota,
  servingQuota,
} from "./quotas";

/** A namespace as a component is made of it. */
export interface NamespaceArgs {
  /** Who owns it: {@link ownership} and {@link accountability}. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly quota: Quota;
  /** The cluster's DNS; where most clusters have it, if unset. */
  readonly dns?: DnsSettings;
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

/** Some networks judge a connection before the port of the DNS's Service is translated to its pods', some after. */
function dnsOpening({ namespace, labels, port, ranges }: DnsSettings) {
  const pods = { ...namespacePeer(namespace), podSelector: { matchLabels: labels } };
  const ports = [...new Set([53, port])];
  return {
    to: [pods, ...ranges.map(rangePeer)],
    ports: ports.flatMap((each) => ["UDP", "TCP"].map((protocol) => ({ protocol, port: each }))),
  };
}

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

/** A namespace whose pods are closed in: Pod Security, no traffic but DNS until a policy opens it, and bounded use. */
export class IsolatedNamespace extends pulumi.ComponentResource {
  constructor(name: string, args: NamespaceArgs, opts: pulumi.ComponentResourceOptions) {
    super("ecluse:kubernetes:IsolatedNamespace", name, {}, opts);
    const own = { provider: opts.provider, parent: this };
    const level = podSecurity(args.builds ? "privileged" : "restricted");
    const metadata = { name, labels: { ...args.labels, ...level }, annotations: args.annotations };
    const made = new core.Namespace(name, { metadata }, own);
    const inside: Inside = {
      name,
      metadata: (object) => ({ name: object, namespace: name, labels: args.labels }),
      options: { ...own, dependsOn: [made] },
    };
    denyTraffic(inside, args.dns ?? { ...usualDns, ranges: [] });
    boundUse(inside, args.quota);
    this.registerOutputs({});
  }
}

/** How objects are made inside of a namespace. */
interface Inside {
  readonly name: string;
  metadata(object: string): { name: string; namespace: string; labels: NamespaceArgs["labels"] };
  readonly options: pulumi.CustomResourceOptions;
}

function denyTraffic({ name, metadata, options }: Inside, dns: DnsSettings): void {
  const all = { podSelector: {} };
  new networking.NetworkPolicy(
    `${name}-deny`,
    { metadata: metadata("default-deny"), spec: { ...all, policyTypes: ["Ingress", "Egress"] } },
    options,
  );
  new networking.NetworkPolicy(
    `${name}-dns`,
    { metadata: metadata("dns"), spec: { ...all, policyTypes: ["Egress"], egress: [dnsOpening(dns)] } },
    options,
  );
}

function boundUse({ name, metadata, options }: Inside, quota: Quota): void {
  new core.ResourceQuota(
    `${name}-quota`,
    { metadata: metadata("quota"), spec: { hard: hard(quota) } },
    options,
  );
  const sizes = { default: { memory: "256Mi" }, defaultRequest: { cpu: "50m", memory: "256Mi" } };
  new core.LimitRange(
    `${name}-limits`,
    { metadata: metadata("limits"), spec: { limits: [{ type: "Container", ...sizes }] } },
    options,
  );
}

/** What decides the namespaces of an environment. */
export interface EnvironmentNamespacesArgs
  extends Pick<EnvironmentSettings, "environment" | "tier" | "governance" | "profile" | "useCases"> {
  /** Whether a runner of releases has one. */
  readonly releases: boolean;
  /** Whether a runner of image builds has one. */
  readonly builds: boolean;
  readonly dns: DnsSettings;
  /** PostgreSQL's replicas in the cluster; undefined where data is elsewhere. */
  readonly databaseInstances?: number;
  readonly options: Omit<ClusterOptions, "dependsOn">;
}

/** Arguments of {@link isolatedNamespaces} that every target has. */
export const namespacesArgs = (
  { environment, tier, governance, profile, useCases }: EnvironmentSettings,
  { runner, builds, dns }: Pick<ClusterSettings, "runner" | "builds" | "dns">,
) => ({
  ...{ environment, tier, governance, profile, useCases },
  releases: runner,
  builds: builds !== undefined,
  dns,
});

/** The namespaces of an environment; everything in them is made after them. */
export function isolatedNamespaces(args: EnvironmentNamespacesArgs): IsolatedNamespace[] {
  const { environment, profile, useCases, databaseInstances, options } = args;
  const of = names(environment);
  const make = (name: string, quota: Quota, useCase?: UseCaseSettings, builds = false) => {
    const labels = ownership(args, useCase?.name);
    const annotations = useCase ? accountability(useCase) : {};
    return new IsolatedNamespace(name, { labels, annotations, quota, builds, dns: args.dns }, options);
  };
  const [, replicas] = profiles[profile].servingReplicas;
  return [
    make(of.platform, platformQuota),
    ...(databaseInstances ? [make(of.data, dataQuota(profile, databaseInstances))] : []),
    ...(args.releases ? [make(of.release, releaseQuota)] : []),
    ...(args.builds ? [make(of.build, buildQuota, undefined, true)] : []),
    ...useCases.flatMap((useCase) => [
      make(
        of.useCase(useCase.name),
        servingQuota(replicas, useCase.monitorPartitions, useCase.rollout !== undefined),
        useCase,
      ),
      make(of.ci(useCase.name), ciQuota(profile, useCase.training), useCase),
    ]),
  ];
}
